#!/usr/sbin/dtrace -qs
/*
 * Who reads and writes how much, through which descriptor.
 *
 *     dtrace -qs bytes.d
 */

syscall::read:entry, syscall::write:entry
{
	self->fd = (int)arg0 + 1;
}

syscall::read:return
/ self->fd && errno == 0 /
{
	@in[execname, pid, self->fd - 1] = sum(arg1);
	self->fd = 0;
}

syscall::write:return
/ self->fd && errno == 0 /
{
	@out[execname, pid, self->fd - 1] = sum(arg1);
	self->fd = 0;
}

END
{
	printf("%-16s %7s %4s %12s %12s\n", "PROGRAM", "PID", "FD", "READ", "WRITTEN");
	printa("%-16s %7d %4d %@12d %@12d\n", @in, @out);
}
