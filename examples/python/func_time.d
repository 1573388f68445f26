#!/usr/sbin/dtrace -qs
/*
 * How long each Python function took, in microseconds, callees included: a distribution for each.
 * Recursion and generators are understood: a stack of start times is kept for each thread.
 *
 *     dtrace -qs func_time.d -p PID
 */

self int depth;

python$target:::function-entry
{
	self->start[self->depth] = timestamp;
	self->depth++;
}

python$target:::function-return
/ self->depth > 0 /
{
	self->depth--;
	@time_us[stringof(arg1)] = quantize((timestamp - self->start[self->depth]) / 1000);
	self->start[self->depth] = 0;
}

END
{
	printa("%s (us)%@d\n", @time_us);
}
