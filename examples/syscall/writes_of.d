#!/usr/sbin/dtrace -qs
/*
 * What a process writes, as it writes it: descriptor, length and the first bytes.
 *
 *     dtrace -qs writes_of.d -p PID
 */

#pragma D option strsize=80

syscall::write:entry
/ pid == $target && arg2 > 0 /
{
	self->text = arg1;
	self->fd = arg0;
	self->length = arg2;
}

syscall::write:return
/ self->text != 0 /
{
	printf("%3d %6d %s\n", self->fd, self->length,
	    copyinstr(self->text, self->length < 80 ? self->length + 1 : 80));
	self->text = 0;
}
