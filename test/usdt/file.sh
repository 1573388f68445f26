#!/bin/sh
# Without a process ID: by the file, for a program that is started while the tracer waits.
. test/usdt/lib.sh
need bpftrace readelf
start_app load ready
app_ends
first=$file
readelf -n "$file" >"$tmp/out" 2>"$tmp/err"
expect err </dev/null
expect_like out 'Arguments: 8@%rdi -4@%rsi 8@%rdx$' \
	'Arguments: 1@%rdi -1@%rsi 2@%rdx -2@%rcx 4@%r8 -4@%r9 8@8\(%rsp\)' 'Provider: app$'
bpftrace -e "usdt:$file:app:request { printf(\"%d %s %d\\n\", pid, str(arg0), arg1); }" \
	>"$tmp/trace" 2>"$tmp/err" &
tracer=$!
pids="$pids $tracer"
await "bpftrace" grep -q Attaching "$tmp/trace"
for i in 1 2; do
	rm -f "$tmp/target"
	start_app load ready await fire:2
	app_ends
	[ "$file" = "$first" ] || fail "$file is not $first"
	grep -qx 'fired 2' "$tmp/target" || fail 'not fired'
done
kill -INT $tracer
wait $tracer
[ "$(grep -c '/path/[01] ' "$tmp/trace")" = 4 ] || fail "$(cat "$tmp/trace")"
