#!/bin/sh
# A process whose structures lie: faults, and frames without names; all else goes on, and the process
# is none the wiser.
. test/e2e/lib.sh
need_python311
dir=$tmp/forged inside=$tmp/forged python=/usr/bin/python3
mkdir "$dir"
. test/python/pythons
start_waiting forged.py
trace -q -p $target -n 'BEGIN { printf("armed\n"); }
syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" /
{ printf("stack of %d", ++n); jstack(); }
syscall::rmdir:entry / pid == $target && copyinstr(arg0) == "/nowhere" /
{ printf("%s %d %d\n", pyfunc, pyline, pydepth); m++; }
END { printf("%d stacks, %d names\n", n, m); }'
await "the tracer to be ready" grep -q armed "$tmp/out"
go_on
finish
expect_status 0
grep -q '^whole' "$tmp/target" || fail "the process did not end well"
expect_like out '^9 stacks, [5-9] names$' '^whole 15 2$' '^forged 11 2$' '^ +whole \(.*forged.py:15\)$' \
	'^ +forged.* \(.*forged.py:11\)$' '^ +\? \(.*forged.py:11\)$'
expect_like err '^dtrace: error in .*: invalid address'
[ "$(grep -c '^stack of' "$tmp/out")" = 9 ] || fail "a stack is missing"
