#!/bin/sh
# tracemem(): the process's memory as bytes; how much of it; an address where nothing is.
. test/e2e/lib.sh
run -qn 'syscall::write:entry /pid == $target/ { tracemem(arg1, 20); tracemem(arg1, 16, arg2 - 9);
    tracemem(arg1, 16, 0); tracemem(arg1, 3, -1); }' -c '/bin/echo hello, brave new world'
expect_status 0
sed -i '/^hello/d' "$tmp/out"
head='             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef'
expect out <<E

$head
         0: 68 65 6c 6c 6f 2c 20 62 72 61 76 65 20 6e 65 77  hello, brave new
        10: 20 77 6f 72                                       wor

$head
         0: 68 65 6c 6c 6f 2c 20 62 72 61 76 65 20 6e        hello, brave n

$head
         0: 68 65 6c                                         hel

E

run -qn 'BEGIN { tracemem(16, 4); } BEGIN { tracemem(-0x1000, 4); }
    BEGIN { printf("next\n"); exit(0); }'
sed -i 's/at BPF pc [0-9]*$/at BPF pc N/' "$tmp/err"
expect err <<'E'
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): invalid address (0x10) at BPF pc N
dtrace: error in dt_clause_1 for probe ID 1 (dtrace:::BEGIN): invalid address (0xfffffffffffff000) at BPF pc N
E
printf 'next\n\n' | expect out

# A record must fit the buffer.
run -qb 4k -n 'BEGIN { tracemem(arg0, 5000); }'
expect_status 1
expect err <<'E'
dtrace: could not enable tracing: Enabling exceeds size of buffer
E
