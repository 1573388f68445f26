#!/usr/sbin/dtrace -qs
/*
 * How long threads are away from the CPU, in microseconds, by program and by what they were when
 * they left: runnable (somebody else's turn), asleep, or waiting for what cannot be interrupted,
 * such as a disk.
 *
 *     dtrace -qs off_cpu.d
 */

inline long INTERRUPTIBLE = 1;
inline long UNINTERRUPTIBLE = 2;

sdt:sched::sched_switch
/ args[1] != 0 /
{
	left[args[1]] = timestamp;
	state[args[1]] = args[3] & 0xff;
}

sdt:sched::sched_switch
/ left[args[5]] != 0 /
{
	this->us = (timestamp - left[args[5]]) / 1000;
	@us[stringof(args[4]), state[args[5]] == 0 ? "runnable" :
	    state[args[5]] & UNINTERRUPTIBLE ? "uninterruptible" :
	    state[args[5]] & INTERRUPTIBLE ? "asleep" : "other"] = quantize(this->us);
	left[args[5]] = 0;
	state[args[5]] = 0;
}

END
{
	printa("%s, %s (us)%@d\n", @us);
}
