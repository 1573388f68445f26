#!/bin/sh
# Perf events take the kernel its time to disarm: where they are many nobody waits for it, nor for
# what is printed at the end, and in the end nothing is left.
. test/e2e/lib.sh
start "$B/e2e/many"
trace -v -x uprobe=perf -p $target -n 'many$target::: { @ = count(); } END { printf("end\n"); }'
await "all probes" sh -c "/usr/bin/python3 test/sdt.py $target | grep -q ' 40 patched'"
sleep 0.3
interrupt
expect_status 0
expect_like err 'disarmed one by one, in the background'
expect_like out 'end' '^ +[1-9][0-9]*$'
await "the process to be clean" clean $target
[ "$(state $target)" != Z ] || fail "the target died"
