#!/usr/sbin/dtrace -qs
/*
 * Threads that move from one CPU to another: how often, and from where to where.
 *
 *     dtrace -qs migrations.d
 */

sdt:sched::sched_migrate_task
{
	@moves[stringof(args[0])] = count();
	@ways[args[3], args[4]] = count();
}

END
{
	printa("%-16s %@8d\n", @moves);
	printa("CPU %d to CPU %d %@8d\n", @ways);
}
