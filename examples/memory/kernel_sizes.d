#!/usr/sbin/dtrace -qs
/*
 * What programs make the kernel allocate: sizes in bytes as they were asked for.
 *
 *     dtrace -qs kernel_sizes.d
 */

sdt:kmem::kmalloc
{
	@bytes[execname] = quantize(args[2]);
	@wasted[execname] = sum(args[3] - args[2]);
}

END
{
	printa("%s (bytes)%@d\n", @bytes);
	printf("lost to rounding up:\n");
	printa("%-16s %@12d\n", @wasted);
}
