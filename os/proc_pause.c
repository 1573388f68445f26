/* Seized, interrupted, waited for; the stop is a thread's, which is all of a process after exec. */
#include "os/proc_pause.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

/* Of a tenth of a millisecond. */
enum { PAUSE_TRIES = 20, RESUME_TRIES = 50 };

/* 0: it has stopped; -EBUSY: not yet, because it is deep in the kernel; else it is gone. */
static int
await_stop(struct proc_pause *p, int tries)
{
	const struct timespec nap = { 0, 100000 };
	int status;

	for (int i = 0; i < tries; i++) {
		pid_t got = waitpid(p->pid, &status, __WALL | WNOHANG);

		if (got < 0)
			return -errno;
		if (got == p->pid) {
			p->is_stopped = WIFSTOPPED(status);
			if (p->is_stopped && status >> 16 == 0)
				p->sig = WSTOPSIG(status);
			return p->is_stopped ? 0 : -ESRCH;
		}
		nanosleep(&nap, NULL);
	}
	return -EBUSY;
}

int
proc_pause(struct proc_pause *p, pid_t pid)
{
	*p = (struct proc_pause){ .pid = pid };
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0)
		return -errno;
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	(void)await_stop(p, PAUSE_TRIES);
	return 0;
}

bool
proc_resume(struct proc_pause *p)
{
	if (!p->is_stopped && await_stop(p, RESUME_TRIES) == -EBUSY)
		return false;
	(void)ptrace(PTRACE_DETACH, p->pid, NULL, (void *)(uintptr_t)p->sig);
	return true;
}
