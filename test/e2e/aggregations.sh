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

# clear() and trunc() find entries with strings, and those of no key; what never was is not shown.
run -q -n 'BEGIN { @a["alpha", 1] = sum(3); @a["beta", 2] = sum(5); @a["beta", 3] = sum(1);
    @t = count(); @v = avg(1); trunc(@t); clear(@v); trunc(@a, 2); exit(0); }
    END { @v = avg(6); } END /0/ { @never = count(); }'
{
	echo
	printf '  %-50s %8d %16d\n' alpha 1 3 beta 2 5
	printf ' %16d\n' 6
} | expect out
run -q -n 'BEGIN { @a["alpha", 1] = sum(3); @a["beta", 2] = sum(5); clear(@a); exit(0); }
    END { @a["beta", 2] = sum(2); }'
{
	echo
	printf '  %-50s %8d %16d\n' alpha 1 0 beta 2 2
} | expect out
