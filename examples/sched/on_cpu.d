#!/usr/sbin/dtrace -qs
/*
 * How long threads stay on a CPU once they are there, in microseconds, by program.
 *
 *     dtrace -qs on_cpu.d
 */

uint64_t came[int];

sdt:sched::sched_switch
/ came[cpu] != 0 && args[1] != 0 /
{
	@us[stringof(args[0])] = quantize((timestamp - came[cpu]) / 1000);
}

sdt:sched::sched_switch
{
	came[cpu] = timestamp;
}

END
{
	printa("%s (us)%@d\n", @us);
}
