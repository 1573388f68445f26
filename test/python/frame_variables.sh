#!/bin/sh
# Variables of the Python function that a thread is in, in a probe that is not Python's: as the
# interpreter itself says it, in the same order, in all kinds of functions, and without its lock.
. test/e2e/lib.sh
. test/python/pythons
variables() {
	start_waiting frames.py
	trace -q -x bufsize=4m -p $target -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" && pyfile == "'"$inside"'/frames.py" /
	{ printf("at %s %s %d %d %s\n", pyfunc, pyqualname, pyline, pydepth, pycaller); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" && pyfile == "<string>" /
	{ printf("at %s %s %d %d %s\n", pyfunc, pyqualname, pyline, pydepth, pycaller); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep '^at' "$tmp/target" >"$tmp/want"
	grep '^at' "$tmp/out" >"$tmp/got"
	[ "$(wc -l <"$tmp/want")" -gt 20 ] || fail "the program said next to nothing"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/diff" || { head -n 30 "$tmp/diff"; return 1; }
}
each_python variables all_pythons
