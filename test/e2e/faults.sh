#!/bin/sh
# What may happen to processes, objects and tracers at any moment.
. test/e2e/lib.sh
mod=faulty_$$
cp "$B/e2e/fire" "$tmp/$mod"

# Two tracers of one process, and one of all: each sees it, and the last one's end leaves nothing.
"$tmp/$mod" -f -s 1000 1000000 >/dev/null &
target=$!
pids="$pids $target"
for i in 1 2; do
	env --default-signal=INT "$dtrace" -q -p $target -n 'app$target:::hit { printf("%d\n", arg1); }' \
		>"$tmp/out$i" 2>"$tmp/err$i" </dev/null &
	eval "tracer$i=$!"
	pids="$pids $!"
done
trace -q -n "app*:$mod::hit { printf(\"%d\n\", arg1); }"
for file in out1 out2 out; do
	await "events in $file" lines 3 "$tmp/$file"
done
kill -KILL $tracer1
interrupt
expect_status 0
n=$(wc -l <"$tmp/out2")
await "more events for the last tracer" lines $((n + 10)) "$tmp/out2"
kill -INT $tracer2
await "the process to be clean" clean $target
[ "$(state $target)" != Z ] || fail "the target died"
kill -KILL $target

# A target killed while it is being looked at, armed, or traced: the tracer ends, in order.
for delay in 0 0.01 0.02 0.04 0.08; do
	"$tmp/$mod" -f -s 1000 1000000 >/dev/null &
	target=$!
	pids="$pids $target"
	(sleep $delay; kill -KILL $target) &
	run -q -p $target -n 'app$target:::hit { @ = count(); }'
	case $status in
	0) ;;
	1) expect_like err '^dtrace: ' ;;
	*) fail "exit status $status" ;;
	esac
done

# Children are forked while tracers come and die: all live.
"$B/e2e/forker" 60 >"$tmp/forks" &
forker=$!
pids="$pids $forker"
i=0
while kill -0 $forker 2>/dev/null && [ "$(state $forker)" != Z ]; do
	"$dtrace" -q -n 'forker*:::hit { @ = count(); }' >/dev/null 2>&1 </dev/null &
	tracer=$!
	sleep 0.1$((i % 10))
	kill -KILL $tracer
	wait $tracer 2>/dev/null
	i=$((i + 1))
done
grep -q '^60 of 60 children well$' "$tmp/forks" || fail "a child died"

# An object goes, and comes again, armed in its file: each time its call counts.
cp "$B/e2e/plug.so" "$tmp/$mod.so"
cat >"$tmp/reload.py" <<'E'
import _ctypes, ctypes, sys, time
print("ready", flush=True)
while True:
    object = ctypes.CDLL(sys.argv[1])
    object.plug_fire(b"again", 1)
    _ctypes.dlclose(object._handle)
    time.sleep(0.01)
E
start /usr/bin/python3 "$tmp/reload.py" "$tmp/$mod.so"
run -q -Z -p $target -n 'pythonapp$target:::firstProbe { n++; } pythonapp$target:::firstProbe / n == 20 / { exit(0); }'
expect_status 0
run -q -Z -n "pythonapp*:$mod.so::firstProbe { n++; } pythonapp*:$mod.so::firstProbe / n == 20 / { exit(0); }"
expect_status 0
kill -KILL $target

# A file is cut off while it is armed: that is the end of who executes it, not of the tracer.
cat >"$tmp/again.py" <<'E'
import ctypes, sys, time
fire = ctypes.CDLL(sys.argv[1]).plug_fire
while True:
    fire(sys.argv[1].encode(), 1)
    time.sleep(0.002)
E
for object in whole cut; do
	cp "$B/e2e/plug.so" "$tmp/${object}_$$.so"
	/usr/bin/python3 "$tmp/again.py" "$tmp/${object}_$$.so" >/dev/null 2>&1 &
	cut=$!
	pids="$pids $cut"
done
trace -q -Z -n "pythonapp*:*_$$.so::firstProbe { printf(\"%s\n\", probemod); }"
await "events of one" grep -q "^cut_" "$tmp/out"
await "events of the other" grep -q "^whole_" "$tmp/out"
: >"$tmp/cut_$$.so"
await "the end of one" is_gone $cut
n=$(grep -c "^whole_" "$tmp/out")
more() { [ "$(grep -c "^whole_" "$tmp/out")" -gt $((n + 20)) ]; }
await "more events of the other" more
interrupt
expect_status 0
