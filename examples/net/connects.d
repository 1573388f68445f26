#!/usr/sbin/dtrace -qs
/*
 * Connections over IPv4 as programs make them: to which address and port, and what came of it.
 *
 *     dtrace -qs connects.d
 */

syscall::connect:entry
{
	self->where = arg1;
}

syscall::connect:return
/ self->where != 0 && *(uint16_t *)copyin(self->where, 2) == AF_INET /
{
	this->to = (uint8_t *)copyin(self->where, 8);
	printf("%7d %-16s %d.%d.%d.%d port %d, error %d\n", pid, execname, this->to[4], this->to[5],
	    this->to[6], this->to[7], this->to[2] << 8 | this->to[3], errno);
}

syscall::connect:return
{
	self->where = 0;
}
