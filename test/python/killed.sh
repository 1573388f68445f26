#!/bin/sh
# SIGKILL of the tracer, on both Pythons: no breakpoint and no semaphore stays, the program goes on.
. test/e2e/lib.sh
kill_it() {
	trace -q -p $target -n 'python$target::: { printf("%s\n", probename); }'
	await "events" lines 20 "$tmp/out"
	kill -KILL $tracer
	wait $tracer
	await "the process to be clean" clean $target
	[ "$(state $target)" != Z ] || fail "the target died"
}
start_python39 test/python/app.py
kill_it
(need_python311) || exit 0
start_python311 test/python/app.py
kill_it
