#!/bin/sh
# Python frames where they are not easy to find: many threads, which come and go; other interpreters;
# code objects in the place of others; after a fork; in a list of frames that has no end.
. test/e2e/lib.sh
. test/python/pythons
odd() {
	start_waiting odd.py
	trace -q -x bufsize=16m -x jstackframes=512 -p $target -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry / copyinstr(arg0) == "/nowhere" && pid == $target && pydepth <= 100 /
	{ printf("at %s %s %d", pyfunc, pycaller, pydepth); jstack(); }
	syscall::rmdir:entry / copyinstr(arg0) == "/nowhere" && pid == $target && pydepth > 100 /
	{ printf("circle %d", pydepth); jstack(); }
	syscall::rmdir:entry / copyinstr(arg0) == "/nowhere" && progenyof($target) && pid != $target /
	{ printf("child %s %s %d\n", pyfunc, pycaller, pydepth); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep -q '^child rmdir child 3$' "$tmp/out" || fail "the child is not known"
	grep '^at' "$tmp/target" >"$tmp/want"
	grep '^at' "$tmp/out" >"$tmp/got"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/diff" || { head -n 30 "$tmp/diff"; return 1; }
	# the code objects that were made, with their lines
	awk '/^at rmdir made_/ { n = substr($3, 6); good = "made_" n " (<string>:" n + 2 ")" }
	/made_[0-9]* \(/ { sub(/^ */, ""); seen++; if ($0 != good) print "not " good ": " $0 }
	END { if (seen != 200) print seen " of 200" }' "$tmp/out" >"$tmp/bad"
	! grep . "$tmp/bad" || return 1
	! grep -q '^circle' "$tmp/target" || [ "$(sed -n '/^circle/,$p' "$tmp/out" | grep -c '^ *circle (')" -eq 511 ] ||
		fail "the frames that are a circle are not as many as may be"
}
each_python odd all_pythons
