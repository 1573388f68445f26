#!/bin/sh
# Children of a traced program live, whatever the site and the way they are made. Those whom nobody
# traces fire nothing; by the file, they are traced too, each with counts of its own.
. test/usdt/lib.sh
need bpftrace

# counted 0|1 LEAST: so many hits of children (0) or of the parent (1); the first may be missed.
counted() {
	n=$(sed -n "s/^@\[$1\]: //p" "$tmp/trace")
	[ "${n:-0}" -ge "$2" ] && [ "${n:-0}" -le 400 ] || fail "flags $flags: $(cat "$tmp/trace")"
}

for flags in 0 8; do
	for how in pid file; do
		rm -f "$tmp/target"
		start_app flags:$flags load ready await sleep:200 fork:20 clone:20
		probe="-p $target -e usdt:*:app:request"
		[ $how = pid ] || probe="-e usdt:$file:app:request"
		bpftrace $probe'{@[pid=='$target']=count()}' >"$tmp/trace" 2>"$tmp/err" &
		tracer=$!
		pids="$pids $tracer"
		app_ends
		kill -INT $tracer
		wait $tracer
		[ "$(grep -c '^20 of 20 children well' "$tmp/target")" = 2 ] ||
			fail "children died, flags $flags"
		counted 1 300
		if [ $how = pid ]; then
			! grep -q '^@\[0\]' "$tmp/trace" || fail "children fired"
		else
			counted 0 300
		fi
	done
done
