/*
 * A RESUME is executed again when it finds that its thread has a copy of the code of its own
 * (free-threaded builds), or that the code must be rewritten because what is monitored has changed:
 * it begins a function only if neither is so. Both are told by the thread state, which the handler
 * has in a register or on the stack.
 */
#ifndef INTERP_RESUME_H
#define INTERP_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "interp/cpython.h"

struct image;

/* Where a handler has the thread state when it begins. */
struct resume_thread {
	int8_t reg;			/* in this register; -1: not known */
	bool is_spilled;		/* … or on the stack, so far from it */
	int32_t disp;
	uint16_t copy;			/* offset in it: the number of its copy; 0: it has none */
};

/* The handler's frame is in the register `frame`. */
struct resume_thread resume_find_thread(const struct image *, uint64_t begin, int frame,
    const struct cpython_layout *);

#endif
