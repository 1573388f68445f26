#!/bin/sh
# Every fault that there can be: its sentence, its number and value for ERROR, and no more of the
# clause; faults in predicates, in ERROR itself, and of what the consumer does.
. test/e2e/lib.sh

# fault NUMBER VALUE TEXT CLAUSE
fault() {
	run -qn "$4 BEGIN { printf(\"next\\n\"); exit(0); }
	    ERROR { printf(\"%d %d %d %d %x\\n\", arg1, arg2, arg3 > 0, arg4, arg5); }"
	expect_status 0
	sed 's/at BPF pc [0-9]*$/at BPF pc N/' "$tmp/err" >"$tmp/shown"
	mv "$tmp/shown" "$tmp/err"
	echo "dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): $3 at BPF pc N" | expect err
	printf '1 0 1 %s %s\nnext\n\n' "$1" "$2" | expect out
}
fault 1 8 'invalid address (0x8)' 'BEGIN { trace(*(int *)8); trace("not this"); }'
fault 1 8 'invalid address (0x8)' 'BEGIN /(*(int *)8) == 0/ { trace("not this"); }'
fault 1 0 'invalid address (0x0)' 'BEGIN { trace(strlen(NULL)); }'
fault 1 0 'invalid address (0x0)' 'BEGIN { trace(strtok(NULL, ",")); }'
fault 1 0 'invalid address (0x0)' 'BEGIN { trace(strtok("a,b", NULL)); }'
fault 1 1000 'invalid address (0x1000)' 'BEGIN { this->p = copyin(0x1000, 4); }'
fault 1 1000 'invalid address (0x1000)' 'BEGIN { copyinto(0x1000, 4, alloca(4)); }'
fault 1 1000 'invalid address (0x1000)' 'BEGIN { trace(copyinstr(0x1000)); }'
fault 1 10 'invalid address (0x10)' 'BEGIN { trace(inet_ntoa((ipaddr_t *)0x10)); }'
fault 1 8 'invalid address (0x8)' 'BEGIN { @[*(int *)8] = count(); trace("not this"); }'
fault 3 0 'illegal operation' 'BEGIN { trace(ipl); }'
fault 3 0 'illegal operation' 'BEGIN { trace(link_ntop(99, alloca(8))); }'
fault 4 0 'divide-by-zero' 'BEGIN { trace(5 / (int)arg0); }'
fault 4 0 'divide-by-zero' 'BEGIN { x = 5; x %= (int)arg0; }'
fault 5 0 'out of scratch space' 'BEGIN { this->n = 300; this->p = alloca(this->n); }'
fault 5 0 'out of scratch space' 'BEGIN { this->p = alloca(200); this->q = alloca(200); }'
fault 11 7 'index out of bounds (7)' 'int a[4]; BEGIN { this->i = 7; trace(a[this->i]); }'
fault 11 ffffffffffffffff 'index out of bounds (-1)' 'int a[4]; BEGIN { this->i = -1; a[this->i] = 1; }'

# In a clause of ERROR there is no further one.
run -q -x droptags -n 'BEGIN { trace(*(int *)8); } ERROR { trace(*(int *)16); } BEGIN { exit(0); }'
expect_like err '^dtrace: \[DTRACEDROP_DBLERROR\] 1 error in ERROR probe enabling$'

# What the consumer could not do is told in the same way.
run -qwn 'BEGIN { setopt("nosuch"); freopen("/nosuchdir/x"); setopt("bufsize", "1m"); exit(0); }'
expect err <<'END'
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): couldn't set option "nosuch" to "1": Invalid option name
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): couldn't freopen() "/nosuchdir/x": No such file or directory
dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): couldn't set option "bufsize" to "1m": Operation illegal when tracing is active
END
