#!/usr/sbin/dtrace -qs
/*
 * Page faults of programs: how many, and at how many different places of their code.
 *
 *     dtrace -qs faults.d
 */

sdt:exceptions::page_fault_user
{
	@faults[execname] = count();
}

sdt:exceptions::page_fault_user
/ args[2] & 2 /
{
	@writes[execname] = count();
}

END
{
	printf("%-16s %10s %10s\n", "PROGRAM", "FAULTS", "BY WRITES");
	printa("%-16s %@10d %@10d\n", @faults, @writes);
}
