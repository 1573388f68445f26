#!/usr/sbin/dtrace -qs
/*
 * Packets that network devices send and receive: their sizes in bytes.
 *
 *     dtrace -qs packets.d
 */

sdt:net::net_dev_queue
{
	@bytes[stringof(args[2]), "sent"] = quantize(args[1]);
}

sdt:net::netif_receive_skb
{
	@bytes[stringof(args[2]), "received"] = quantize(args[1]);
}

END
{
	printa("%s, %s (bytes)%@d\n", @bytes);
}
