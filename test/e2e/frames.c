/* Calls itself so many times deep, then a system call, again and again. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef __clang__
#pragma GCC optimize("no-omit-frame-pointer", "no-optimize-sibling-calls")
#endif

int bottom(int);
int deep(int);

__attribute__((noinline)) int
bottom(int n)
{
	return (int)getppid() + n;
}

__attribute__((noinline)) int
deep(int n)
{
	return n == 0 ? bottom(n) + 1 : deep(n - 1) + 1;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 3;

	puts("ready");
	fflush(stdout);
	for (;;) {
		deep(n);
		usleep(10000);
	}
}
