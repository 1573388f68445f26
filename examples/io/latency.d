#!/usr/sbin/dtrace -qs
/*
 * How long reads and writes take, in microseconds, for each program.
 *
 *     dtrace -qs latency.d
 */

syscall::read:entry, syscall::pread64:entry, syscall::write:entry, syscall::pwrite64:entry,
syscall::fsync:entry, syscall::fdatasync:entry
{
	self->start = timestamp;
}

syscall::read:return, syscall::pread64:return, syscall::write:return, syscall::pwrite64:return,
syscall::fsync:return, syscall::fdatasync:return
/ self->start != 0 /
{
	@us[execname, probefunc] = quantize((timestamp - self->start) / 1000);
	self->start = 0;
}

END
{
	printa("%s, %s (us)%@d\n", @us);
}
