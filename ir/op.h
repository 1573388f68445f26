/* op.def as tables: shape, text and BPF code of each operation; and what an instruction uses. */
#ifndef IR_OP_H
#define IR_OP_H

#include "ir/ir.h"

enum ir_shape {
	SHAPE_BIN, SHAPE_UN, SHAPE_EXT, SHAPE_MOV, SHAPE_CONST, SHAPE_LOAD, SHAPE_STORE,
	SHAPE_ATOMIC, SHAPE_JCC, SHAPE_JMP, SHAPE_CALL, SHAPE_FCALL, SHAPE_MAP, SHAPE_FP,
	SHAPE_RET, SHAPE_LABEL, SHAPE_ZERO, SHAPE_COPY, SHAPE_PC, SHAPE_MAX,
};

struct ir_op_info {
	const char *text;
	const char *operands;	/* see op.def */
	enum ir_shape shape;
	uint8_t code;		/* BPF_ADD, BPF_JEQ, … */
};
extern const struct ir_op_info ir_op[OP_MAX];

/* a OP b == b OP a */
bool ir_is_commutative(enum ir_op);

/* Computes dst and does nothing else: may go when dst isn't used. */
bool ir_is_pure(enum ir_op);

static inline bool
ir_is_jump(enum ir_op op)
{
	return ir_op[op].shape == SHAPE_JCC || op == OP_JMP;
}

enum { IR_USES_MAX = 8 };

/* The values that an instruction reads: how many. */
int ir_uses(const struct ir_insn *, ir_val use[IR_USES_MAX]);

/*
 * An operand is *late* when the instruction's code still needs it after its result has begun to
 * be written (dst = a - b is two machine instructions): it can't share the result's register.
 */
bool ir_is_late(const struct ir_insn *, ir_val operand);

static inline bool
ir_fits_s32(int64_t v)
{
	return v == (int32_t)v;
}

#endif
