#!/usr/sbin/dtrace -qs
/*
 * Python functions as they are called and end, indented by how deep they are, a column for threads.
 *
 *     dtrace -qs flow.d -p PID
 */

self int depth;

python$target:::function-entry
{
	printf("%7d %*s-> %s (%s:%d)\n", tid, 2 * self->depth, "", stringof(arg1),
	    basename(stringof(arg0)), arg2);
	self->depth++;
}

python$target:::function-return
{
	self->depth -= self->depth > 0;
	printf("%7d %*s<- %s (%s:%d)\n", tid, 2 * self->depth, "", stringof(arg1),
	    basename(stringof(arg0)), arg2);
}
