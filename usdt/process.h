/*
 * What there is once in a process: the lock of everything but firing, and the epoch, a number that
 * tells a process from its parent.
 */
#ifndef USDT_PROCESS_H
#define USDT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* gives: 0; USDT_E_BUSY when this thread holds it, which is being interrupted by a signal, or a
 * thread of the parent did that isn't in this child of a bare clone(). */
int process_lock(void);
void process_unlock(void);

/*
 * Not 0, the same throughout the life of a process, larger in its children. Takes no lock; may be
 * called in a signal handler, and in a child of a bare clone().
 */
uint64_t process_epoch(void);

/* Does the epoch change in every kind of child? (Else: in those of fork() only.) */
bool process_epoch_is_sure(void);

#endif
