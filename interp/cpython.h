/* CPython: what its builds do differently from what their probes promise. */
#ifndef INTERP_CPYTHON_H
#define INTERP_CPYTHON_H

#include <stdbool.h>
#include <stdint.h>

struct elf;

/*
 * In CPython 3.11, function-entry fires for next to no call, unless the interpreter believes that
 * `line` is being traced: then every call takes the way that has the probe. So the semaphore of
 * `line` must be held up while function-entry is traced; `line` itself need not be armed.
 *
 * gives: true when the object is such an interpreter; then *off is the file offset of code that
 * a running program does not execute (where a probe may carry the semaphore's reference) and
 * *semaphore_off the file offset of the semaphore of `line`.
 */
bool cpython_needs_line(struct elf *, uint64_t *off, uint64_t *semaphore_off);

#endif
