#!/usr/sbin/dtrace -qs
/*
 * Files that programs look for in vain, which is what slow starts are often made of: by program and
 * path, those that are looked for most often last.
 *
 *     dtrace -qs missing.d
 */

inline int NO_SUCH_FILE = 2;

syscall::openat:entry, syscall::newfstatat:entry, syscall::readlinkat:entry, syscall::faccessat:entry
{
	self->path = arg1;
}

syscall::open:entry, syscall::access:entry, syscall::readlink:entry, syscall::newstat:entry
{
	self->path = arg0;
}

syscall::openat:return, syscall::newfstatat:return, syscall::readlinkat:return,
syscall::faccessat:return, syscall::open:return, syscall::access:return, syscall::readlink:return,
syscall::newstat:return
/ self->path != 0 && errno == NO_SUCH_FILE /
{
	@missing[execname, copyinstr(self->path)] = count();
}

syscall::openat:return, syscall::newfstatat:return, syscall::readlinkat:return,
syscall::faccessat:return, syscall::open:return, syscall::access:return, syscall::readlink:return,
syscall::newstat:return
{
	self->path = 0;
}

END
{
	printa("%-16s %-50s %@6d\n", @missing);
}
