#!/usr/sbin/dtrace -qs
/*
 * Sizes of the requests that go to disks, by the program that made the kernel send them.
 *
 *     dtrace -qs disk_sizes.d
 */

sdt:block::block_rq_issue
{
	@bytes[stringof(args[6])] = quantize(args[3]);
}

END
{
	printa("%s (bytes)%@d\n", @bytes);
}
