#!/bin/sh
# A run-time fault: told with its probe, the clause given up, ERROR fired, the next clause run.
. test/e2e/lib.sh
run -q -n '
BEGIN { printf("%s", copyinstr(0)); printf("not this\n"); }
BEGIN { this->zero = 0; printf("%d\n", 1 / this->zero); }
BEGIN { printf("still here\n"); exit(0); }
ERROR { printf("probe %d fault %d at %x\n", arg1, arg4, arg5); }'
expect_status 0
sed -i 's/at BPF pc [0-9]*$/at BPF pc N/' "$tmp/err"
expect err <<'E'
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): invalid address (0x0) at BPF pc N
dtrace: error in dt_clause_1 for probe ID 1 (dtrace:::BEGIN): divide-by-zero at BPF pc N
E
expect out <<'E'
probe 1 fault 1 at 0
probe 1 fault 4 at 0
still here

E

# What Linux has not: an error when it is read.
run -q -n 'BEGIN { trace(ipl); } ERROR { printf("fault %d\n", arg4 == DTRACEFLT_ILLOP); exit(0); }'
expect_like err 'illegal operation'
expect_like out '^fault 1$'
