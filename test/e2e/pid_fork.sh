#!/bin/sh
# Functions of a process that forks thousands of times are probed: no child dies, and every call of the
# parent counts, also of a function that begins with a nop of five bytes.
. test/e2e/lib.sh
[ "$(uname -m)" = x86_64 ] || skip "pid probes are for x86-64"
for how in multi perf; do
	run -x uprobe=$how -c "$B/e2e/forks 2000" -n '
	pid$target:a.out:with_*:entry, pid$target:a.out:with_*:return { @[probefunc, probename] = count(); }'
	expect_status 0
	expect_like out '^2000 of 2000 children well$'
	for f in with_push with_move; do
		expect_like out "^  $f +entry +2000$" "^  $f +return +2000$"
	done
	# Armed, and then every hit of the parent counts; or refused, with the reason.
	grep -qE '^  with_nop +entry +2000$' "$tmp/out" || expect_like err 'nop'
done

same_code() {
	/usr/bin/python3 test/same_code.py "$1"
}

# A target that is killed, and one that becomes another program, while probes are armed.
start "$B/e2e/functions" 1000000 100
trace -q -p $target -n 'pid$target:a.out:last:entry / ++n == 1 / { printf("hit\n"); } pid$target:a.out::return { @ = count(); }'
await "the first event" grep -q hit "$tmp/out"
! same_code $target || fail "the test does not see breakpoints"
kill -KILL $target
finish
expect_status 0
[ ! -s "$tmp/err" ] || fail "a target that is killed is no error"
run -q -c "/bin/sh -c exec\${IFS}$B/e2e/functions" -n 'pid$target:::entry { @ = count(); }'
expect_status 0
expect_like out '^ready$' '^ +[1-9][0-9]*$'

# The tracer is killed: nothing stays armed, and the target goes on.
start "$B/e2e/functions" 1000000 1000
trace -q -p $target -n 'pid$target:a.out:last:entry / ++n == 1 / { printf("hit\n"); } pid$target:libc::entry { @ = count(); }'
await "the first event" grep -q hit "$tmp/out"
kill -KILL $tracer
wait $tracer
await "the code to be as it was" same_code $target
[ "$(state $target)" != Z ] || fail "the target died"
