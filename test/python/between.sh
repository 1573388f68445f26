#!/bin/sh
# jstack(): Python's functions stand where the evaluation loop runs them: native frames are above
# them, between those that C code has called and their callers, and below; the loop itself is not seen.
. test/e2e/lib.sh
. test/python/pythons
[ "$(uname -m)" = x86_64 ] || skip "native stacks are unwound on x86-64 only"
between() {
	start_waiting between.py
	trace -q -p $target -n 'BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" / { jstack(100); exit(0); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	# a line for each run of frames: native, or the functions' names
	sed -n 's/^ *//; /^\(libc\|ld\)/d; s/.*<locals>\.//; s/ (.*between.py:[0-9]*)$//p; s/^.*`.*$/-/p' "$tmp/out" | uniq |
		tr '\n' ' ' | sed 's/ *$//' >"$tmp/got"
	grep -Eqx -e '- inner (- )?key - middle (- )?<lambda> - outer (- )?<module> -' "$tmp/got" || {
		cat "$tmp/got"; return 1; }
	! grep -q '_PyEval_EvalFrameDefault' "$tmp/out" || fail "the evaluation loop is shown"
}
each_python between all_pythons

# Also where the loop is in code that compilers have set apart, as for the interpreter's own probes.
(need_python311) || exit 0
run -q -c "/usr/bin/python3 test/python/shop.py $tmp/books" \
	-n 'python$target:::function-return / stringof(arg1) == "close" / { jstack(); exit(0); }'
expect_status 0
grep -A 1 '<module> (' "$tmp/out" | grep -q 'PyEval_EvalCode' || fail "the loop is not known"

# With -x pystack, a script's ustack() has them, too.
run -q -x pystack -c "/usr/bin/python3 test/python/shop.py $tmp/books" \
	-n 'syscall::fsync:entry / pid == $target / { ustack(); exit(0); }'
expect_like out '^ +libc\.so\.6`fsync' '^ +keep_books \([^ ]*shop\.py:[0-9]+\)$' '^ +main \('
