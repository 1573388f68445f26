#!/bin/sh
# ustack() of interpreters without frame pointers: the native frames that the C library finds.
. test/e2e/lib.sh
. test/python/pythons

[ "$(uname -m)" = x86_64 ] || skip "stacks are unwound on x86-64 only"

# Of the tracer's, the system call is left out.
traced() {
	awk '/^at end/ { exit } /^at/ { n = 0; next } NF == 1 && /:0x/ { if (n++ > 0) print $1 }' "$tmp/out"
}

stacks() {
	start_waiting native.py
	trace -p "$target" -q -x noresolve -x maxframes=400 -x bufsize=16m -n '
	BEGIN { printf("armed\n"); }
	syscall::rmdir:entry /pid == $target && copyinstr(arg0) == "/nowhere"/
	{ printf("at"); ustack(400); }
	END { printf("at end\n"); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep '^[^ ]*:0x' "$tmp/target" >"$tmp/want"
	traced >"$tmp/got"
	grep -q '^end' "$tmp/target" || fail "the program did not come to its end"
	[ "$(wc -l <"$tmp/want")" -gt 100 ] || fail "the program's stacks are too short"
	diff "$tmp/want" "$tmp/got" >"$tmp/diff" || { head -n 30 "$tmp/diff"; return 1; }
}
each_python stacks all_pythons
