#!/usr/sbin/dtrace -qs
/*
 * How many system calls each process makes, busiest last.
 *
 *     dtrace -qs by_process.d
 */

syscall:::entry
{
	@calls[pid, execname] = count();
}

END
{
	printf("%7s %-16s %10s\n", "PID", "PROGRAM", "CALLS");
	printa("%7d %-16s %@10d\n", @calls);
}
