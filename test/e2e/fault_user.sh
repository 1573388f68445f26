#!/bin/sh
# A string that cannot be read is a fault of its own, told and counted; others are not disturbed.
. test/e2e/lib.sh
run -q -c "$B/e2e/fire 3" -n '
app$target:::hit { printf("%s", copyinstr(arg1 == 1 ? 8 : arg0)); printf("\n"); }
ERROR { @faults = count(); }
END { printa("%@d faults\n", @faults); }'
expect_status 0
expect out <<'E'
alpha
gamma
1 faults

E
expect_like err 'dt_clause_0 for probe ID [0-9]+ \(app[0-9]+:fire:serve:hit\): invalid address \(0x8\) at BPF pc [0-9]+$'
