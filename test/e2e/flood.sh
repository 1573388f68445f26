#!/bin/sh
# A target that fires without a pause: Ctrl-C ends the tracer all the same.
. test/e2e/lib.sh
start "$B/e2e/fire" -t "$(nproc)" 1000000000
trace -q -o /dev/null -x bufsize=64k -p $target -n 'app$target:::hit { printf("%s %d\n", copyinstr(arg0), arg1); }'
await "the probe to be armed" armed $target
sleep 0.3
interrupt
expect_status 0
kill -0 $target || fail "the target is gone"
clean $target || fail "something is left in the process"
