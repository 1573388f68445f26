/*
 * forker N: fires a probe on a five-byte nop, N times; each time forks a child that fires it too.
 * Says how many children came back in one piece: a kernel that makes the probe a call to a
 * trampoline does not give the trampoline to children.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sys/sdt.h>
#undef _SDT_NOP
#define _SDT_NOP .nops 5

#include "test/e2e/target.h"

APART void
fire(int i)
{
	DTRACE_PROBE1(forker, hit, i);
	__asm__ volatile("" ::: "memory");
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, well = 0, status;
	pid_t pid;

	puts("ready");
	fflush(stdout);
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < 200; j++)	/* optimised after a few hits */
			fire(i);
		if ((pid = fork()) == 0) {
			fire(-1);
			_exit(0);
		}
		if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
			well++;
		usleep(20000);
	}
	printf("%d of %d children well\n", well, n);
	fflush(stdout);
	return well != n;
}
