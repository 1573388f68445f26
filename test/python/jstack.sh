#!/bin/sh
# jstack() in a probe that is not Python's: the functions, with files and lines, that the interpreter
# itself says, 400 deep, in all kinds of functions, and without its lock; as rows and as keys.
. test/e2e/lib.sh
. test/python/pythons

# The Python frames of each stack of the tracer, outermost first, as frames.py says them.
stacks() {
	awk '/^at / { if (kind) print "stack" stack; kind = $2; stack = "" }
	/^at end/ { exit }
	/^at / { next }
	/ \(.*:[0-9]+\)$/ { line = $NF; sub(/.*:/, "", line); sub(/\)/, "", line)
		sub(/^ +/, ""); sub(/ \(.*/, ""); stack = " " $0 ":" line stack }' "$tmp/out"
}

jstacks() {
	start_waiting frames.py stack
	trace -q -x bufsize=16m -p $target -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" /
	{ printf("at %s", pyfunc); jstack(512); @[jstack(512)] = count(); }
	END { printf("at end\n"); printa("%k%@8u times\n", @); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep '^stack' "$tmp/target" | sed 's/^stack [a-z]*/stack/' >"$tmp/want"
	stacks >"$tmp/got"
	[ "$(wc -l <"$tmp/want")" -gt 20 ] || fail "the program said next to nothing"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/diff" || { cut -c 1-400 "$tmp/diff" | head -n 30; return 1; }
	[ "$(awk '/ times$/ { n += $1 } END { print n }' "$tmp/out")" -eq "$(wc -l <"$tmp/want")" ] ||
		fail "the stacks that are keys are not as many"
}
each_python jstacks all_pythons
