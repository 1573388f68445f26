#!/usr/sbin/dtrace -qs
/*
 * Exceptions by the line that they come from, those of the interpreter and of its libraries too:
 * many of them are caught at once.  They are counted in the function of the interpreter that notes
 * one; CPython 3.12 and later hide its name from others, and where they are stripped there is none.
 *
 *     dtrace -qs exceptions.d -p PID
 */

pid$target::_PyErr_SetObject:entry
/ pydepth > 0 /
{
	@raised[pyfile, pyline, pyfunc] = count();
}

END
{
	printf("%-40s %6s %-24s %8s\n", "FILE", "LINE", "FUNCTION", "COUNT");
	printa("%-40s %6d %-24s %@8d\n", @raised);
}
