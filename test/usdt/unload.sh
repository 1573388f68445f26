#!/bin/sh
# Unloading and loading while the program is traced, and while its threads fire.
. test/usdt/lib.sh
need bpftrace
for flags in 0 4 8; do
	rm -f "$tmp/target" "$tmp/trace"
	start_app flags:$flags load ready await fire:2 unload fire:2 load await fire:2 add:more load \
		await fire:2 race:200 fire:1 unload off
	bpftrace -p $target -e 'usdt:*:app:request { @ = count(); }' >"$tmp/trace" 2>"$tmp/err" &
	tracer=$!
	pids="$pids $tracer"
	app_ends
	grep -v ready "$tmp/target" >"$tmp/out"
	expect out <<'E'
fired 2
fired 0
fired 2
fired 2
raced
fired 1
E
	kill -INT $tracer
	wait $tracer
	expect_like trace '^@: [0-9]+'
done
