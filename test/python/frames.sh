#!/bin/sh
# jstack() and the variables of the Python function that a thread is in, in a probe that is not
# Python's: as the interpreter itself says it, in the same order, up to 400 deep, in all kinds of
# functions, and without its lock; stacks as rows and as keys.
. test/e2e/lib.sh
. test/python/pythons

# Variables, and the Python frames of each stack of the tracer, outermost first, as frames.py says it.
stacks() {
	awk '/^at / { if (at) print at; if (at) print "stack" stack; at = $0; stack = "" }
	/^at end/ { exit }
	/ \(.*:[0-9]+\)$/ { line = $NF; sub(/.*:/, "", line); sub(/\)/, "", line)
		sub(/^ +/, ""); sub(/ \(.*/, ""); stack = " " $0 ":" line stack }' "$tmp/out"
}

frames() {
	start_waiting frames.py
	trace -q -x bufsize=16m -p $target -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" /
	{ printf("at %s %s %s %d %d %s", pyfunc, pyqualname, basename(pyfile), pyline, pydepth, pycaller);
	  jstack(512); @[jstack(512)] = count(); }
	END { printf("at end\n"); printa("%k%@8u times\n", @); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep '^at\|^stack' "$tmp/target" >"$tmp/want"
	stacks >"$tmp/got"
	[ "$(wc -l <"$tmp/want")" -gt 40 ] || fail "the program said next to nothing"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/diff" || { cut -c 1-400 "$tmp/diff" | head -n 30; return 1; }
	[ "$(awk '/ times$/ { n += $1 } END { print n }' "$tmp/out")" -eq \
		"$(grep -c ^stack "$tmp/want")" ] || fail "the stacks that are keys are not as many"
}
each_python frames all_pythons
