/* A function with a name as C++ has it makes a system call, again and again. */
#include <stdio.h>
#include <unistd.h>

int step(int) __asm__("_ZN5outer5inner4stepEi");
int odd(int) __asm__("_Zodd");

__attribute__((noinline)) int
odd(int n)
{
	return (int)getppid() + n;
}

__attribute__((noinline)) int
step(int n)
{
	return odd(n) + 1;
}

int
main(void)
{
	puts("ready");
	fflush(stdout);
	for (int n = 0;; n++) {
		step(n);
		usleep(10000);
	}
}
