#!/bin/sh
# The provider cpc: events that are counted, or the reason why they can't be.
. test/e2e/lib.sh
run -l -P cpc
expect_like out ' cpc .* page_faults-all-1000000000$' ' cpc .* context_switches-all-1000000000$'
if grep -q cpu_cycles "$tmp/out"; then
	cycles=cpu_cycles-user-100000
else
	expect_like err '^dtrace: cpc: events of the processor are not available: '
	run -n 'cpc:::cpu_cycles-user-100000 { }'
	expect_status 1
	expect_like err '^dtrace: cpc: cpu_cycles is not available: '
	cycles=task_clock-user-1000000
fi
run -q -c "$B/e2e/functions 300" -n 'cpc:::page_faults-user-1 / pid == $target / { @["faults"] = count(); }
    END { printa("%s %@d\n", @); }'
expect_like out '^faults [1-9]'
run -q -n 'cpc:::'$cycles' / arg1 != 0 && arg0 == 0 / { exit(0); } tick-10s { exit(1); }' -c "$B/e2e/functions 1000000"
expect_status 0
for name in cpu_clock-all-1000 page_faults-some-100 page_faults-all-0 page_faults-all; do
	run -n "cpc:::$name { }"
	expect_like err 'does not match any probes'
done
