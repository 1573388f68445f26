#!/bin/sh
# A floating-point argument is refused when it is used, not mis-read; its neighbours are fine.
. test/e2e/lib.sh
start "$B/e2e/args"
run -q -p $target -n 'args$target:::floating { printf("%d\n", arg0); exit(0); }'
expect_status 0
expect out <<'E'
7

E
run -q -p $target -n 'args$target:::floating { printf("%d\n", arg1); exit(0); }'
expect_status 1
expect_like err '^dtrace: .*arg1.*float'
