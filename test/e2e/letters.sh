#!/bin/sh
# The option letters that name probes: each counts fields from its own; scripts take operands.
. test/e2e/lib.sh
start "$B/e2e/args"
first() { # matched, then arguments
	want=$1
	shift
	run -p $target "$@" -n 'BEGIN { exit(0); }'
	expect_status 0
	expect_like err "^dtrace: description '[^']*' matched $want probes?\$"
}
first 6 -P 'args$target'
first 6 -m 'args$target:args'
first 6 -m 'args'
first 1 -f 'args$target:args:fire_sizes'
first 1 -f 'fire_sizes'
first 1 -n 'args$target:args:fire_sizes:sizes'
first 1 -P 'args$target { trace(1); }'
run -i 1 -n 'END { }' -n 'tick-1ms { exit(0); }'
expect_status 0
expect_like err "^dtrace: description '1' matched 1 probe\$"
run -P 'args$target:too:many:fields:here'
expect_status 1
expect_like err 'Overspecified probe description'

cat >"$tmp/s.d" <<'D'
BEGIN
{
	printf("%s %d %s\n", $$1, $2, $$0);
	exit($2);
}
D
run -q -s "$tmp/s.d" one 7
expect_status 7
expect out <<E
one 7 $tmp/s.d

E
run -s "$tmp/s.d" one 7
expect_like err "^dtrace: script '$tmp/s.d' matched 1 probe\$"

# Several programs: all clauses of the first for a probe, then those of the next.
run -q -n 'BEGIN { printf("1\n"); } END { printf("3\n"); }' -n 'BEGIN { printf("2\n"); exit(0); }'
expect out <<'E'
1
2
3

E
