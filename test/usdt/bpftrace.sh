#!/bin/sh
# bpftrace -p finds the probes of a file and of a memfd, fires them, and takes its counts back.
. test/usdt/lib.sh
need bpftrace
for flags in 0 4 8; do
	rm -f "$tmp/target" "$tmp/trace"
	start_app flags:$flags load ready await last off fire:3
	bpftrace -l -p $target 'usdt:*' >"$tmp/out" 2>"$tmp/err"
	expect_like out ':app:request$' ':app:twelve$'
	bpftrace -p $target -e 'usdt:*:app:request { printf("%s %d\n", str(arg0), arg1);
		@++; if (@ == 2) { exit() } }' >"$tmp/trace" 2>"$tmp/err"
	app_ends
	grep '^/path' "$tmp/trace" >"$tmp/out"
	expect out <<'E'
/path/0 0
/path/1 -1
E
	[ "$(tail -n 2 "$tmp/target" | tr '\n' ' ')" = 'off fired 0 ' ] || fail 'wrong counts'
done
