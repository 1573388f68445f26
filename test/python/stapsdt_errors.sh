#!/bin/sh
# What the module refuses, and how: the same while somebody traces.
. test/python/stapsdt_lib

errors() {
	"$python" test/python/stapsdt_errors.py >"$tmp/out" 2>&1 || fail "with $python"
	expect out <<'X'
done
X
	start "$python" test/python/stapsdt_errors.py traced
	arm $target 'errapp$target::: { @ = count(); }'
	await "the program's end" is_gone $target
	interrupt
	expect_like target '^done, traced$'
	expect_like out '^ +[1-9][0-9]*$'
}
each errors
