#!/bin/sh
# When the target is gone the tracer ends by itself, with END and the aggregations.
. test/e2e/lib.sh
start "$B/e2e/fire" -s 10000 1000000
trace -q -p $target -n 'app$target:::hit { @ = count(); printf("hit\n"); } END { printf("end\n"); }'
await "a firing" grep -q hit "$tmp/out"
kill -KILL $target
finish
expect_status 0
expect_like out '^end$' '^ +[0-9]+$'
