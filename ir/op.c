/* The table of operations, and questions about one instruction. */
#include "ir/op.h"

#include <linux/bpf.h>

const struct ir_op_info ir_op[OP_MAX] = {
#define OP(NAME, TEXT, SHAPE, OPERANDS, CODE) [OP_##NAME] = { TEXT, OPERANDS, SHAPE_##SHAPE, CODE },
#include "ir/op.def"
#undef OP
};

bool
ir_is_commutative(enum ir_op op)
{
	return op == OP_ADD || op == OP_MUL || op == OP_AND || op == OP_OR ||
	    op == OP_XOR;
}

bool
ir_is_pure(enum ir_op op)
{
	static const bool pure[SHAPE_MAX] = {
		[SHAPE_BIN] = true, [SHAPE_UN] = true, [SHAPE_EXT] = true,
		[SHAPE_MOV] = true, [SHAPE_CONST] = true, [SHAPE_LOAD] = true,
		[SHAPE_MAP] = true, [SHAPE_FP] = true, [SHAPE_PC] = true,
	};

	return pure[ir_op[op].shape];
}

int
ir_uses(const struct ir_insn *p, ir_val use[IR_USES_MAX])
{
	int n = 0;

	if (p->a != IR_NONE)
		use[n++] = p->a;
	if (p->b != IR_NONE)
		use[n++] = p->b;
	if (p->c != IR_NONE)
		use[n++] = p->c;
	for (int i = 0; i < p->narg; i++)
		use[n++] = p->arg[i];
	return n;
}

bool
ir_is_late(const struct ir_insn *insn, ir_val v)
{
	switch (ir_op[insn->op].shape) {
	case SHAPE_BIN:
		return v == insn->b && v != insn->a && !ir_is_commutative(insn->op);
	case SHAPE_ATOMIC:
		return v == insn->a || (v == insn->b && insn->op == OP_CMPXCHG);
	case SHAPE_COPY:
		return v == insn->a || v == insn->b;
	default:
		return false;
	}
}
