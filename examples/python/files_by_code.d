#!/usr/sbin/dtrace -qs
/*
 * Which files are opened by which code, and how: the audit event "open" with its arguments, the
 * path and the mode.
 *
 *     dtrace -qs files_by_code.d -p PID
 */

python$target:::audit
/ stringof(arg0) == "open" /
{
	printf("%-24s %5d %-24s %-6s %s\n", basename(pyfile), pyline, pyfunc, pyitem(arg1, 1),
	    pyitem(arg1, 0));
}
