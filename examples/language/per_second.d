#!/usr/sbin/dtrace -qs
/*
 * Rates in place of counts: normalize() divides by the seconds that the trace took.
 *
 *     dtrace -qs per_second.d
 */

BEGIN
{
	start = timestamp;
}

syscall:::entry
{
	@rate[execname] = count();
}

END
{
	normalize(@rate, (timestamp - start) / 1000000000 + 1);
	trunc(@rate, 10);
	printf("%-16s %12s\n", "PROGRAM", "CALLS/s");
	printa("%-16s %@12d\n", @rate);
}
