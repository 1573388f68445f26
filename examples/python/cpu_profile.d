#!/usr/sbin/dtrace -qs
/*
 * What a Python program spends its CPU time on: 97 samples a second, by function and line, and the
 * ten most frequent stacks, of Python and of what is below it.
 *
 *     dtrace -qs cpu_profile.d -p PID
 */

profile-97
/ pid == $target /
{
	@lines[pyfile, pyline, pyqualname] = count();
	@stacks[jstack()] = count();
}

END
{
	printa("%-40s %5d %-24s %@8d\n", @lines);
	trunc(@stacks, 10);
	printa(@stacks);
}
