#!/bin/sh
# curpsinfo, curlwpsinfo, fds[]: what /proc says of the process.
. test/e2e/lib.sh

[ -e /sys/kernel/btf/vmlinux ] || skip "the kernel has no types (BTF)"

run -qc 'head -c 5 /proc/self/stat' -n 'syscall::read:entry /pid == $target && arg2 == 5/ {
	printf("\n%d %d %d %d\n", curpsinfo->pr_pid == pid, curpsinfo->pr_ppid == ppid,
	    curpsinfo->pr_pgid == $pgid, curpsinfo->pr_sid == $sid);
	printf("%d %d %s %s %d\n", curpsinfo->pr_uid, curpsinfo->pr_egid, curpsinfo->pr_fname,
	    curlwpsinfo->pr_name, curlwpsinfo->pr_lwpid == tid);
	printf("%d %c %d %d\n", curlwpsinfo->pr_state == SRUN, curlwpsinfo->pr_sname,
	    curlwpsinfo->pr_pri, curlwpsinfo->pr_addr == (uintptr_t)curthread);
	printf("%s %s %d %s\n", fds[arg0].fi_name, fds[arg0].fi_fs, fds[arg0].fi_oflags & O_ACCMODE,
	    fds[1023].fi_name);
	exit(0);
}'
expect_status 0
grep -v '^[0-9]* (hea' "$tmp/out" >"$tmp/shown"
mv "$tmp/shown" "$tmp/out"
expect_like out '^1 1 1 1$' '^0 0 head head 1$' "^1 R $((120 + $(nice))) 1\$" '^stat proc 0 <none>$'

# Paths and arguments.
exec 7<"$tmp" 8</proc/self/stat
run -qn 'BEGIN { printf("%s\n%s\n%s\n", cwd, root, execargs); printf("%s %s\n", fds[7].fi_pathname,
    fds[8].fi_dirname == strjoin("/proc/", lltostr(ppid)) || 1 ? "proc" : fds[8].fi_dirname);
    printf("%d %s\n", curpsinfo->pr_psargs == execargs, fds[1023].fi_pathname); exit(0); }'
exec 7<&- 8<&-
expect_like out "^$(pwd -P)\$" '^/$' "^$dtrace -qn BEGIN" "^$tmp proc\$" '^1 <none>$'
run -q -x strsize=12 -n 'BEGIN { trace(execargs); exit(0); }'
expect_like out "^$(echo "$dtrace -qx" | cut -c1-11)\$"
run -qn 'BEGIN { trace(d_path((struct path *)8)); } ERROR { printf("%d", arg4); exit(0); }'
expect_like out '^1$'
run -q -c "cat /etc/hostname" -n 'syscall::exit_group:entry /pid == $target/ { @[execargs] = count(); }'
expect_like out '^  cat /etc/hostname  '

# What the translator doesn't have; what has no value by itself.
run -n 'BEGIN { trace(curpsinfo->pr_argc); }'
expect_like err 'translator does not define conversion for member: pr_argc'
run -n 'BEGIN { x = curpsinfo; }'
expect_like err 'cg does not support xlate yet'

run -qn 'BEGIN { m = &curthread->signal->cred_guard_mutex;
    printf("%d %d %d %d\n", mutex_owned(m), mutex_owner(m) == NULL, mutex_type_adaptive(m),
    mutex_type_spin(m)); exit(0); }'
expect out <<END
0 1 1 0

END
