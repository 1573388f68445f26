/*
 * funcloop - functions to measure tracers with, a command a line:
 *
 *   push N, move N   N calls of a function that begins with an instruction that the kernel emulates
 *                    under a probe, or not
 *   getppid N        N system calls
 *   spin N           N ms of nothing
 *   armed N MS       wait till so many of the 10,000 functions f0 … are probed
 *
 * Answers: the command, N, and ns of processor time; or the time (CLOCK_MONOTONIC, ns), or "timeout".
 */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FUNCTION(NAME, CODE) \
	__asm__(".text\n.p2align 4\n.globl " #NAME "\n.type " #NAME ", @function\n" \
	    #NAME ":\n" CODE "\n.size " #NAME ", . - " #NAME "\n"); \
	long NAME(long)

FUNCTION(with_push, "push %rbx\nlea 1(%rdi), %rax\npop %rbx\nret");
FUNCTION(with_move, "mov %rdi, %rax\nret");

enum { MANY = 10000, MANY_BYTES = 16 };
__asm__(".altmacro\n.macro F n\n.type f\\n, @function\nf\\n: push %rbx\npop %rbx\nret\n"
    ".size f\\n, . - f\\n\n.p2align 4\n.endm\n"
    ".text\n.p2align 4\n.globl many\nmany:\n.set i, 0\n.rept 10000\nF %i\n.set i, i + 1\n.endr\n");
extern const unsigned char many[];

static unsigned long
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (unsigned long)t.tv_sec * 1000000000UL + (unsigned long)t.tv_nsec;
}

static void
spin(unsigned long ms)
{
	unsigned long end = clock_ns(CLOCK_MONOTONIC) + ms * 1000000;

	while (clock_ns(CLOCK_MONOTONIC) < end)
		continue;
}

static void
wait_armed(unsigned long n, unsigned long ms)
{
	unsigned long end = clock_ns(CLOCK_MONOTONIC) + ms * 1000000, now, found;

	do {
		found = 0;
		for (size_t i = 0; i < MANY; i++)
			found += ((const volatile unsigned char *)many)[i * MANY_BYTES] == 0xcc;
		now = clock_ns(CLOCK_MONOTONIC);
	} while (found != n && now < end);
	if (found == n)
		printf("armed %lu %lu\n", n, now);
	else
		printf("timeout %lu\n", found);
}

int
main(void)
{
	char word[16];
	unsigned long n, ms, c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (scanf("%15s %lu", word, &n) == 2) {
		c = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		if (strcmp(word, "armed") == 0) {
			if (scanf("%lu", &ms) == 1)
				wait_armed(n, ms);
			continue;
		}
		if (strcmp(word, "spin") == 0)
			spin(n);
		for (unsigned long i = 0; i < n && strcmp(word, "push") == 0; i++)
			with_push((long)i);
		for (unsigned long i = 0; i < n && strcmp(word, "move") == 0; i++)
			with_move((long)i);
		for (unsigned long i = 0; i < n && strcmp(word, "getppid") == 0; i++)
			syscall(SYS_getppid);
		printf("%s %lu %lu\n", word, n, clock_ns(CLOCK_THREAD_CPUTIME_ID) - c);
	}
	return 0;
}
