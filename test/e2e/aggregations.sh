#!/bin/sh
# Aggregations: DTrace's default printing, sorting, printa(), keys of several kinds.
. test/e2e/lib.sh
cat >"$tmp/a.d" <<'D'
#pragma D option quiet
BEGIN
{
	@c = count(); @c = count();
	@s["b"] = sum(5); @s["a"] = sum(-7); @s["b"] = sum(10);
	@mn = min(4); @mn = min(-2);
	@mx["k", 1] = max(4); @mx["k", 1] = max(9);
	@av = avg(3); @av = avg(4);
	exit(0);
}
D
run -s "$tmp/a.d"
expect_status 0
{
	echo
	printf ' %16d\n' 2
	printf '  %-50s %16d\n' a -7 b 15
	printf ' %16d\n' -2
	printf '  %-50s %8d %16d\n' k 1 9
	printf ' %16d\n' 3
} | expect out

run -q -n 'BEGIN { @n["x", 2] = count(); @n["x", 2] = count(); @n["y", 1] = count();
    printa("%s/%d: %@d\n", @n); exit(0); }'
expect out <<'E'
y/1: 1
x/2: 2

E

# printa() without a format; what was printed is not printed again at the end.
run -q -n 'BEGIN { @n[1] = count(); printa(@n); exit(0); }'
{
	echo
	printf ' %8d %16d\n' 1 1
	echo
} | expect out
