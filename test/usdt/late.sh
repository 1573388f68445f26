#!/bin/sh
# dtrace, without a process: programs that are started while it runs, and load their probes then.
. test/usdt/lib.sh
trace -q -Z -n 'BEGIN { printf("armed\n"); }
	lateapp*:::request { printf("%d %s %d\n", pid, stringof(arg0), arg1); }'
await "dtrace" grep -q armed "$tmp/out"
for n in 1 2; do
	rm -f "$tmp/target"
	start_app name:lateapp load ready await fire:$n
	app_ends
	await "the events" grep -q "^$target /path/$((n - 1)) -*$((n - 1))$" "$tmp/out"
done
interrupt
expect_status 0
