#!/usr/sbin/dtrace -qs
/*
 * Files as they are opened: who, the descriptor or the error, and the path.  The path is read when
 * the call returns: then its page is in memory for sure.
 *
 *     dtrace -qs opens.d
 */

BEGIN
{
	printf("%7s %-16s %4s %5s %s\n", "PID", "PROGRAM", "FD", "ERROR", "PATH");
}

syscall::open:entry
{
	self->path = arg0;
}

syscall::openat:entry
{
	self->path = arg1;
}

syscall::open:return, syscall::openat:return
/ self->path != 0 /
{
	printf("%7d %-16s %4d %5d %s\n", pid, execname, errno ? -1 : (int)arg1, errno,
	    copyinstr(self->path));
	self->path = 0;
}
