#!/bin/sh
# Objects that a process loads and calls at once: no call is missed, since the thread waits until
# their probes are armed; and it does not wait for a tracer that was killed.
. test/e2e/lib.sh
for i in 1 2 3 4 5 6 7 8; do
	cp "$B/e2e/plug.so" "$tmp/p$i.so"
done
for how in multi perf; do
	run -q -Z -x uprobe=$how -c "$B/e2e/loads $(echo "$tmp"/p?.so)" -n '
	    pythonapp$target:::firstProbe { @ = count(); } END { printa("%@d\n", @); }'
	expect_status 0
	if grep -q "went on before" "$tmp/err"; then
		echo "# a thread waited in vain: the machine is too busy to say"
		continue
	fi
	expect_like out '^24$'
done

mkdir "$tmp/many"
i=0
while [ $i -lt 100 ]; do
	cp "$B/e2e/plug.so" "$tmp/many/$i.so"
	i=$((i + 1))
done
start "$B/e2e/loads" -w "$tmp/go" "$tmp"/many/*.so
trace -q -Z -p $target -n 'pythonapp$target:::firstProbe { printf("%d\n", arg1); }
    BEGIN { printf("begun\n"); }'
await "the tracer" grep -q begun "$tmp/out"
: >"$tmp/go"
await "events" lines 10 "$tmp/out"
kill -KILL $tracer
wait $tracer
await "the target to end" is_gone $target
grep -q '^slowest' "$tmp/target" || fail "the target died"
