#!/bin/sh
# Structures that a system call is given, and those of the kernel that tracepoints are: copied in, read
# where they are, walked.
. test/e2e/lib.sh
[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not tell its types"
run -q -c "sleep 0.0625" -n '
syscall::clock_nanosleep:entry
/pid == $target/
{
	this->t = (struct __kernel_timespec *)copyin(arg2, sizeof (struct __kernel_timespec));
	printf("%d.%d\n", this->t->tv_sec, this->t->tv_nsec);
	printf("%d\n", ((struct __kernel_timespec *)arg2)->tv_nsec);
	this->t->tv_sec++;
	times[pid] = *this->t;
}
syscall::clock_nanosleep:return
/pid == $target/
{
	printf("%d %d\n", times[pid].tv_sec, times[pid].tv_nsec);
}'
expect_status 0
expect out <<'E'
0.62500000
62500000
1 62500000

E

cat >"$tmp/parent" <<'E'
#!/bin/sh
/bin/true
:
E
chmod +x "$tmp/parent"
run -q -c "$tmp/parent" -n '
rawtp:sched::sched_process_exec
/args[0]->real_parent->tgid == $target/
{
	printf("%s %s %d\n", args[0]->comm, stringof(args[2]->filename), args[0]->tgid == pid);
}
rawtp:sched::sched_switch
/args[1]->tgid == $target/
{
	@[args[1]->comm] = count();
}
END { printa("%s\n", @); }'
expect_status 0
expect out <<'E'
true /bin/true 1
parent

E
