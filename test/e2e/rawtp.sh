#!/bin/sh
# rawtp: tracepoints with the arguments of their hooks, many at a time.
. test/e2e/lib.sh
run -q -c "$B/e2e/calls 1" -n '
rawtp:signal::signal_generate / pid == $target && arg0 == 23 / {
	printf("%d %d %d %d\n", arg0, args[0], args[3], arg5);
	printf("%s:%s:%s:%s\n", probeprov, probemod, probefunc, probename);
}
rawtp:raw_syscalls::sys_exit / pid == $target && arg1 == -22 && !n++ / { printf("sys_exit %d\n", arg1); }'
expect_status 0
expect out <<'E'
sys_exit -22
23 23 0 0
rawtp:signal::signal_generate

E

# A whole group: one program, each probe with its own name.
run -q -c "$B/e2e/calls 1000" -n '
rawtp:raw_syscalls:: / pid == $target / { @[probename] = count(); }'
expect_status 0
awk '/sys_/ && $2 > 5000 { print $1 }' "$tmp/out" | sort >"$tmp/names"
mv "$tmp/names" "$tmp/out"
expect out <<'E'
sys_enter
sys_exit
E

run -l -v -n 'rawtp:sched::sched_switch'
expect_like out 'args\[1\]: struct task_struct \*' 'args\[3\]: unsigned int'
