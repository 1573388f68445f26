#!/bin/sh
# A tracer killed outright leaves no breakpoint and no semaphore, and the target goes on.
. test/e2e/lib.sh
for how in multi perf; do
	start "$B/e2e/fire" -s 1000 1000000
	trace -q -x uprobe=$how -p $target -n 'app$target:::hit { printf("%d\n", arg1); }'
	await "events" lines 3 "$tmp/out"
	armed $target || fail "nothing was armed"
	kill -KILL $tracer
	wait $tracer
	await "the process to be clean" clean $target
	kill -0 $target || fail "the target is gone"
	[ "$(state $target)" != Z ] || fail "the target died"
	kill -KILL $target
done
