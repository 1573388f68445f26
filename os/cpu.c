/* The kernel's list of possible CPUs: "0-3", "0", "0,2-5". */
#include "os/cpu.h"

#include <stdio.h>

#include "base/cleanup.h"

uint32_t
cpu_possible(void)
{
	_cleanup_file_ FILE *f = fopen("/sys/devices/system/cpu/possible", "re");
	unsigned last = 0, n;
	int c;

	if (f == NULL)
		return (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	/* The list is in ascending order: its last number counts. */
	while (fscanf(f, "%u", &n) == 1) {
		last = n;
		c = fgetc(f);
		if (c != ',' && c != '-')
			break;
	}
	return last + 1;
}
