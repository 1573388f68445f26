#!/bin/sh
# Probes that a program adds to itself, in dtrace: found, fired, all arguments; off when it ends.
. test/usdt/lib.sh
for flags in 0 4 8; do		# a file, a memfd, five-byte sites
	rm -f "$tmp/target" "$tmp/go"
	start_app flags:$flags load ready await go:"$tmp/go" fire:3 twelve:1 off fire:3
	trace -q -p $target -n '
		BEGIN { printf("armed\n"); }
		app$target:::request { printf("%s %d\n", copyinstr(arg0), arg1); }
		app$target:::twelve {
			printf("%d %d %d %d %d %d %d %d ", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7);
			printf("%d %d\n", arg8, arg9);
			exit(0);
		}'
	await "dtrace" grep -q armed "$tmp/out"
	touch "$tmp/go"
	finish
	expect_status 0
	expect out <<'E'
armed
/path/0 0
/path/1 -1
/path/2 -2
255 -1 65535 -2 4294967295 -3 -9223372036854775808 -4 -5 -6

E
	app_ends
	sed 1d "$tmp/target" >"$tmp/out"
	expect out <<'E'
fired 3
fired 1
fired 0
E
done
