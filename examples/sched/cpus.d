#!/usr/sbin/dtrace -qs
/*
 * What the CPUs are busy with: 97 samples a second from each, in the kernel or in the program.
 *
 *     dtrace -qs cpus.d
 */

profile-97
/ pid != 0 && arg1 != 0 /
{
	@where[execname, "program"] = count();
}

profile-97
/ pid != 0 && arg0 != 0 /
{
	@where[execname, "kernel"] = count();
}

profile-97
{
	@busy[cpu] = sum(pid != 0);
	@samples[cpu] = count();
}

END
{
	printf("%-16s %-8s %8s\n", "PROGRAM", "WHERE", "SAMPLES");
	printa("%-16s %-8s %@8d\n", @where);
	printf("\n%-16s %8s %8s\n", "CPU", "BUSY", "SAMPLES");
	printa("%-16d %@8d %@8d\n", @busy, @samples);
}
