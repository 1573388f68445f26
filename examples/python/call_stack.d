#!/usr/sbin/dtrace -qs
/*
 * Every Python function call and return, indented by depth, without the noise of imports.
 *
 *     dtrace -qs call_stack.d -p PID
 *
 * We may come in the middle of calls and imports: what began before us ends without having
 * begun, and must not count below 0.
 */

self int indent;
self int importing;

python$target:::import-find-load-start
{
	self->importing++;
}

python$target:::import-find-load-done
/ self->importing > 0 /
{
	self->importing--;
}

python$target:::function-entry
/ self->importing == 0 /
{
	printf("%d\t%*s: ", timestamp, 15, probename);
	printf("%*s", self->indent, "");
	printf("%s:%s:%d\n", stringof(arg0), stringof(arg1), arg2);
	self->indent++;
}

python$target:::function-return
/ self->importing == 0 /
{
	self->indent = self->indent > 0 ? self->indent - 1 : 0;
	printf("%d\t%*s: ", timestamp, 15, probename);
	printf("%*s", self->indent, "");
	printf("%s:%s:%d\n", stringof(arg0), stringof(arg1), arg2);
}
