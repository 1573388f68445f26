#!/usr/sbin/dtrace -qs
/*
 * Which system calls are made, and by which programs: the twenty most frequent pairs.
 *
 *     dtrace -qs counts.d
 */

syscall:::entry
{
	@calls[execname, probefunc] = count();
}

END
{
	trunc(@calls, 20);
	printf("%-16s %-20s %10s\n", "PROGRAM", "SYSTEM CALL", "CALLS");
	printa("%-16s %-20s %@10d\n", @calls);
}
