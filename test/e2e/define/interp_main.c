/* Runs until it is killed; prints which probes are enabled whenever that changes. */
#include <stdio.h>
#include <time.h>

#include "interp.h"

int
main(void)
{
	unsigned was = ~0u;
	struct timespec nap = { 0, 5000000 };
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	for (i = 0;; i++) {
		unsigned mask = interp_enabled();

		if (mask != was)
			printf("enabled %#x\n", mask);
		was = mask;
		interp_call("/x/file.py", "frob", i % 3 + 1);
		nanosleep(&nap, NULL);
	}
}
