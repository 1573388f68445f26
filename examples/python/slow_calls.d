#!/usr/sbin/dtrace -qs
/*
 * Calls that take longer than a number of milliseconds, with who called them.
 *
 *     dtrace -qs slow_calls.d -p PID 100
 */

self int depth;

python$target:::function-entry
{
	self->depth++;
	self->start[self->depth] = timestamp;
}

python$target:::function-return
/ self->depth > 0 && timestamp - self->start[self->depth] >= $1 * 1000000 /
{
	printf("%Y: %s() took %d ms\n", walltimestamp, stringof(arg1),
	    (timestamp - self->start[self->depth]) / 1000000);
	jstack();
}

python$target:::function-return
/ self->depth > 0 /
{
	self->start[self->depth] = 0;
	self->depth--;
}
