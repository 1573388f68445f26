#!/usr/sbin/dtrace -qs
/*
 * Pages that the kernel hands out and takes back, second by second, and who gets them.
 *
 *     dtrace -qs pages.d
 */

sdt:kmem::mm_page_alloc
{
	@given = sum(1 << args[1]);
	@by[execname] = sum(1 << args[1]);
}

sdt:kmem::mm_page_free
{
	@back = sum(1 << args[1]);
}

tick-1s
{
	printa("%@8d given, %@8d taken back\n", @given, @back);
	clear(@given);
	clear(@back);
}

END
{
	printa("%-16s %@8d\n", @by);
}
