#!/usr/sbin/dtrace -qs
/*
 * What the audit events of a Python program are, and which functions cause them.
 *
 *     dtrace -qs audit.d -p PID
 */

python$target:::audit
{
	@events[stringof(arg0), pyfunc, basename(pyfile)] = count();
}

END
{
	printf("%-28s %-20s %-24s %8s\n", "EVENT", "FUNCTION", "FILE", "COUNT");
	printa("%-28s %-20s %-24s %@8d\n", @events);
}
