/*
 * Live intervals. Positions: instruction i reads its operands at 2i + 2 and writes its results
 * at 2i + 3; arguments are there from 1. A value needs its register from start to end, both
 * included; where one ends at 2i + 2 another may begin at 2i + 3 in the same register.
 *
 * A late operand (op.h) is read at 2i + 3.
 */
#ifndef IR_LIVE_H
#define IR_LIVE_H

#include "ir/ir.h"

struct interval {
	uint32_t start, end;	/* start 0: the value doesn't occur */
	uint64_t weight;	/* uses and definitions; those in loops count more */
	ir_val like;		/* operand whose register it would share, or IR_NONE */
	int8_t hint;		/* register it would best be in, or -1 */
	bool is_pinned;		/* must not be spilled */
	/* computed again at each use, by instruction `def`, rather than kept in a register */
	bool is_again;
	int32_t def;		/* the only definition; -1: none, -2: several */
};

struct live {
	struct interval *val;		/* by value */
	uint32_t *calls;		/* by instruction: calls before it */
	uint32_t *cmpxchgs;		/* by instruction: OP_CMPXCHG before it */
};

static inline uint32_t
live_use_at(uint32_t insn)
{
	return 2 * insn + 2;
}

static inline uint32_t
live_def_at(uint32_t insn)
{
	return 2 * insn + 3;
}

/* requires: prune(). Memory is of f->arena. */
struct live live_intervals(const struct ir_func *);

/* Does the interval go on across an instruction that `count` counts? */
static inline bool
live_crosses(const struct interval *v, const uint32_t *count)
{
	return count[(v->end - 1) / 2] != count[(v->start - 1) / 2];
}

#endif
