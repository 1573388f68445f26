#!/bin/sh
# No references, memory, files or mappings are left; neither when nobody traces nor when somebody does.
. test/python/stapsdt_lib

memory() {
	"$python" test/python/stapsdt_memory.py >"$tmp/out" 2>&1 || fail "with $python"
	start "$python" test/python/stapsdt_memory.py traced
	arm $target 'memoryapp$target:::probe { @ = count(); } memoryapp$target:::traced-* { @ = count(); }'
	program_ends
	finish
	expect_like target '^done$'
	expect_like out '^ +[1-9][0-9]*$'
}
each memory
