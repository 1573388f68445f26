#!/usr/sbin/dtrace -qs
/*
 * Calls of Python functions, with the time that passed in them: with and without what they called,
 * in microseconds, sorted by the latter.
 *
 *     dtrace -qs inclusive_exclusive.d -p PID
 */

#pragma D option aggsortpos=2

self int depth;

python$target:::function-entry
{
	self->depth++;
	self->start[self->depth] = timestamp;
	self->callees[self->depth] = 0;
}

python$target:::function-return
/ self->depth > 0 /
{
	this->ns = timestamp - self->start[self->depth];
	@calls[stringof(arg0), stringof(arg1)] = count();
	@inclusive[stringof(arg0), stringof(arg1)] = sum(this->ns);
	@exclusive[stringof(arg0), stringof(arg1)] = sum(this->ns - self->callees[self->depth]);
	self->start[self->depth] = 0;
	self->callees[self->depth] = 0;
	self->depth--;
	self->callees[self->depth] += this->ns;
}

END
{
	normalize(@inclusive, 1000);
	normalize(@exclusive, 1000);
	printf("%-40s %-24s %8s %12s %12s\n", "FILE", "FUNCTION", "CALLS", "INCLUSIVE us", "OWN us");
	printa("%-40s %-24s %@8d %@12d %@12d\n", @calls, @inclusive, @exclusive);
}
