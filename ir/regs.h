/*
 * Registers for virtual registers: one linear scan over live intervals (live.c).
 * requires: forward jumps only, but for bracketed loops. gives: func->reg, ->spill, ->again; drops
 * instructions without effect (prune.c). A second call does nothing.
 */
#ifndef IR_REGS_H
#define IR_REGS_H

#include "ir/ir.h"

enum {
	REG_RESULT = 0, REG_ARG = 1, REG_FP = 10,
	/* Hold spilled operands during an instruction; values live here only if nothing spills. */
	REG_SCRATCH_A = 4, REG_SCRATCH_B = 5,
	FRAME_BYTES_MAX = 512,
};

void regs_assign(struct ir_func *);

#endif
