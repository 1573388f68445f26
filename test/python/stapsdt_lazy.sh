#!/bin/sh
# Callables as arguments.
. test/python/stapsdt_lib

lazy() {
	start "$python" test/python/stapsdt_lazy.py
	traced $target 'lazyapp$target:::f {
			printf("%s %d\n", arg0 ? stringof(arg0) : "NULL", arg1); }
		lazyapp$target:::done { exit(0); }'
	program_ends
	printf 'made 7\nNULL 1\nbbb 2\n\377 3\n 0\nNULL 4\nNULL 4\nNULL 4\nNULL 4\nx 0\n\n' | expect out
}
each lazy
