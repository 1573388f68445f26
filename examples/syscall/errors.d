#!/usr/sbin/dtrace -qs
/*
 * System calls that fail: by program, call and error number.
 *
 *     dtrace -qs errors.d
 */

syscall:::return
/ errno != 0 /
{
	@failed[execname, probefunc, errno] = count();
}

END
{
	printf("%-16s %-20s %6s %8s\n", "PROGRAM", "SYSTEM CALL", "ERROR", "COUNT");
	printa("%-16s %-20s %6d %@8d\n", @failed);
}
