#!/usr/sbin/dtrace -qs
/*
 * How often each Python function was called, most called last.  End it with Ctrl-C.
 *
 *     dtrace -qs func_counts.d -p PID
 */

python$target:::function-entry
{
	@calls[stringof(arg0), stringof(arg1)] = count();
}

END
{
	printf("%-40s %-24s %10s\n", "FILE", "FUNCTION", "CALLS");
	printa("%-40s %-24s %@10d\n", @calls);
}
