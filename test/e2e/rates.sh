#!/bin/sh
# switchrate: the buffer is not read more often than that; what is there at the end is read at once.
. test/e2e/lib.sh
trace -q -x switchrate=1h -n 'BEGIN { printf("begun\n"); } tick-10ms { printf("tick\n"); }
    tick-200ms { system("touch '"$tmp"'/read"); }' -w
sleep 1
[ -s "$tmp/out" ] || [ -e "$tmp/read" ] && fail "read before its time"
interrupt
expect_status 0
expect_like out '^begun$' '^tick$'
[ -e "$tmp/read" ] || fail "not read at the end"

# exit() is seen with the rest.
run -q -x switchrate=500ms -n 'tick-100ms { n++; } tick-100ms /n == 2/ { exit(3); }'
expect_status 3
