#!/bin/sh
# pyarg(): what the arguments of Python functions are: numbers, strings in any script, the types of
# the rest; and names that are not ASCII.
. test/e2e/lib.sh
. test/python/pythons
export PYTHONIOENCODING=utf-8
arguments() {
	start_waiting arguments.py
	trace -q -x bufsize=4m -p $target -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" /
	{ printf("at %s %s %s|\n", pyfunc, pyarg(0), pyarg(1)); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep '^at' "$tmp/target" >"$tmp/want"
	grep '^at' "$tmp/out" >"$tmp/got"
	[ "$(wc -l <"$tmp/want")" -gt 40 ] || fail "the program said next to nothing"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/diff" || { head -n 30 "$tmp/diff"; return 1; }
}
each_python arguments all_pythons
