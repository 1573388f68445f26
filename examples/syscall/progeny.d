#!/usr/sbin/dtrace -qs
/*
 * System calls of a command and of all that it starts: counted by program.
 *
 *     dtrace -qs progeny.d -c 'make'
 */

syscall:::entry
/ progenyof($target) /
{
	@calls[execname] = count();
	@kinds[execname, probefunc] = count();
}

END
{
	trunc(@kinds, 10);
	printf("by program:\n");
	printa("  %-16s %@8d\n", @calls);
	printf("the most frequent ten:\n");
	printa("  %-16s %-20s %@8d\n", @kinds);
}
