#!/usr/sbin/dtrace -qs
/*
 * Names that come, go and change: files removed and renamed, directories made and removed.
 *
 *     dtrace -qs file_changes.d
 */

syscall::unlink:entry, syscall::rmdir:entry, syscall::mkdir:entry, syscall::rename:entry
{
	self->from = arg0;
	self->to = probefunc == "rename" ? arg1 : 0;
}

syscall::unlinkat:entry, syscall::mkdirat:entry
{
	self->from = arg1;
}

syscall::renameat:entry, syscall::renameat2:entry
{
	self->from = arg1;
	self->to = arg3;
}

syscall::unlink:return, syscall::rmdir:return, syscall::mkdir:return, syscall::unlinkat:return,
syscall::mkdirat:return, syscall::rename:return, syscall::renameat:return, syscall::renameat2:return
/ self->from != 0 /
{
	printf("%7d %-16s %-10s %s%s%s%s\n", pid, execname, probefunc, copyinstr(self->from),
	    self->to ? " to " : "", self->to ? copyinstr(self->to) : "", errno ? " (failed)" : "");
	self->from = 0;
	self->to = 0;
}
