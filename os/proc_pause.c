/* Seized, interrupted, and, before it is let go, waited for. */
#include "os/proc_pause.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

/* 0: it has stopped; -EBUSY: not yet, because it is deep in the kernel; else it is gone. */
static int
await_stop(struct proc_pause *p)
{
	enum { TRIES = 50 };
	const struct timespec nap = { 0, 100000 };
	int status;

	for (int i = 0; i < TRIES; i++) {
		pid_t got = waitpid(p->tid, &status, __WALL | WNOHANG);

		if (got < 0)
			return -errno;
		if (got == p->tid) {
			if (!WIFSTOPPED(status))
				return -ESRCH;
			p->sig = status >> 16 == 0 ? WSTOPSIG(status) : 0;
			return 0;
		}
		nanosleep(&nap, NULL);
	}
	return -EBUSY;
}

int
proc_pause(struct proc_pause *p, pid_t tid)
{
	*p = (struct proc_pause){ .tid = tid };
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
		return -errno;
	(void)ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	return 0;
}

bool
proc_resume(struct proc_pause *p)
{
	if (await_stop(p) == -EBUSY)
		return false;
	(void)ptrace(PTRACE_DETACH, p->tid, NULL, (void *)(uintptr_t)p->sig);
	return true;
}
