#!/usr/sbin/dtrace -qs
/*
 * Signals: from whom, to whom, which.
 *
 *     dtrace -qs signals.d
 */

BEGIN
{
	printf("%-16s %7s %6s %-16s %7s\n", "FROM", "PID", "SIGNAL", "TO", "PID");
}

sdt:signal::signal_generate
{
	printf("%-16s %7d %6d %-16s %7d\n", execname, pid, args[0], stringof(args[3]), args[4]);
}
