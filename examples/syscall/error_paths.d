#!/usr/sbin/dtrace -qs
/*
 * What a program did on the way to a failed open(): every system call since it began, but only
 * when it fails.  Calls are written down on speculation and thrown away when all goes well.
 *
 *     dtrace -qs error_paths.d -c 'cat /etc/passwd /nonexistent'
 */

#pragma D option nspec=32

syscall::openat:entry
/ progenyof($target) /
{
	self->spec = speculation();
	self->path = arg1;
}

syscall:::entry
/ self->spec /
{
	speculate(self->spec);
	printf("  %s(0x%x, 0x%x, 0x%x)\n", probefunc, arg0, arg1, arg2);
}

syscall::openat:return
/ self->spec && errno != 0 /
{
	speculate(self->spec);
	printf("  failed with error %d: %s\n", errno, copyinstr(self->path));
}

syscall::openat:return
/ self->spec && errno != 0 /
{
	commit(self->spec);
	self->spec = 0;
}

syscall::openat:return
/ self->spec /
{
	discard(self->spec);
	self->spec = 0;
}
