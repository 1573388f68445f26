#!/usr/sbin/dtrace -qs
/*
 * Programs as they are started.
 *
 *     dtrace -qs execs.d
 */

BEGIN
{
	printf("%-20s %7s %7s %-16s %s\n", "TIME", "PID", "PARENT", "PROGRAM", "FILE");
}

sdt:sched::sched_process_exec
{
	printf("%-20Y %7d %7d %-16s %s\n", walltimestamp, pid, ppid, execname, stringof(args[0]));
}
