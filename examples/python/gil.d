#!/usr/sbin/dtrace -qs
/*
 * Waiting for the global interpreter lock: how long, in microseconds, and in which functions.  Its
 * waits are those of a thread that has a Python stack and asks the kernel for a futex with a time
 * limit: the interpreter asks again every five milliseconds, and tells the holder to give it up.
 *
 *     dtrace -qs gil.d -p PID
 */

syscall::futex:entry
/ pid == $target && pydepth > 0 && arg3 != 0 /
{
	self->since = timestamp;
}

syscall::futex:return
/ self->since != 0 /
{
	this->us = (timestamp - self->since) / 1000;
	@waits = quantize(this->us);
	@stacks[jstack()] = sum(this->us);
	self->since = 0;
}

END
{
	printa("waits (us)%@d\n", @waits);
	trunc(@stacks, 10);
	printf("in these functions (us):\n");
	printa("%k%@16d\n", @stacks);
}
