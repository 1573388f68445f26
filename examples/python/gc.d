#!/usr/sbin/dtrace -qs
/*
 * Python's garbage collections as they happen: generation, objects collected, time taken; at the
 * end, the time of each generation as a distribution.
 *
 *     dtrace -qs gc.d -p PID
 */

python$target:::gc-start
{
	self->generation = arg0;
	self->start = timestamp;
}

python$target:::gc-done
/ self->start != 0 /
{
	this->us = (timestamp - self->start) / 1000;
	printf("%Y generation %d: %d objects in %d us\n", walltimestamp, self->generation, arg0,
	    this->us);
	@time_us[self->generation] = quantize(this->us);
	self->start = 0;
}

END
{
	printa("generation %d (us)%@d\n", @time_us);
}
