#!/usr/sbin/dtrace -qs
/*
 * Who makes new processes and threads.
 *
 *     dtrace -qs forks.d
 */

sdt:sched::sched_process_fork
{
	printf("%-16s %7d makes %7d\n", stringof(args[0]), args[1], args[3]);
	@made[stringof(args[0])] = count();
}

END
{
	printa("%-16s %@6d\n", @made);
}
