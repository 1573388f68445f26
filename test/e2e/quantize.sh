#!/bin/sh
# quantize() and lquantize(): every byte of the histogram.
. test/e2e/lib.sh
bar() {
	n=$2
	text=
	while [ $n -gt 0 ]; do
		text=@$text
		n=$((n - 1))
	done
	printf '%16s |%-40s %-9d\n' "$1" "$text" "$3"
}
title() {
	printf '\n%16s %41s %-9s\n' value '------------- Distribution -------------' count
}

run -q -n 'BEGIN { @ = quantize(1); @ = quantize(2); @ = quantize(3); @ = quantize(5); exit(0); }'
expect_status 0
{
	echo
	title
	bar 0 0 0
	bar 1 10 1
	bar 2 20 2
	bar 4 10 1
	bar 8 0 0
	echo
} | expect out

run -q -n 'BEGIN { @["t"] = quantize(-3); @["t"] = quantize(0); exit(0); }'
{
	echo
	printf '  %-50s' t
	title
	bar -4 0 0
	bar -2 20 1
	bar -1 0 0
	bar 0 20 1
	bar 1 0 0
	echo
} | expect out

run -q -n 'BEGIN { @ = lquantize(3, 0, 10, 2); @ = lquantize(2, 0, 10, 2);
    @ = lquantize(12, 0, 10, 2); exit(0); }'
{
	echo
	title
	bar 0 0 0
	bar 2 27 2
	bar 4 0 0
	bar 6 0 0
	bar 8 0 0
	bar '>= 10' 13 1
	echo
} | expect out
