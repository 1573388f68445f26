#!/bin/sh
# A probe on a five-byte nop in a process that forks: its children live, whatever the kernel does.
. test/e2e/lib.sh
for how in multi perf; do
	run -x uprobe=$how -c "$B/e2e/forker 20" -n 'forker$target:::hit { @ = count(); }'
	expect_like out '^20 of 20 children well$'
	# Armed, and then every hit of the parent counts; or refused, with the reason.
	grep -qE '^ +4000$' "$tmp/out" || expect_like err 'nop'
done
