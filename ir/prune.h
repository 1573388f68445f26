/*
 * Drops what can't be reached (the verifier refuses it), what computes a value that nobody
 * uses, jumps to the next instruction, and moves of what could be computed in place.
 */
#ifndef IR_PRUNE_H
#define IR_PRUNE_H

#include "ir/ir.h"

void prune(struct ir_func *);

#endif
