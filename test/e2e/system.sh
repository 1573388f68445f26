#!/bin/sh
# Without -p and -c a provider's pattern means every process: those that run, and those that come,
# from their first instruction on. The program has a name of its own, so that other people's
# processes with the same probes are no concern of this test.
. test/e2e/lib.sh
mod=fire_$$
cp "$B/e2e/fire" "$tmp/$mod"
ran() { # N PID: did the tracer see N hits of the process, and know it by its name?
	[ "$(grep -cx "app$2 $2 hit" "$tmp/out")" -eq "$1" ]
}

# Nothing has it: refused, as DTrace does; -Z waits.
run -q -n "app*:$mod::hit { }"
expect_status 1
expect_like err "probe description app\*:$mod::hit does not match any probes\$"

# One runs, others come.
start "$tmp/$mod" -s 1000 1000000
trace -q -n "app*:$mod::hit { printf(\"%s %d %s\n\", probeprov, pid, probename); @[probeprov] = count(); }"
await "events" lines 3 "$tmp/out"
first=$target
i=0
while [ $i -lt 5 ]; do
	"$tmp/$mod" -f 7 >/dev/null &
	come="${come:-} $!"
	wait $!
	i=$((i + 1))
done
kill -KILL $first
for pid in $come; do
	await "all hits of process $pid" ran 7 "$pid"
done
interrupt
expect_status 0
expect_like out "^ *app$first  *[0-9]+\$" "^ *app${come##* }  *7\$"

# None runs yet: the first one brings the object, and is seen from some moment on; the next from
# its beginning.
cp "$tmp/$mod" "$tmp/late_$mod"
trace -q -Z -n "app*:late_$mod::hit { printf(\"%s %d %s\n\", probeprov, pid, probename); }
    BEGIN { printf(\"begun\n\"); }"
await "the tracer" grep -q begun "$tmp/out"
start "$tmp/late_$mod" -s 1000 1000000
await "events" lines 3 "$tmp/out"
"$tmp/late_$mod" -f 7 >/dev/null &
next=$!
wait $next
await "all hits of process $next" ran 7 $next

# Nothing is left, however the tracer ends.
armed $target || fail "nothing was armed"
kill -KILL $tracer
wait $tracer
await "the process to be clean" clean $target
[ "$(state $target)" != Z ] || fail "the target died"
