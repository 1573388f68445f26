#!/bin/sh
# The providers proc and sched, which are made of others: when their probes fire, and their arguments.
. test/e2e/lib.sh
run -q -c "$B/e2e/processes" -n '
proc:::create / pid == $target / { printf("%s %s %d\n", probename, args[0]->pr_fname, args[0]->pr_ppid == pid); }
proc:::start / ppid == $target / { printf("%s\n", probename); }
proc:::exec, proc:::exec-failure, proc:::exec-success / ppid == $target / { printf("%s\n", probename); }
proc:::exec / ppid == $target / { printf("%s\n", args[0]); }
proc:::exec-failure / ppid == $target / { printf("errno %d\n", args[0]); }
proc:::exec-success / ppid == $target / { printf("now %s\n", execname); }
proc:::exit / ppid == $target || pid == $target / { printf("%s %d\n", probename, args[0]); }
proc:::lwp-create / pid == $target / { printf("%s %d %s\n", probename, args[1]->pr_pid == pid, args[0]->pr_name); }
proc:::lwp-start / pid == $target / { printf("%s %d\n", probename, tid != pid); }
proc:::lwp-exit / pid == $target && tid != pid / { printf("%s\n", probename); }
proc:::signal-send / pid == $target && args[1]->pr_pid == pid && args[2] != SIGCHLD / { printf("%s %d\n", probename, args[2]); }
proc:::signal-discard / pid == $target && args[2] != SIGCHLD / { printf("%s %d\n", probename, arg2); }
proc:::signal-handle / pid == $target / { printf("%s %d %d %d\n", probename, args[0], args[1]->si_signo, arg2 != 0); }
sched:::surrender / pid == $target / { printf("%s %d\n", probename, args[1]->pr_pid == pid); }'
expect_status 0
sort "$tmp/out" | uniq -c | awk 'NF > 1 { $1 = $1; print }' >"$tmp/counted"
diff -u - "$tmp/counted" <<'E' || fail "what was seen"
1 /bin/true
1 /nonexistent
3 create processes 1
1 errno 2
2 exec
1 exec-failure
1 exec-success
3 exit 1
1 exit 2
1 lwp-create 1 processes
1 lwp-exit
1 lwp-start 1
1 now true
1 signal-discard 28
1 signal-handle 10 10 1
1 signal-send 10
1 signal-send 28
3 start
1 surrender 1
E

# off-cpu shows who comes next, wakeup whom; a pattern of names is one clause for several probes.
run -q -n '
sched:::off-cpu / args[0]->pr_lwpid != tid / { @["off"] = count(); }
sched:::wakeup / args[1]->pr_pid >= 0 / { @["wakeup"] = count(); }
sched:::wakeup, sched:::off-cpu { @[probename] = count(); }
tick-10hz / ++n == 3 / { exit(0); }'
expect_like out '^  off ' '^  wakeup ' '^  off-cpu '
run -l -v -n 'proc:::exit'
expect_like out 'args\[0\]: int' 'rawtp:sched::sched_process_exit / '
run -q -x errtags -n 'proc:::create { trace(args[1]); }'
expect_like err '\[D_ARGS_IDX\]'
run -q -x errtags -n 'proc:::create { trace(args[0]->pr_argc); }'
expect_like err '\[D_XLATE_NOCONV\]'

# What this kernel can't tell is said, once, with the reason; what is there works.
run -l -n 'sched:::'
if grep -q on-cpu "$tmp/out"; then
	[ ! -s "$tmp/err" ] || fail "all is there, and something is missing"
else
	expect_like err '^dtrace: not available on this kernel: .*sched:::on-cpu.*: (fbt is not|the kernel has no)'
	[ "$(wc -l <"$tmp/err")" -eq 1 ] || fail "more than one line"
fi
expect_like out ' sched .* wakeup$'
