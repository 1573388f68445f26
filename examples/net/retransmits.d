#!/usr/sbin/dtrace -qs
/*
 * TCP segments that had to be sent again, by the ports of the connection.
 *
 *     dtrace -qs retransmits.d
 */

sdt:tcp::tcp_retransmit_skb
{
	@again[args[3], args[4]] = count();
}

tick-10s, END
{
	printf("%Y\n", walltimestamp);
	printa("  port %d to port %d: %@d\n", @again);
	clear(@again);
}
