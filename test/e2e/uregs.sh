#!/bin/sh
# uregs[]: the registers of the thread, in user probes and in those of the kernel.
. test/e2e/lib.sh
[ "$(uname -m)" = x86_64 ] || skip "the registers are those of x86-64"
run -q -c "$B/e2e/functions 1" -n '
pid$target:a.out:ten:entry {
	i = R_RDX;
	printf("%d %d %d %d %d\n", uregs[R_RDI] == arg0, uregs[R_RSI] == arg1, uregs[i] == arg2, uregs[R_R8] == arg4, uregs[R_SP] == uregs[R_RSP]);
	this->arg6 = *(int64_t *)copyin(uregs[R_RSP] + 8, 8);
	printf("%d %d %d\n", this->arg6 == arg6, uregs[R_CS] & 3, uregs[R_DS]);
}
pid$target:a.out:ten:return { printf("%d\n", (int)uregs[R_RAX]); }
pid$target:a.out:last:4 / ++n == 1 / { printf("%d\n", uregs[R_RAX] == uregs[R_RDI] + 1); }'
expect_status 0
sed '/^ready$/d' "$tmp/out" | diff -u - /dev/fd/3 3<<'E' || fail "registers of a probe"
1 1 1 1 1
1 3 0
-5
1

E
run -q -c "$B/e2e/calls 1" -n 'syscall::setpriority:entry / pid == $target / { printf("%d %d %d\n", uregs[R_RDI], uregs[R_RSI], uregs[R_ERR] == 141); }'
expect out <<'E'
77 88 1

E
run -q -n 'BEGIN { i = 21; trace(uregs[i]); } ERROR { exit(0); }'
expect_like err 'index out of bounds \(21\)'
