/*
 * functions N: N rounds of calls of functions of all kinds: many arguments, static, with two names,
 * that end by jumps, with a switch, that begin with a nop of five bytes, with loops back to their
 * beginning; and three that can't be decoded, one of them because of a jump into the middle of an
 * instruction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test/e2e/target.h"

#define FUNCTION(NAME, CODE) \
	__asm__(".text\n.p2align 4\n.globl " #NAME "\n.type " #NAME ", @function\n" \
	    #NAME ":\n" CODE "\n.size " #NAME ", . - " #NAME "\n"); \
	long NAME(long)

#if __has_attribute(noipa)
__attribute__((noipa))
#else
__attribute__((noinline))
#endif
long
ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
	__asm__ volatile("");
	return a + b + c + d + e + f + g + h + i + j;
}

long other_name(long, long, long, long, long, long, long, long, long, long)
    __attribute__((alias("ten")));

APART long
hidden(const char *text)
{
	return text[0];
}

APART long
factorial(long n)
{
	long (*volatile again)(long) = factorial;	/* a call, not a loop */

	return n <= 1 ? 1 : n * again(n - 1);
}

APART long
with_switch(long n)
{
	switch (n) {
	case 0: return factorial(1);
	case 1: return 77;
	case 2: return hidden("x");
	case 3: return n * 1000;
	case 4: return factorial(2) + 5;
	case 5: return -8;
	case 6: return 99;
	case 7: return hidden("y") * 2;
	default: return 0;
	}
}

static long
twice(long n)
{
	return 2 * n;
}

static __attribute__((used)) long (*resolve(void))(long)
{
	return twice;
}

long chosen(long) __attribute__((ifunc("resolve")));

FUNCTION(last, "lea 1(%rdi), %rax\nret");
FUNCTION(jumps, "endbr64\nmov %rdi, %rsi\nadd $10, %rdi\njmp last");
FUNCTION(jumps_if_odd, "endbr64\ntest $1, %dil\njne last\nmov $-5, %rax\nret");
FUNCTION(jumps_if_less, "cmp $-3, %rdi\njl last\nmov $-6, %rax\nret");
FUNCTION(jumps_by_pointer, "lea last(%rip), %rax\njmp *%rax");
FUNCTION(begins_with_nop, ".byte 0x0f, 0x1f, 0x44, 0, 0\nlea 2(%rdi), %rax\nret");
FUNCTION(repeats, "endbr64\n1: dec %rdi\njne 1b\nmov $3, %eax\nret");
FUNCTION(repeats_whole, "endbr64\n1: push %rdi\npop %rdi\ndec %rdi\njne 1b\nmov $4, %eax\nret");
FUNCTION(waits_for_lock, "xor %eax, %eax\nje 1f\n.byte 0xf0\n1: addq $1, -8(%rsp)\nret");
FUNCTION(middle, "jmp 1f + 1\n1: .byte 0xb8, 0xc3, 0x90, 0x90, 0x90\nret");
FUNCTION(with_data, "lea 1f(%rip), %rax\nmov (%rax), %eax\nret\n1: .long 42");
FUNCTION(without_sense, "jmp 1f\n.byte 0x06, 0x07\n1: mov $8, %eax\nret");

/* What the kernel would take for jumps, if it were asked to probe it. */
FUNCTION(vector, ".byte 0xc5, 0xf9, 0x74, 0xc0\n"	/* vpcmpeqb %xmm0, %xmm0, %xmm0 */
    ".byte 0xc5, 0xf9, 0x7e, 0xc0\nret");		/* vmovd %xmm0, %eax */
FUNCTION(vector_first, ".byte 0xc5, 0xf9, 0x6e, 0xc7\n"	/* vmovd %edi, %xmm0 */
    "test %edi, %edi\nje 1f\n.byte 0xc5, 0xf9, 0x7e, 0xc0\nret\n1: ret");

static void
call_vector(void)
{
	if (__builtin_cpu_supports("avx") && ((int)vector(0) != -1 || (int)vector_first(5) != 5))
		abort();
}

static void __attribute__((noinline))
call_round(void)
{
	ten(1, -2, 3, -4, 5, -6, 7, -8, 9, -10);
	hidden("some text");
	factorial(5);
	for (long i = 0; i < 9; i++)
		with_switch(i);
	jumps(5);
	for (long i = -5; i < 5; i++) {
		jumps_if_odd(i);
		jumps_if_less(i);
	}
	jumps_by_pointer(1);
	begins_with_nop(1);
	repeats(7);
	repeats_whole(7);
	waits_for_lock(0);
	middle(0);
	with_data(0);
	without_sense(0);
	chosen(4);
	call_vector();
}

int
main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;
	useconds_t pause_us = argc > 2 ? (useconds_t)atol(argv[2]) : 0;

	puts("ready");
	fflush(stdout);
	for (long i = 0; i < n; i++) {
		call_round();
		if (pause_us > 0)
			usleep(pause_us);
	}
	return 0;
}
