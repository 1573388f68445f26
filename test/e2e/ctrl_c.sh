#!/bin/sh
# Ctrl-C: a newline, END, the aggregations, status 0; nothing is left in the process.
. test/e2e/lib.sh
start "$B/e2e/fire" -s 1000 1000000
trace -p $target -n 'app$target:::hit { @ = count(); printf("hit\n"); } END { printf("end\n"); }'
await "events" lines 3 "$tmp/out"
interrupt
expect_status 0
expect_like out ':END end$' '^ +[1-9][0-9]*$'
kill -0 $target || fail "the target is gone"
clean $target || fail "something is left in the process"
