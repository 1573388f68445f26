#!/bin/sh
# Programs through the C preprocessor, with headers of C.
. test/e2e/lib.sh
command -v cpp >/dev/null || skip "there is no cpp"

# What is between quotes is no place of a parameter, but for K&R.
printf '#define TEXT(word) "word"\nBEGIN { printf(TEXT(other)); exit(0); }\n' >"$tmp/traditional.d"
run -q -C -X c -s "$tmp/traditional.d"
expect_like out '^word$'
run -q -C -X s -s "$tmp/traditional.d"
expect_like out '^other$'
run -C -X x -s "$tmp/traditional.d"
expect_status 1

# What a library calls dev_t may be otherwise in C's headers, which declare functions, too.
cat >"$tmp/include.d" <<'END'
#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
BEGIN { printf("%d %d %d\n", sizeof(dev_t), EPERM, O_CREAT); exit(0); }
END
run -qCs "$tmp/include.d"
expect out <<END
8 1 64

END
