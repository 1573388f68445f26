/*
 * Code jumps forward, so a value is needed from its first definition to its last use in program
 * order: first definitions come from a forward pass, the rest from one backward pass. A loop is
 * known by its backward jump; a value that was there before the loop and is used in it is
 * needed until that jump.
 */
#include "ir/live.h"

#include "base/cleanup.h"
#include "ir/op.h"

enum { LOOP_DEPTH_MAX = 8, LOOP_WEIGHT = 8 };

struct pass {
	const struct ir_func *f;
	struct interval *val;
	uint32_t *label_at;		/* by label: index of its instruction */
	uint32_t loop[LOOP_DEPTH_MAX];	/* open loops, outermost first: index of the jump */
	int nloop;
	uint64_t weight;
};

static bool
is_loop_end(const struct pass *p, uint32_t i)
{
	const struct ir_insn *insn = &p->f->insn[i];

	return ir_is_jump(insn->op) && p->label_at[insn->label] < i;
}

static void
see_def(struct pass *p, ir_val v, uint32_t i)
{
	struct interval *iv;

	if (v == IR_NONE)
		return;
	iv = &p->val[v];
	if (iv->start == 0) {
		iv->start = live_def_at(i);
		iv->def = (int32_t)i;
	} else {
		iv->def = -2;
	}
}

static void
forward(struct pass *p, struct live *l)
{
	const struct ir_func *f = p->f;
	ir_val use[IR_USES_MAX];

	for (int v = 0; v < f->narg; v++)
		p->val[v].start = p->val[v].end = 1;
	for (uint32_t i = 0; i < f->ninsn; i++) {
		const struct ir_insn *insn = &f->insn[i];

		l->calls[i + 1] = l->calls[i] +
		    (insn->op == OP_CALL || insn->op == OP_FCALL);
		l->cmpxchgs[i + 1] = l->cmpxchgs[i] + (insn->op == OP_CMPXCHG);
		if (insn->op == OP_LABEL)
			p->label_at[insn->label] = i;
		/* without a definition before: the verifier will say so */
		for (int n = ir_uses(insn, use); n-- > 0; ) {
			if (p->val[use[n]].start == 0)
				p->val[use[n]].start = live_use_at(i);
		}
		see_def(p, insn->dst, i);
		if (insn->tmp != IR_NONE) {
			see_def(p, insn->tmp, i);
			p->val[insn->tmp].start = live_use_at(i);
			p->val[insn->tmp].is_pinned = true;
		}
	}
}

static void
touch(struct pass *p, ir_val v, uint32_t at)
{
	struct interval *iv = &p->val[v];

	if (iv->end < at)
		iv->end = at;
	iv->weight += p->weight;
}

/* A read, which in a loop may be followed by the same read of the next turn. */
static void
touch_use(struct pass *p, ir_val v, uint32_t at)
{
	touch(p, v, at);
	for (int k = 0; k < p->nloop; k++) {
		uint32_t end = p->loop[k];
		uint32_t begin = p->label_at[p->f->insn[end].label];

		if (p->val[v].start < live_use_at(begin)) {
			if (p->val[v].end < live_use_at(end))
				p->val[v].end = live_use_at(end);
			return;
		}
	}
}

/* Could the operand be made anew where this instruction wants it, without a register? */
static bool
is_soft_use(const struct pass *p, const struct ir_insn *insn, ir_val v)
{
	const struct interval *iv = &p->val[v];

	switch (ir_op[insn->op].shape) {
	case SHAPE_CALL: case SHAPE_FCALL: case SHAPE_RET: case SHAPE_MOV:
		return true;
	case SHAPE_BIN:
		return v != insn->b && (insn->has_imm || !ir_is_commutative(insn->op));
	case SHAPE_LOAD: case SHAPE_STORE: case SHAPE_ATOMIC:
		return v != insn->b && v != insn->c && p->f->insn[iv->def].op == OP_FP;
	case SHAPE_ZERO: case SHAPE_COPY:
		return p->f->insn[iv->def].op == OP_FP;
	default:
		return false;
	}
}

static void
hint(struct pass *p, ir_val v, int reg, bool is_strong)
{
	if (p->val[v].hint < 0 || is_strong)
		p->val[v].hint = (int8_t)reg;
}

/* requires: hints of later instructions are known. */
static void
see_hints(struct pass *p, const struct ir_insn *insn)
{
	switch (ir_op[insn->op].shape) {
	case SHAPE_BIN: case SHAPE_UN: case SHAPE_EXT: case SHAPE_MOV:
		p->val[insn->dst].like = insn->a;
		hint(p, insn->a, p->val[insn->dst].hint, false);
		break;
	case SHAPE_ATOMIC:
		if (insn->op == OP_XCHG || insn->op == OP_FADD)
			p->val[insn->dst].like = insn->b;
		if (insn->op == OP_CMPXCHG) {
			hint(p, insn->dst, 0, false);
			hint(p, insn->c, 0, true);
		}
		break;
	case SHAPE_CALL: case SHAPE_FCALL:
		hint(p, insn->dst, 0, false);
		for (int k = insn->narg; k-- > 0; )
			hint(p, insn->arg[k], k + 1, true);
		break;
	case SHAPE_RET:
		hint(p, insn->a, 0, true);
		break;
	default:
		break;
	}
}

static void
backward(struct pass *p)
{
	const struct ir_func *f = p->f;
	ir_val use[IR_USES_MAX];

	for (uint32_t i = f->ninsn; i-- > 0; ) {
		const struct ir_insn *insn = &f->insn[i];

		if (is_loop_end(p, i)) {
			if (p->nloop == LOOP_DEPTH_MAX)
				BUG("%s: loops nested too deeply", f->name);
			p->loop[p->nloop++] = i;
			p->weight *= LOOP_WEIGHT;
		}
		for (int n = ir_uses(insn, use); n-- > 0; ) {
			touch_use(p, use[n], ir_is_late(insn, use[n]) ?
			    live_def_at(i) : live_use_at(i));
			if (p->val[use[n]].is_again)
				p->val[use[n]].is_again = is_soft_use(p, insn, use[n]);
		}
		if (insn->dst != IR_NONE)
			touch(p, insn->dst, live_def_at(i));
		if (insn->tmp != IR_NONE)
			touch(p, insn->tmp, live_def_at(i));
		see_hints(p, insn);
		while (p->nloop > 0 && insn->op == OP_LABEL &&
		    f->insn[p->loop[p->nloop - 1]].label == insn->label) {
			p->nloop--;
			p->weight /= LOOP_WEIGHT;
		}
	}
}

struct live
live_intervals(const struct ir_func *f)
{
	struct arena *a = f->arena;
	size_t nval = (size_t)f->nval, n = (size_t)f->ninsn + 1;
	struct live l = {
		.val = arena_alloc(a, nval * sizeof(*l.val)),
		.calls = arena_alloc(a, n * sizeof(*l.calls)),
		.cmpxchgs = arena_alloc(a, n * sizeof(*l.cmpxchgs)),
	};
	struct pass p = {
		.f = f, .val = l.val, .weight = 1,
		.label_at = arena_alloc(a, (size_t)f->nlabel * sizeof(uint32_t)),
	};

	for (size_t v = 0; v < nval; v++)
		l.val[v] = (struct interval){ .hint = -1, .like = IR_NONE, .def = -1 };
	for (int v = 0; v < f->narg; v++)
		l.val[v].def = -2;
	for (int k = 0; k < f->nlabel; k++)
		p.label_at[k] = UINT32_MAX;
	forward(&p, &l);
	for (size_t v = 0; v < nval; v++) {
		enum ir_shape s = l.val[v].def < 0 ? SHAPE_MAX :
		    ir_op[f->insn[l.val[v].def].op].shape;

		l.val[v].is_again = s == SHAPE_CONST || s == SHAPE_MAP || s == SHAPE_FP;
	}
	backward(&p);
	for (int v = 0; v < f->narg; v++)
		l.val[v].hint = (int8_t)(v + 1);
	return l;
}
