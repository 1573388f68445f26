/*
 * Registers for virtual registers: one linear scan over live intervals (live.c).
 * requires: forward jumps only, but for bracketed loops. gives: func->reg, ->spill.
 */
#ifndef IR_REGS_H
#define IR_REGS_H

#include "ir/ir.h"

void regs_assign(struct ir_func *);

#endif
