#!/bin/sh
# Pythons without probes: come and go in the middle of recursion and threads, by exit and by
# SIGKILL: no breakpoint stays, the program goes on.
. test/e2e/lib.sh
. test/python/pythons
killed() {
	start_waiting loop.py
	for turn in 1 2; do
		trace -q -p $target -n 'python$target:::function-* { printf("%s %d\n", stringof(arg1), arg2); }'
		await "events" lines 20 "$tmp/out"
		if [ $((turn % 2)) -eq 0 ]; then
			kill -KILL $tracer
			wait $tracer 2>/dev/null
		else
			interrupt
			expect_status 0
		fi
		await "the process to be clean" no_breakpoints $target
		case $(state $target) in [RS]) ;; *) fail "the process died" ;; esac
	done
	[ "$(cat "$tmp/target")" = ready ] || fail "the process says something"
	kill -KILL $target
	exec 3>&-
}
each_python killed
