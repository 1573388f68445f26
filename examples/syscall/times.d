#!/usr/sbin/dtrace -qs
/*
 * Where the time in system calls goes: calls, average, longest and sum, in microseconds, in one
 * table that is sorted by the sum.  Calls that wait, such as poll(), have their waiting counted.
 *
 *     dtrace -qs times.d
 */

#pragma D option aggsortpos=3

syscall:::entry
{
	self->start = timestamp;
}

syscall:::return
/ self->start != 0 /
{
	this->us = (timestamp - self->start) / 1000;
	self->start = 0;
	@calls[probefunc] = count();
	@average[probefunc] = avg(this->us);
	@longest[probefunc] = max(this->us);
	@total[probefunc] = sum(this->us);
}

END
{
	printf("%-20s %10s %10s %10s %12s\n", "SYSTEM CALL", "CALLS", "AVG us", "MAX us", "SUM us");
	printa("%-20s %@10d %@10d %@10d %@12d\n", @calls, @average, @longest, @total);
}
