#!/bin/sh
# sdt: the kernel's tracepoints with the fields of their records: numbers with their signs, text in
# the record, text behind it; arguments by number and by type.
. test/e2e/lib.sh
run -q -c "$B/e2e/calls 1" -n '
sdt:signal::signal_generate / pid == $target && arg0 == 23 / {
	printf("%d %d %d %s %d\n", arg0, arg1, arg2, stringof(arg3), arg4 == pid);
	printf("%d %s %s %d\n", args[2], args[3], probemod, args[3] == "calls");
}'
expect_status 0
expect out <<'E'
23 0 -6 calls 1
-6 calls signal 1

E

printf '#!/bin/sh\n/bin/true\n:\n' >"$tmp/parent"
chmod +x "$tmp/parent"
run -q -c "$tmp/parent" -n '
sdt:sched::sched_process_exec / ppid == $target / {
	printf("%s %d %s:%s:%s:%s\n", args[0], args[1] == pid, probeprov, probemod,
	    probefunc, probename);
}'
expect_status 0
expect out <<'E'
/bin/true 1 sdt:sched::sched_process_exec

E

run -l -v -n 'sdt:signal::signal_generate'
expect_like out '^ +[0-9]+ +sdt +signal +signal_generate$' 'args\[0\]: int' 'args\[3\]: char \[16\]' 'args\[4\]: pid_t'

# Probes of other providers cause no look at the kernel's list, and get none of its probes.
run -l -n BEGIN -n tick-1
lines 4 "$tmp/out" && fail "more than BEGIN and tick-1 are listed"
run -l -n 'sdt:syscalls::'
expect err <<'E'
dtrace: failed to match sdt:syscalls::: No probe matches description
E
