#!/bin/sh
# Traced functions: methods, coroutines and generators too, with their arguments and results.
. test/python/stapsdt_lib

functions() {
	start "$python" test/python/stapsdt_trace.py
	arm $target '
		traceapp$target:::handle-entry {
			printf("%s %s %d %x\n", probename, arg0 ? stringof(arg0) : "NULL", arg1, arg2); }
		traceapp$target:::handle-return, traceapp$target:::Thing_init-return,
		traceapp$target:::Thing_static-return, traceapp$target:::many-return {
			printf("%s %d %s\n", probename, arg0, arg1 ? stringof(arg1) : ""); }
		traceapp$target:::Thing_init-entry, traceapp$target:::Thing_method-entry,
		traceapp$target:::made-entry, traceapp$target:::generate-entry {
			printf("%s %d\n", probename, arg0); }
		traceapp$target:::Thing_method-return, traceapp$target:::generate-return,
		traceapp$target:::later-return {
			printf("%s %s %s\n", probename, arg0 ? stringof(arg0) : "NULL",
			    arg1 ? stringof(arg1) : ""); }
		traceapp$target:::later-entry { printf("%s %s\n", probename, stringof(arg0)); }
		traceapp$target:::Thing_static-entry { printf("%s\n", probename); }
		traceapp$target:::many-entry { printf("%s %d %d\n", probename, arg0, arg9); }'
	program_ends
	finish
	sed -i 1d "$tmp/out"
	expect_status 0
	expect out <<'X'
handle-entry /a 3 3ff8000000000000
handle-return 4 
handle-entry /b 7 3ff8000000000000
handle-return 8 
handle-entry /c 1 3fe0000000000000
handle-return 2 
handle-entry /d 5 3ff8000000000000
handle-return 6 
handle-entry /e 99 3ff8000000000000
handle-return 0 KeyError
handle-entry NULL 0 0
handle-return 0 TypeError
handle-entry NULL 0 0
handle-return 0 TypeError
handle-entry NULL 0 3ff8000000000000
handle-return 0 TypeError
Thing_init-entry 5
Thing_init-return 0 
Thing_method-entry 1
Thing_method-return 5True 
Thing_method-entry 0
Thing_method-return 5False 
Thing_static-entry
Thing_static-return 3 
made-entry 4
Thing_init-entry 4
Thing_init-return 0 
generate-entry 6
generate-return end 
generate-entry 8
generate-return NULL GeneratorExit
later-entry x
later-return xx 
later-entry bad
later-return NULL ValueError
many-entry 0 9
many-return 12 

X
}
each functions
