#!/bin/sh
# Arguments of every size and sign, from constants, registers, memory and symbols; several sites.
. test/e2e/lib.sh
start "$B/e2e/args"
for how in multi perf; do
	run -q -x uprobe=$how -p $target -n '
	args$target:::sizes { printf("%d %d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7); }
	args$target:::sizes { exit(0); }'
	expect_status 0
	expect out <<'E'
-8 8 -16 16 -32 32 -64 64

E
	run -q -x uprobe=$how -p $target -n '
	args$target:::edges { printf("%d %d %d %x\n", arg0, arg1, arg2, arg3); exit(0); }'
	expect out <<'E'
-1 255 -9223372036854775808 ffffffffffffffff

E
	run -q -x uprobe=$how -p $target -n '
	args$target:::memory { printf("%d %d %s %d\n", arg0, arg1, copyinstr(arg2), arg3); exit(0); }'
	expect out <<'E'
300 65535 in memory 0

E
	# Two sites of one name: one probe, both armed; the hyphen.
	run -x uprobe=$how -p $target -n 'args$target:::two-sites { @[arg0] = count(); }
	    args$target:::two-sites / ++n == 20 / { exit(0); }'
	expect err <<'E'
dtrace: description 'args$target:::two-sites ' matched 2 probes
E
	awk 'NF == 2 && $2 == 10 { n++ } END { exit n != 2 }' "$tmp/out" || fail "not 10 of each site"
done
# The clause of typed arguments.
run -q -p $target -n 'args$target:::sizes { printf("%d %d\n", args[0], args[1]); exit(0); }'
expect out <<'E'
-8 8

E
clean $target || fail "something is left in the process"
