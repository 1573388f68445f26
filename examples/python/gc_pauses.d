#!/usr/sbin/dtrace -qs
/*
 * How long Python stops to collect garbage, in microseconds, for each generation; and which
 * functions were running when it began.
 *
 *     dtrace -qs gc_pauses.d -p PID
 */

python$target:::gc-start
{
	self->generation = arg0;
	self->start = timestamp;
	@during[pyfile, pyfunc] = count();
}

python$target:::gc-done
/ self->start != 0 /
{
	@us[self->generation] = quantize((timestamp - self->start) / 1000);
	@objects = sum(arg0);
	self->start = 0;
}

END
{
	printa("generation %d (us)%@d\n", @us);
	printa("%@d objects freed\n", @objects);
	printa("%-40s %-24s %@8d\n", @during);
}
