#!/bin/sh
# freopen(), ftruncate(), setopt(): what the consumer does when it comes to them.
. test/e2e/lib.sh
run -qw -n 'BEGIN { printf("one\n"); freopen("%s/%s.%d", "'"$tmp"'", "file", 7); printf("two\n");
    system("echo three"); @ = count(); freopen(""); printf("four\n"); freopen("'"$tmp"'/file.7");
    exit(0); }'
expect_status 0
expect err </dev/null
expect out <<'E'
one
four
E
mv "$tmp/file.7" "$tmp/out"
expect out <<'E'
two
three

                1
E

# Into an output file of our own.
run -qw -o "$tmp/o" -n 'BEGIN { printf("one\n"); freopen("'"$tmp"'/other"); printf("two\n");
    freopen(""); printf("three\n"); exit(0); }'
printf 'one\nthree\n\n' | cmp -s - "$tmp/o" && printf 'two\n' | cmp -s - "$tmp/other" || fail "-o"

run -qw -n 'BEGIN { freopen("/nowhere/%d", 1); printf("still\n"); exit(0); }'
expect_status 0
printf 'still\n\n' | expect out
expect err <<'E'
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): couldn't freopen() "/nowhere/1": No such file or directory
E

# Needs no -w: it is our own file.
run -qn 'BEGIN { printf("lost\n"); ftruncate(); printf("kept\n"); exit(0); }'
printf 'kept\n\n' | expect out

# From the next action on.
run -n 'BEGIN { setopt("quiet"); trace("row"); }
    BEGIN { trace("none\n"); setopt("quiet", strjoin("o", "ff")); }
    BEGIN { setopt("bufsize", "8m"); setopt("nothing"); setopt("cpp", "on"); exit(0); }'
expect_status 0
cpu=$(awk 'NR == 2 { print $1 }' "$tmp/out")
{
	echo 'CPU     ID                    FUNCTION:NAME'
	printf '%3d %6d %32s row\nnone\n' "$cpu" 1 :BEGIN
	printf '%3d %6d %32s \n\n' "$cpu" 1 :BEGIN
} | expect out
sed -i '/matched 1 probe/d; /matched 3 probes/d' "$tmp/err"
expect err <<'E'
dtrace: error in dt_clause_2 for probe ID 1 (dtrace:::BEGIN): couldn't set option "bufsize" to "8m": Operation illegal when tracing is active
dtrace: error in dt_clause_2 for probe ID 1 (dtrace:::BEGIN): couldn't set option "nothing" to "1": Invalid option name
dtrace: error in dt_clause_2 for probe ID 1 (dtrace:::BEGIN): couldn't set option "cpp" to "on": Option cannot be used from within a D program
E
