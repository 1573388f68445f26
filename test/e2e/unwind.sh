#!/bin/sh
# ustack() of programs without frame pointers: the same as they find themselves, by the compiler's library, in
# recursions, callbacks, handlers of signals, frames of all kinds, threads; as rows and as keys.
. test/e2e/lib.sh

[ "$(uname -m)" = x86_64 ] || skip "stacks are unwound on x86-64 only"

# What the target says: "at WHAT", then its frames. Of the tracer's, the system call and the function
# that makes it are left out, and what is not in a file.
said() {
	sed -n '/^at /,$p' "$tmp/target" | grep -v '^end$\|^ready$'
}

traced() {
	awk '/^at end/ { exit } /^at/ { n = 0; next } NF == 1 && /:0x/ { if (n++ > 1) print $1 }' "$tmp/out"
}

# start_held INTERRUPTS: the target, which goes on when there is a line in $tmp/go.
start_held() {
	rm -f "$tmp/go" "$tmp/target"
	mkfifo "$tmp/go"
	sleep 100 >"$tmp/go" &
	pids="$pids $!"
	build/e2e/unwind "$1" >"$tmp/target" 2>&1 <"$tmp/go" &
	target=$!
	pids="$pids $target"
	await "the target to be ready" grep -q ready "$tmp/target"
}

start_held 20
trace -p "$target" -q -x noresolve -x maxframes=400 -x bufsize=16m -n '
BEGIN { printf("armed\n"); }
syscall::rmdir:entry /pid == $target && copyinstr(arg0) == "/nowhere"/
{ printf("at"); ustack(400); @[ustack(400)] = count(); n++; }
END { printf("at end %d\n", n); }'
await "the tracer to be ready" grep -q armed "$tmp/out"
echo >"$tmp/go"
finish
expect_status 0
expect err </dev/null
said | grep -v '^at' >"$tmp/want"
traced >"$tmp/got"
[ "$(grep -c '^at ' "$tmp/target")" -ge 30 ] || fail "the target said next to nothing"
[ "$(wc -l <"$tmp/want")" -gt 600 ] || fail "the target's stacks are too short"
diff "$tmp/want" "$tmp/got" >"$tmp/diff" || { head -n 40 "$tmp/diff"; fail "the stacks differ"; }
expect_like out "^at end $(grep -c '^at ' "$tmp/target")\$"

# From every instruction of a function, the same callers.
start_held 0
trace -p "$target" -q -n 'BEGIN { printf("armed\n"); }
pid$target:a.out:variable:,pid$target:a.out:aligned:,pid$target:a.out:through_pointer:
{ @[probefunc, usym(ucaller), ustackdepth] = count(); @n[probefunc, probename] = count(); }
END { printa("%s %A %d\n", @); printa("where %s\n", @n); }'
await "the tracer to be ready" grep -q armed "$tmp/out"
echo >"$tmp/go"
finish
expect_status 0
grep -v '^where\|^armed\|^$' "$tmp/out" | sort >"$tmp/got"
diff - "$tmp/got" <<'E' || fail "callers are not what they are"
aligned unwind`aligned 5
aligned unwind`aligned 6
aligned unwind`aligned 7
aligned unwind`aligned 8
aligned unwind`main 5
aligned unwind`thread 4
through_pointer unwind`main 5
variable unwind`aligned 6
variable unwind`aligned 9
variable unwind`main 5
variable unwind`variable 10
variable unwind`variable 11
variable unwind`variable 6
variable unwind`variable 7
variable unwind`variable 8
variable unwind`variable 9
E
[ "$(grep -c '^where' "$tmp/out")" -gt 50 ] || fail "hardly any instruction was seen"
