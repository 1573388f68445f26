#include "ir/prune.h"

#include <string.h>

#include "base/cleanup.h"
#include "ir/op.h"

/* In one pass, because code only jumps forward; the labels of loops count as reached. */
static void
mark_reachable(const struct ir_func *f, bool *keep)
{
	enum { PLACED = 1, REACHED = 2 };
	uint8_t *label = arena_alloc(f->arena, (size_t)f->nlabel);
	bool is_reached = true;

	for (uint32_t i = 0; i < f->ninsn; i++) {
		const struct ir_insn *p = &f->insn[i];

		if (p->op == OP_LABEL) {
			label[p->label] |= PLACED;
		} else if (ir_is_jump(p->op) && (label[p->label] & PLACED)) {
			label[p->label] |= REACHED;
		}
	}
	for (uint32_t i = 0; i < f->ninsn; i++) {
		const struct ir_insn *p = &f->insn[i];

		if (p->op == OP_LABEL)
			is_reached |= (label[p->label] & REACHED) != 0;
		keep[i] = is_reached;
		if (is_reached && ir_is_jump(p->op))
			label[p->label] |= REACHED;
		if (p->op == OP_JMP || p->op == OP_RET)
			is_reached = false;
	}
	if (is_reached)
		BUG("function %s does not end in a return", f->name);
}

/* Nothing but labels between the jump and its label? */
static bool
is_jump_to_next(const struct ir_func *f, const bool *keep, uint32_t i)
{
	for (uint32_t j = i + 1; j < f->ninsn; j++) {
		if (!keep[j])
			continue;
		if (f->insn[j].op != OP_LABEL)
			return false;
		if (f->insn[j].label == f->insn[i].label)
			return true;
	}
	return false;
}

struct count {
	uint32_t uses, defs;
};

static void
count_values(const struct ir_func *f, const bool *keep, struct count *count)
{
	ir_val use[IR_USES_MAX];

	for (ir_val v = 0; v < f->narg; v++)
		count[v].defs = 1;
	for (uint32_t i = 0; i < f->ninsn; i++) {
		if (!keep[i])
			continue;
		for (int n = ir_uses(&f->insn[i], use); n-- > 0; )
			count[use[n]].uses++;
		if (f->insn[i].dst != IR_NONE)
			count[f->insn[i].dst].defs++;
	}
}

/*
 * `v = …; x = mov v`, where v serves for nothing else, is `x = …`. Not when x is a late operand.
 */
static bool
fold_move(struct ir_func *f, const bool *keep, const struct count *count, uint32_t i)
{
	const struct ir_insn *move = &f->insn[i];
	struct ir_insn *p = i > 0 ? &f->insn[i - 1] : NULL;
	ir_val use[IR_USES_MAX];

	if (move->op != OP_MOV || p == NULL || !keep[i - 1] || p->dst != move->a ||
	    count[move->a].uses != 1 || count[move->a].defs != 1)
		return false;
	for (int n = ir_uses(p, use); n-- > 0; ) {
		if (use[n] == move->dst && ir_is_late(p, use[n]))
			return false;
	}
	p->dst = move->dst;
	return true;
}

/* Backwards, so that what only served a dropped instruction is dropped too. */
static void
mark_used(struct ir_func *f, bool *keep)
{
	struct count *count = arena_alloc(f->arena, (size_t)f->nval * sizeof(*count));
	ir_val use[IR_USES_MAX];

	count_values(f, keep, count);
	for (uint32_t i = f->ninsn; i-- > 0; ) {
		const struct ir_insn *p = &f->insn[i];

		if (!keep[i] || !((ir_is_pure(p->op) && count[p->dst].uses == 0) ||
		    (ir_is_jump(p->op) && is_jump_to_next(f, keep, i)) ||
		    fold_move(f, keep, count, i)))
			continue;
		keep[i] = false;
		for (int n = ir_uses(p, use); n-- > 0; )
			count[use[n]].uses--;
	}
}

void
prune(struct ir_func *f)
{
	struct arena_mark mark = arena_mark(f->arena);
	bool *keep = arena_alloc(f->arena, f->ninsn * sizeof(*keep));
	uint32_t n = 0;

	mark_reachable(f, keep);
	mark_used(f, keep);
	for (uint32_t i = 0; i < f->ninsn; i++) {
		if (keep[i])
			f->insn[n++] = f->insn[i];
	}
	f->ninsn = n;
	arena_reset(f->arena, mark);
}
