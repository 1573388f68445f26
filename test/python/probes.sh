#!/bin/sh
# All eight probes of CPython, by name and by glob, with every argument of each.
. test/e2e/lib.sh
all() { # pattern of the program's file
	run -q -p $target -n '
	python$target:::function-entry, python$target:::function-return, python$target:::line
	{ printf("%s %s %s %d\n", probename, copyinstr(arg0), copyinstr(arg1), arg2); }
	python$target:::gc-start { printf("%s %d\n", probename, arg0); }
	python$target:::gc-done { printf("%s %d\n", probename, arg0); }
	python$target:::import-find-load-start { printf("%s %s\n", probename, copyinstr(arg0)); }
	python$target:::import-find-load-done { printf("%s %s %d\n", probename, copyinstr(arg0), arg1); }
	python$target:::audit { printf("%s %s %d\n", probename, copyinstr(arg0), arg1 != 0); }
	tick-300ms { exit(0); }'
	expect_status 0
	expect_like out "^function-entry $1 foo 7\$" "^function-return $1 foo 8\$" "^line $1 foo 8\$" \
		'^gc-start 1$' '^gc-done [0-9]+$' \
		'^import-find-load-start no_such_module$' '^import-find-load-done no_such_module 0$' \
		'^import-find-load-start colorsys$' '^import-find-load-done colorsys 1$' \
		'^audit app.event 1$' '^audit import 1$'
	expect err </dev/null

	run -p $target -n 'python$target::: { @[probename] = count(); }' -n 'tick-300ms { exit(0); }'
	expect_like err "^dtrace: description 'python.target::: ' matched 8 probes\$"
	[ "$(grep -c '^  [a-z-]*  *[1-9][0-9]*$' "$tmp/out")" -eq 8 ] || fail "not all eight fired"
	run -p $target -n 'python$target:::gc-*' -n 'tick-300ms { exit(0); }'
	expect_like err "^dtrace: description 'python.target:::gc-\*' matched 2 probes\$"
	expect_like out ':gc-start $' ':gc-done $'
	run -p $target -n 'python*:::import-find-load-* { @[probename] = count(); }' -n 'tick-300ms { exit(0); }'
	expect_like err "matched 2 probes\$"
	expect_like out '^  import-find-load-done '
	clean $target || fail "something is left in the process"
}
start_python39 test/python/app.py
all /tmp/app.py
kill -KILL $target
(need_python311) || exit 0
start_python311 test/python/app.py
all '[^ ]*/app.py'
