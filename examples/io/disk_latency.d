#!/usr/sbin/dtrace -qs
/*
 * How long disks take for a request, in microseconds, by major and minor number of the device.
 *
 *     dtrace -qs disk_latency.d
 */

sdt:block::block_rq_issue
{
	start[args[0], args[1]] = timestamp;
}

sdt:block::block_rq_complete
/ start[args[0], args[1]] != 0 /
{
	@us[args[0] >> 20, args[0] & 0xfffff] = quantize((timestamp - start[args[0], args[1]]) / 1000);
	start[args[0], args[1]] = 0;
}

END
{
	printa("device %d,%d (us)%@d\n", @us);
}
