/*
 * Holding a running process for a moment, by ptrace(2): nobody else sees it, and if we die it goes
 * on. For moments only: signals that come meanwhile wait.
 */
#ifndef OS_PROC_PAUSE_H
#define OS_PROC_PAUSE_H

#include <stdbool.h>
#include <sys/types.h>

struct proc_pause {
	pid_t pid;
	bool is_stopped;	/* else it stops as soon as it leaves the kernel */
	int sig;		/* that it was about to be given */
};

/* 0, or a negative errno: it goes on as before (-EPERM: a debugger has it). Waits 2 ms at most. */
int proc_pause(struct proc_pause *, pid_t);
/* false: not possible yet, try again. Waits 5 ms at most. */
bool proc_resume(struct proc_pause *);

#endif
