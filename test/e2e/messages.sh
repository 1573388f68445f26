#!/bin/sh
# What is said, and the exit status, when a command line or a program is wrong.
. test/e2e/lib.sh
says() { # status, then the message on standard input
	expect_status "$1"
	expect err
	[ ! -s "$tmp/out" ] || fail "unexpected output"
}

run -n 'nosuch:::probe { trace(1); }'
says 1 <<'E'
dtrace: invalid probe specifier nosuch:::probe { trace(1); }: probe description nosuch:::probe does not match any probes
E
run -n 'BEGIN { foo(); }'
says 1 <<'E'
dtrace: invalid probe specifier BEGIN { foo(); }: in action list: undefined function name: foo
E
run -x errtags -n 'BEGIN { trace(x); }'
says 1 <<'E'
dtrace: invalid probe specifier BEGIN { trace(x); }: [D_IDENT_UNDEF] in action list: failed to resolve x: Unknown variable name
E
cat >"$tmp/bad.d" <<'D'
BEGIN
{
	trace(substr("a"));
}
D
run -s "$tmp/bad.d"
says 1 <<E
dtrace: failed to compile script $tmp/bad.d: line 3: substr( ) prototype mismatch: 1 arg passed, at least 2 expected
E
run -s /nonexistent.d
says 1 <<'E'
dtrace: failed to open /nonexistent.d: No such file or directory
E
run -p notapid -n 'BEGIN { exit(0); }'
says 1 <<'E'
dtrace: invalid pid: notapid
E
run -p 4194303 -n 'BEGIN { exit(0); }'
expect_status 1
expect_like err '^dtrace: failed to grab process 4194303'
run -x errtags -n 'python4194303:::x { }'
says 1 <<'E'
dtrace: invalid probe specifier python4194303:::x { }: [D_PROC_GRAB] failed to grab process 4194303
E
run -c /nonexistent -n 'BEGIN { exit(0); }'
says 1 <<'E'
dtrace: failed to execute /nonexistent: No such file or directory
E

# Nothing that matches, allowed.
run -Z -n 'nosuch:::probe { } BEGIN { exit(0); }'
expect_status 0
run -Z -q -n 'nosuch:::probe' -n 'BEGIN { exit(0); }'
expect_status 0

# Compiling only.
run -e -n 'BEGIN { trace(1); }'
expect_status 0
expect err </dev/null
expect out </dev/null

# Usage.
run
expect_status 2
expect_like err '^[Uu]sage: '
run -W
expect_status 2
run -l -V
expect_status 2
expect_like err '^dtrace: only one of the \[-GhlV\] options can be specified at a time$'
run -V
expect_status 0
expect_like out '^dtrace: '

# A number that no probe has.
run -n 99999999
expect_status 1
expect_like err '^dtrace: invalid probe specifier 99999999: invalid probe identifier 99999999: Unknown probe identifier$'
run -qi 1 -n 'END { exit(2); }' -n 'tick-10ms { exit(2); }'
expect_status 2
