#!/usr/sbin/dtrace -qs
/*
 * Reads, writes and syncs that take longer than a number of milliseconds, as they happen.
 *
 *     dtrace -qs slow.d 10
 */

#pragma D option defaultargs

syscall::read:entry, syscall::write:entry, syscall::fsync:entry, syscall::fdatasync:entry
{
	self->start = timestamp;
	self->fd = arg0;
}

syscall::read:return, syscall::write:return, syscall::fsync:return, syscall::fdatasync:return
/ self->start != 0 && timestamp - self->start >= $1 * 1000000 /
{
	printf("%Y %7d %-16s %-10s fd %d: %d ms\n", walltimestamp, pid, execname, probefunc, self->fd,
	    (timestamp - self->start) / 1000000);
}

syscall::read:return, syscall::write:return, syscall::fsync:return, syscall::fdatasync:return
{
	self->start = 0;
}
