/* Who calls whom in a program, and whether the kernel takes the stack that it needs. */
#ifndef IR_CALLS_H
#define IR_CALLS_H

#include "ir/ir.h"

/*
 * requires: regs_assign() on every function. gives: for each function whether the entry reaches
 * it, and func->number; false if a chain of calls needs more than 512 bytes of stack or 8
 * frames, or is recursive.
 */
bool calls_fit(struct arena *, const struct ir_prog *, bool *is_reached);

#endif
