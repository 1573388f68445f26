#!/usr/sbin/dtrace -qs
/*
 * Memory that programs map and give back, in KiB, and how large a piece they ask for.
 *
 *     dtrace -qs mappings.d
 */

syscall::mmap:entry
{
	@mapped[execname] = sum(arg1 / 1024);
	@pieces[execname] = quantize(arg1 / 1024);
}

syscall::munmap:entry
{
	@unmapped[execname] = sum(arg1 / 1024);
}

END
{
	printf("%-16s %12s %12s\n", "PROGRAM", "MAPPED", "UNMAPPED");
	printa("%-16s %@12d %@12d\n", @mapped, @unmapped);
	printa("%s (KiB)%@d\n", @pieces);
}
