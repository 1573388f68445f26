#!/usr/sbin/dtrace -qs
/*
 * System calls that take longer than a millisecond, with the Python functions that made them: the
 * time of each stack in microseconds.
 *
 *     dtrace -qs blocking.d -p PID
 */

syscall:::entry
/ pid == $target /
{
	self->start = timestamp;
}

syscall:::return
/ self->start != 0 && timestamp - self->start >= 1000000 /
{
	@us[probefunc, jstack()] = sum((timestamp - self->start) / 1000);
}

syscall:::return
/ self->start != 0 /
{
	self->start = 0;
}

END
{
	printa("%s%k%@16d\n", @us);
}
