/*
 * calls N: N times, system calls with arguments that can be told apart: a close() and an mmap()
 * that fail, a getppid() and a dup() that do not. At the end setpriority(77, 88, N), and a SIGURG
 * to itself.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;

	for (long i = 0; i < n; i++) {
		syscall(SYS_close, 1000000L);
		syscall(SYS_mmap, 11L, 22L, -33L, 44L, 55L, 66L);
		syscall(SYS_getppid);
		syscall(SYS_dup, 0L);
		syscall(SYS_close, 3L);
	}
	syscall(SYS_setpriority, 77L, 88L, n);
	raise(SIGURG);
	return 0;
}
