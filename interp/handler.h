/*
 * Where CPython enters and leaves Python functions, in builds whose evaluation loop jumps through
 * a table of handlers, one for each opcode (3.11 and later, built by compilers that have computed
 * gotos and without tail calls).
 *
 * A place is an instruction where the frame is in a register. It is, where there is one, an
 * instruction that the kernel emulates: others are executed out of line and cost a trap more,
 * which on a virtual machine is 20 times as much.
 */
#ifndef INTERP_HANDLER_H
#define INTERP_HANDLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interp/cpython.h"

struct image;

enum { HANDLER_PLACES = 32 };

struct handler_place {
	uint64_t addr;			/* link-time */
	bool is_return;
	uint8_t why;			/* enum cpython_why; an entry at a RESUME: by its argument */
	int8_t frame;			/* the register that holds it; of x86.h */
	int8_t instr;			/* of a RESUME: likewise the instruction; -1: the frame says it */
	int8_t tstate;			/* likewise the thread state; -1: none has it */
	bool is_tstate_spilled;		/* it is on the stack, so far from what the register holds */
	int32_t tstate_disp;
	uint16_t tstate_copy;		/* free-threaded: offset in it, the number of its copy of code */
	bool is_resume;
	bool only_if_raised;		/* it counts only while an exception is being raised */
	bool is_stepped;		/* not an instruction that the kernel emulates */
};

struct handlers {
	struct handler_place place[HANDLER_PLACES];
	uint32_t n;
	bool has_throw, has_unwind;	/* were these found? */
	char why[160];			/* nothing was: a sentence */
};

/* The table: link-time addresses by opcode; 0 and it, or -1. */
int handler_table(const struct image *, uint64_t table[256]);

/* gives: false and ->why. eval: address of _PyEval_EvalFrameDefault, 0: not known. */
bool handlers_find(const struct image *, const struct cpython_layout *, uint64_t eval,
    struct handlers *);

#endif
