#!/usr/sbin/dtrace -qs
/*
 * System calls, failures and processes that make them, second by second.
 *
 *     dtrace -qs rates.d
 */

int seconds;

BEGIN
{
	printf("%6s %12s %12s\n", "SECOND", "CALLS", "FAILURES");
	@calls = sum(0);
	@failures = sum(0);
}

syscall:::entry
{
	@calls = sum(1);
}

syscall:::return
/ errno != 0 /
{
	@failures = sum(1);
}

tick-1s
{
	seconds++;
	printf("%6d ", seconds);
	printa("%@12d %@12d\n", @calls, @failures);
	clear(@calls);
	clear(@failures);
}
