#!/usr/sbin/dtrace -qs
/*
 * Where a Python program's threads wait in system calls, off the CPU, and for how long: stacks with
 * the microseconds that were spent there, the most last.
 *
 *     dtrace -qs off_cpu.d -p PID
 */

sdt:sched::sched_switch
/ pid == $target /
{
	left[tid] = timestamp;
}

/* Who comes next is told by number; its stack can only be taken when it runs. */
sdt:sched::sched_switch
/ left[args[5]] != 0 /
{
	away[args[5]] = timestamp - left[args[5]];
	left[args[5]] = 0;
}

syscall:::return
/ away[tid] != 0 /
{
	@us[jstack()] = sum(away[tid] / 1000);
	away[tid] = 0;
}
