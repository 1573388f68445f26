#!/usr/sbin/dtrace -qs
/*
 * Context switches on each CPU, and of each program: by itself, because it waits, or because its
 * time is over.
 *
 *     dtrace -qs switches.d
 */

sdt:sched::sched_switch
{
	@cpus = lquantize(cpu, 0, 256, 1);
}

sdt:sched::sched_switch
/ args[1] != 0 /
{
	@switches[stringof(args[0]), args[3] ? "waits" : "pushed out"] = count();
}

END
{
	printa("by CPU%@d\n", @cpus);
	printa("%-16s %-10s %@8d\n", @switches);
}
