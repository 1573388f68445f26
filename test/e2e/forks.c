/*
 * forks N: forks N children; parent and child call functions, one of which begins with a nop of five
 * bytes, the others with instructions that the kernel emulates or not. Says how many children came
 * back in one piece.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FUNCTION(NAME, CODE) \
	__asm__(".text\n.p2align 4\n.globl " #NAME "\n.type " #NAME ", @function\n" \
	    #NAME ":\n" CODE "\n.size " #NAME ", . - " #NAME "\n"); \
	long NAME(long)

FUNCTION(with_nop, ".byte 0x0f, 0x1f, 0x44, 0, 0\nlea 2(%rdi), %rax\nret");
FUNCTION(with_push, "push %rdi\npop %rax\nret");
FUNCTION(with_move, "mov %rdi, %rax\nret");

static int
call_all(long n)
{
	return with_nop(n) == n + 2 && with_push(n) == n && with_move(n) == n;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, well = 0, status;

	for (int i = 0; i < n; i++) {
		pid_t pid;

		if (!call_all(i))
			return 1;
		if ((pid = fork()) == 0)
			_exit(call_all(-i) ? 0 : 1);
		if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
			well++;
	}
	printf("%d of %d children well\n", well, n);
	return well != n;
}
