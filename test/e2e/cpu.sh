#!/bin/sh
# -x cpu: one CPU; tick-N is there, too. A buffer that is too large is made smaller, and said so.
. test/e2e/lib.sh
last=$(sed 's/.*[-,]//' /sys/devices/system/cpu/online)
# A CPU of a virtual machine that has nothing to do may get its timers late.
taskset -c "$last" sh -c 'while :; do :; done' &
busy=$!
pids="$pids $busy"
run -q -x cpu="$last" -n 'profile-997hz { @[cpu] = count(); } tick-300ms { @[cpu] = count(); exit(0); }'
expect_status 0
awk 'NF { print $1 }' "$tmp/out" >"$tmp/cpus"
echo "$last" | cmp - "$tmp/cpus" || fail "other CPUs than $last"
kill -KILL $busy
run -q -x cpu=100000 -n 'profile-997hz { trace(1); } BEGIN { exit(0); }'
expect_status 1
expect_like err 'No such device|no counter'

run -b 1000g -qn 'BEGIN { trace("ok"); exit(0); }'
expect_status 0
printf 'ok\n' | expect out
expect_like err '^dtrace: buffer size lowered to [0-9]+( bytes|[kmgt])$'
run -b 1000g -x quietresize -qn 'BEGIN { exit(0); }'
expect err </dev/null
