#!/usr/sbin/dtrace -qs
/*
 * What a Python program imports, indented by who imports whom, with the time that each took.
 *
 *     dtrace -qs imports.d -c 'python3 program.py'
 */

self int depth;

python$target:::import-find-load-start
{
	self->start[self->depth] = timestamp;
	self->depth++;
}

python$target:::import-find-load-done
/ self->depth > 0 /
{
	self->depth--;
	printf("%10d us  %*s%s%s\n", (timestamp - self->start[self->depth]) / 1000,
	    2 * self->depth, "", stringof(arg0), arg1 ? "" : " (not found)");
	self->start[self->depth] = 0;
}
