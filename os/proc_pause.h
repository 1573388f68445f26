/*
 * Holding a thread for a moment, by ptrace(2): nobody else sees it, and if we die it goes on. For
 * moments only: signals that come meanwhile wait. Right after an exec, a process has one thread.
 */
#ifndef OS_PROC_PAUSE_H
#define OS_PROC_PAUSE_H

#include <stdbool.h>
#include <sys/types.h>

struct proc_pause {
	pid_t tid;
	int sig;		/* that it was about to be given */
};

/* 0: it will not execute an instruction of its own any more; else a negative errno (-EPERM: a
 * debugger has it). */
int proc_pause(struct proc_pause *, pid_t tid);
/* false: not possible yet, try again. Waits 5 ms at most. */
bool proc_resume(struct proc_pause *);

#endif
