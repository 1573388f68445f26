#!/usr/sbin/dtrace -qs
/*
 * Large pieces of memory that a Python program asks the C library for, of a number of bytes or
 * more: the sum of each stack.
 *
 *     dtrace -qs allocations.d -p PID 1000000
 */

pid$target:libc:malloc:entry, pid$target:libc:realloc:entry, pid$target:libc:calloc:entry
{
	this->bytes = probefunc == "malloc" ? arg0 : probefunc == "calloc" ? arg0 * arg1 : arg1;
}

pid$target:libc:malloc:entry, pid$target:libc:realloc:entry, pid$target:libc:calloc:entry
/ this->bytes >= $1 /
{
	@bytes[jstack()] = sum(this->bytes);
	@sizes = quantize(this->bytes);
}

END
{
	printa(@bytes);
	printa("sizes (bytes)%@d\n", @sizes);
}
