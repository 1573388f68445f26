/*
 * Drops what can't be reached (the verifier refuses it), what computes a value that nobody
 * uses, and jumps to the next instruction.
 */
#ifndef IR_PRUNE_H
#define IR_PRUNE_H

#include "ir/ir.h"

void prune(struct ir_func *);

#endif
