#!/usr/sbin/dtrace -qs
/*
 * What programs wait for in the calls that are there to wait: by program and call, in microseconds,
 * ten steps for each power of ten.
 *
 *     dtrace -qs waits.d
 */

syscall::poll:entry, syscall::ppoll:entry, syscall::select:entry, syscall::pselect6:entry,
syscall::epoll_wait:entry, syscall::futex:entry, syscall::wait4:entry, syscall::nanosleep:entry,
syscall::clock_nanosleep:entry, syscall::pause:entry
{
	self->since = timestamp;
}

syscall::poll:return, syscall::ppoll:return, syscall::select:return, syscall::pselect6:return,
syscall::epoll_wait:return, syscall::futex:return, syscall::wait4:return, syscall::nanosleep:return,
syscall::clock_nanosleep:return, syscall::pause:return
/ self->since != 0 /
{
	@us[execname, probefunc] = llquantize((timestamp - self->since) / 1000, 10, 0, 6, 10);
	self->since = 0;
}

END
{
	printa("%s in %s (us)%@d\n", @us);
}
