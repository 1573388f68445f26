#!/usr/sbin/dtrace -qs
/*
 * Who wakes whom: pairs of programs, most frequent last.
 *
 *     dtrace -qs wakers.d
 */

sdt:sched::sched_wakeup
{
	@woken[execname, stringof(args[0])] = count();
}

END
{
	printa("%-16s wakes %-16s %@8d\n", @woken);
}
