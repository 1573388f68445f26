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

# Several in one printa() are joined by their keys; the options say what they are sorted by.
joined='BEGIN { @n["a"] = count(); @n["a"] = count(); @n["b"] = count(); @t["b"] = sum(50);
    @t["a"] = sum(10); @t["c"] = sum(7); @q[1] = quantize(4); printa("%s %@d %@u %@x|", @n, @t);
    exit(0); } END { trunc(@t); trunc(@n); trunc(@q); }'
for option in aggsortkey=off:c.0.7.7:b.1.50.32:a.2.10.a aggsortrev:a.2.10.a:b.1.50.32:c.0.7.7 \
	aggsortkey:a.2.10.a:b.1.50.32:c.0.7.7 aggsortpos=1:c.0.7.7:a.2.10.a:b.1.50.32; do
	run -q -x "${option%%:*}" -n "$joined"
	expect_status 0
	want=$(echo "${option#*:}" | tr '.:' ' |')
	[ "$(cat "$tmp/out")" = "$want|" ] || fail "$option"
done
run -q -n 'BEGIN { @n["a", 1] = count(); @t["a", 1] = avg(7); @t["a", 1] = avg(8); printa(@n, @t);
    normalize(@t, 2); printa("%10s|%-5d|%5@d|%@5d|%%\n", @n, @t); exit(0); }'
{
	printf '\n  %-50s %8d %16d %16d\n' a 1 1 7
	printf '%10s|%-5d|%5d|%5d|%%\n\n' a 1 1 3
} | expect out
run -q -x rawbytes -n 'BEGIN { @["ab", 1] = count(); trace((short)258); exit(0); }'
expect_like out '^         0: 02 01  ' '^         0: 61 62 00 00' ' 00  *ab\.* *$' '^        1                1$'

# An empty key is one key, however it was made: short ones are compared byte for byte.
run -q -x strsize=16 -n 'string a; string b; BEGIN { a = ""; b = ""; @[a] = count(); @[""] = count();
    @[strjoin(a, b)] = count(); @[tolower(a)] = count(); printa("<%s> %@d", @); exit(0); }'
[ "$(cat "$tmp/out")" = '<> 4' ] || fail "an empty key is more than one"
