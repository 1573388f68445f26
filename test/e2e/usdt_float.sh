#!/bin/sh
# A floating-point argument: args[] has the number; argN, an integer, is refused and not mis-read;
# its neighbours are fine.
. test/e2e/lib.sh
start "$B/e2e/args"
for how in multi perf; do
	run -q -x uprobe=$how -p $target -n '
		args$target:::floating { printf("%d %f %.3e %d\n", arg0, args[1], args[1], (int)args[1]); exit(0); }'
	expect_status 0
	expect out <<'E'
7 1.500000 1.500e+00 1

E
done
run -l -v -p $target -n 'args$target:::floating'
expect_like out 'args\[0\]: int32_t$' 'args\[1\]: double$'
run -q -p $target -n 'args$target:::floating { printf("%d %f\n", arg1, args[1]); exit(0); }'
expect_status 1
expect_like err '^dtrace: .*arg1.*floating-point value, which args\[\] has$'
