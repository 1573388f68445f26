#!/bin/sh
# When the target is gone the tracer ends by itself, with END and the aggregations.
. test/e2e/lib.sh
start "$B/e2e/fire" -s 10000 1000000
trace -q -p $target -n 'app$target:::hit { @ = count(); } END { printf("end\n"); }'
await "the probe to be armed" armed $target
kill -KILL $target
finish
expect_status 0
expect_like out '^end$' '^ +[0-9]+$'
