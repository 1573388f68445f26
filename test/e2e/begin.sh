#!/bin/sh
# The default output: header once, a row for each clause that records, a newline at the end.
. test/e2e/lib.sh
run -n 'BEGIN { trace("hello"); } BEGIN { exit(0); } END { }'
expect_status 0
sed -i 's/^ *[0-9][0-9]* /  0 /' "$tmp/out"
{
	printf '%3s %6s %32s\n' CPU ID FUNCTION:NAME
	printf '%3d %6d %32s   %-33s\n' 0 1 :BEGIN hello
	printf '%3d %6d %32s \n' 0 1 :BEGIN 0 2 :END
	echo
} | expect out
expect err <<'E'
dtrace: description 'BEGIN ' matched 3 probes
E

# Quiet: only what actions print.
run -q -n 'BEGIN { trace("hello"); printf(" %s\n", "world"); exit(0); }'
expect out <<'E'
hello world

E
expect err </dev/null
