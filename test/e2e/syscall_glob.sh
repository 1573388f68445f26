#!/bin/sh
# syscall by pattern: every call of a program is counted, entry and return, whatever runs beside it;
# several programs on one tracepoint do not mix.
. test/e2e/lib.sh
run -q -c "$B/e2e/calls 1000" -n '
syscall::close:entry / pid == $target && arg0 == 1000000 / { on = 1; }
syscall:::entry / pid == $target && on / { @all["entry", probefunc] = count(); }
syscall:::return / pid == $target && on / { @all["return", probefunc] = count(); }
syscall::g*pp*:entry / pid == $target && on / { @glob[probefunc] = count(); }
syscall::setpriority:return / pid == $target / { on = 0; }'
expect_status 0
sed 's/^ *//; s/  */ /g' "$tmp/out" | grep . | sort >"$tmp/sorted"
mv "$tmp/sorted" "$tmp/out"
expect out <<'E'
entry close 2000
entry dup 1000
entry getppid 1000
entry mmap 1000
entry setpriority 1
getppid 1000
return close 2000
return dup 1000
return getppid 1000
return mmap 1000
return setpriority 1
E

run -l -n 'syscall::[r]ead:'
expect_status 0
sed -i 's/^ *[0-9]* *//; s/  */ /g' "$tmp/out"
expect out <<'E'
ID PROVIDER MODULE FUNCTION NAME
syscall vmlinux read entry
syscall vmlinux read return
E
run -l -v -n 'syscall::read:'
expect_like out 'args\[0\]: unsigned int' 'args\[1\]: char \*' 'args\[2\]: size_t' 'args\[0\]: long'

run -n 'syscall::no_such_call:entry'
expect_status 1
expect err <<'E'
dtrace: invalid probe specifier syscall::no_such_call:entry: probe description syscall::no_such_call:entry does not match any probes
E
