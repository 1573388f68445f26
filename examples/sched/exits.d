#!/usr/sbin/dtrace -qs
/*
 * Processes as they end, with how long they ran: since the start of the program, if that was traced.
 *
 *     dtrace -qs exits.d
 */

sdt:sched::sched_process_exec
{
	started[pid] = timestamp;
}

sdt:sched::sched_process_exit
/ pid == tid && started[pid] != 0 /
{
	printf("%7d %-16s ran %d ms\n", pid, execname, (timestamp - started[pid]) / 1000000);
	@ms[execname] = quantize((timestamp - started[pid]) / 1000000);
	started[pid] = 0;
}

END
{
	printa("%s (ms)%@d\n", @ms);
}
