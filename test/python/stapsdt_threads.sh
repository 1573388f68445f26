#!/bin/sh
# Threads fire while the provider is unloaded, loaded and extended under a tracer.
. test/python/stapsdt_lib

threads() {
	start "$python" test/python/stapsdt_threads.py
	arm $target 'threadapp$target:::hit { @[stringof(arg0)] = count(); }'
	program_ends
	finish
	expect_status 0
	expect_like target '^done$'
	expect_like out '^  thread +[1-9][0-9]*$'
}
each threads
