#!/usr/sbin/dtrace -qs
/*
 * How long one system call takes, in nanoseconds: a distribution for each program.
 *
 *     dtrace -qs latency.d read
 */

#pragma D option defaultargs

BEGIN
/ $$1 == "" /
{
	printf("usage: latency.d SYSTEM_CALL\n");
	exit(2);
}

syscall:::entry
/ probefunc == $$1 /
{
	self->start = timestamp;
}

syscall:::return
/ self->start != 0 /
{
	@time_ns[execname] = quantize(timestamp - self->start);
	self->start = 0;
}
