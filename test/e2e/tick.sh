#!/bin/sh
# The profile provider: tick-N on one CPU, profile-N on all.
. test/e2e/lib.sh
run -q -n 'tick-10ms { n++; } tick-10ms / n == 5 / { printf("%d %s\n", n, probename); exit(0); }'
expect_status 0
expect out <<'E'
5 tick-10ms

E

# An idle CPU has no clock ticks on some machines: keep all of them busy.
cpu=0
while [ $cpu -lt "$(nproc)" ]; do
	taskset -c $cpu sh -c 'while :; do :; done' &
	pids="$pids $!"
	cpu=$((cpu + 1))
done
run -q -n 'profile-199 { @[cpu] = count(); } tick-500ms { printa("%d %@d\n", @); exit(0); }'
[ "$(grep -c '[0-9]' "$tmp/out")" -eq "$(nproc)" ] || fail "not one row for each CPU"
awk 'NF == 2 && ($2 < 20 || $2 > 150) { exit 1 }' "$tmp/out" || fail "not near 100 firings"
