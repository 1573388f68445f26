#!/bin/sh
# Aggregating functions with parameters or long values: llquantize(), stddev(); aggpercpu.
. test/e2e/lib.sh
run -q -n 'BEGIN { @s["few"] = stddev(1); @s["few"] = stddev(5); @s["few"] = stddev(9);
    @s["one"] = stddev(-7); @x = stddev(-0x7fffffffffffffff - 1); @x = stddev(0x7fffffffffffffff);
    @n = stddev(-3000000000); @n = stddev(3000000000); printa("%s %@d\n", @s); exit(0); }'
expect_status 0
{
	printf 'one 0\nfew 3\n\n'
	printf ' %16s\n' 9223372036854775807 3000000000
} | expect out

bars='@@@@@@@@'
run -q -n 'BEGIN { @ = llquantize(0, 10, 0, 1, 10); @ = llquantize(1, 10, 0, 1, 10);
    @ = llquantize(9, 10, 0, 1, 10); @ = llquantize(10, 10, 0, 1, 10);
    @ = llquantize(39, 10, 0, 1, 10); exit(0); }'
{
	echo
	printf '\n%16s %41s %-9s\n' value '------------- Distribution -------------' count
	printf '%16s |%-40s %-9d\n' -1 '' 0 0 $bars 1 1 $bars 1 2 '' 0 3 '' 0 4 '' 0 5 '' 0 6 '' 0 \
		7 '' 0 8 '' 0 9 $bars 1 10 $bars 1 20 '' 0 30 $bars 1 40 '' 0
	echo
} | expect out

# Below zero, outside of all magnitudes, with an increment; steps that do not begin with a range.
run -q -n 'BEGIN { @ = llquantize(-9, 10, 1, 1, 5, 1); @ = llquantize(-10, 10, 1, 1, 5, 1);
    @ = llquantize(-99, 10, 1, 1, 5, 1); @ = llquantize(-100, 10, 1, 1, 5, 2);
    @ = llquantize(19, 10, 1, 1, 5); @ = llquantize(20, 10, 1, 1, 5);
    @ = llquantize(100, 10, 1, 1, 5, 3); exit(0); }'
{
	echo
	printf '\n%16s %41s %-9s\n' value '------------- Distribution -------------' count
	printf '%16s |%-40s %-9d\n' '<= -100' $bars 2 -80 @@@@ 1 -60 '' 0 -40 '' 0 -20 '' 0 -10 @@@@ 1 \
		'abs() < 10' @@@@ 1 10 @@@@ 1 20 @@@@ 1 40 '' 0 60 '' 0 80 '' 0 '>= 100' @@@@@@@@@@@@ 3
	echo
} | expect out

# The widest: every power of two.
run -q -n 'BEGIN { @ = llquantize(-0x7fffffffffffffff - 1, 2, 0, 62, 2); exit(0); }'
expect_status 0
expect_like out '^<= -9223372036854775808 \|@{40} 1 ' '^-4611686018427387904 \| {40} 0 '

# Totals, then each CPU.
run -q -x aggpercpu -n 'BEGIN { @["x"] = sum(4); @["x"] = sum(2); exit(0); }'
sed 's/\(CPU [0-9]*\].* \)6$/\10/' "$tmp/out" >"$tmp/cpus"
{
	echo
	printf '  %-50s %16d\n' x 6
	cpu=0
	while [ $cpu -lt "$(grep -c CPU "$tmp/out")" ]; do
		printf '    [CPU %d] %16d\n' $cpu 0
		cpu=$((cpu + 1))
	done
} >"$tmp/want"
diff -u "$tmp/want" "$tmp/cpus" || fail "the CPUs' values are not what was expected"
[ "$(grep -c 'CPU.* 6$' "$tmp/out")" = 1 ] || fail "not one CPU has counted"
