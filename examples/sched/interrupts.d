#!/usr/sbin/dtrace -qs
/*
 * Interrupts: how many of each line, and how long their handlers take, in nanoseconds.
 *
 *     dtrace -qs interrupts.d
 */

sdt:irq::irq_handler_entry
{
	begin[cpu, args[0]] = timestamp;
	@interrupts[args[0], stringof(args[1])] = count();
}

sdt:irq::irq_handler_exit
/ begin[cpu, args[0]] != 0 /
{
	@ns[args[0]] = quantize(timestamp - begin[cpu, args[0]]);
	begin[cpu, args[0]] = 0;
}

sdt:irq::softirq_entry
{
	@soft[args[0]] = count();
}

END
{
	printa("line %3d %-24s %@8d\n", @interrupts);
	printa("line %d (ns)%@d\n", @ns);
	printa("soft interrupt %d %@8d\n", @soft);
}
