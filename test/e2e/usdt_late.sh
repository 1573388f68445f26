#!/bin/sh
# Objects loaded after the program started: from a file, from a memfd, from a deleted file; before
# we attach, and after (with -Z, since nothing matches yet).
. test/e2e/lib.sh
script='pythonapp$target::: { printf("%s %s %d\n", probename, stringof(arg0), arg1); } pythonapp$target::: / ++n == 2 / { exit(0); }'
for kind in file memfd deleted; do
	start "$B/e2e/plug" $kind 0 "$B/e2e/plug.so"
	run -p $target -n "$script"
	expect_status 0
	expect_like err "matched 2 probes$"
	expect_like out ':firstProbe firstProbe My little probe 42$'
	clean $target || fail "something is left in the process"
	kill -KILL $target
done
run -q -p $target -n "$script"
[ $status -eq 1 ] || fail "a process that is gone was grabbed"

for kind in file memfd; do
	run -q -Z -c "$B/e2e/plug $kind 300 $B/e2e/plug.so" -n "$script"' END { printf("%d\n", $target); }'
	pids="$pids $(grep -x '[0-9]*' "$tmp/out" | head -n 1)"	# goes on when we have ended
	expect_status 0
	expect_like out '^firstProbe My little probe 42$'
done
