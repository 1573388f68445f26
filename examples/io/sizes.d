#!/usr/sbin/dtrace -qs
/*
 * How many bytes programs read and write at a time: a distribution for each program and direction.
 *
 *     dtrace -qs sizes.d
 */

syscall::read:return, syscall::pread64:return, syscall::write:return, syscall::pwrite64:return
/ errno == 0 /
{
	@bytes[execname, probefunc] = quantize(arg1);
}

END
{
	printa("%s, %s (bytes)%@d\n", @bytes);
}
