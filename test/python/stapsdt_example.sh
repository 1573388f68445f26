#!/bin/sh
# "Adding USDT probes to Python programs": the program and the command line, unchanged.
. test/python/stapsdt_lib

lines_of() { # how many of this line has the program printed?
	grep -cx "$1" "$tmp/target"
}

fires_again() { # more than N lines "Firing probe..."
	[ "$(lines_of 'Firing probe...')" -gt "$1" ]
}

example() {
	"$python" -u test/python/stapsdt_example.py >"$tmp/target" 2>&1 </dev/null &
	target=$!
	pids="$pids $target"
	await "the program" fires_again 1
	! grep -q fired "$tmp/target" || fail "fired while nobody traced"

	trace -p $target -n 'pythonapp$target::: { printf("%s %d\n", stringof(arg0), arg1); }'
	await "two events" lines 5 "$tmp/out"
	interrupt
	expect_status 0
	[ "$(cat "$tmp/err")" = "dtrace: description 'pythonapp\$target::: ' matched 1 probe" ] ||
		fail "not one probe"
	head -n 1 "$tmp/out" | grep -q '^CPU     ID                    FUNCTION:NAME$' ||
		fail "no heading"
	expect_like out ':firstProbe My little probe 42$'
	! tail -n +2 "$tmp/out" | grep -v -e '^$' -e ':firstProbe My little probe 42$' ||
		fail "something else was traced"

	fired=$(lines_of 'Probe fired!')
	[ "$fired" -ge 2 ] || fail "fire() returned True $fired times only"
	clean $target || fail "something is left in the process"
	await "the program to go on" fires_again $(($(lines_of 'Firing probe...') + 1))
	[ "$(lines_of 'Probe fired!')" -le $((fired + 1)) ] || fail "fired after the trace"
	tail -n 1 "$tmp/target" | grep -q 'Firing' || fail "fired after the trace"
}
each example
