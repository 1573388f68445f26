/* stackloop DEPTH TIMES: calls itself so deep, waits for a line, and makes system calls there; says what
 * one costs, in ns of this process's time. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef __clang__
#pragma GCC optimize("no-optimize-sibling-calls")
#endif

static int times;
int deep(int);

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

__attribute__((noinline)) int
deep(int n)
{
	double begin;

	if (n > 0)
		return deep(n - 1) + 1;
	puts("ready");
	fflush(stdout);
	getchar();
	begin = now_ns();
	for (int i = 0; i < times; i++)
		syscall(SYS_getppid);
	printf("ns %.0f\n", (now_ns() - begin) / times);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	times = atoi(argv[2]);
	return deep(atoi(argv[1])) < 0;
}
