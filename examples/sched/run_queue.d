#!/usr/sbin/dtrace -qs
/*
 * How long threads that could run wait for a CPU, in microseconds: what a busy machine costs them.
 *
 *     dtrace -qs run_queue.d
 */

sdt:sched::sched_wakeup, sdt:sched::sched_wakeup_new
{
	woken[args[1]] = timestamp;
}

sdt:sched::sched_switch
/ args[3] == 0 && args[1] != 0 /
{
	woken[args[1]] = timestamp;
}

sdt:sched::sched_switch
/ woken[args[5]] != 0 /
{
	@us[stringof(args[4])] = quantize((timestamp - woken[args[5]]) / 1000);
	@all = quantize((timestamp - woken[args[5]]) / 1000);
	woken[args[5]] = 0;
}

END
{
	printa("%s (us)%@d\n", @us);
	printa("all (us)%@d\n", @all);
}
