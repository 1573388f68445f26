/*
 * Linear scan: intervals in order of start, each takes a free register that nothing clobbers
 * while it lasts:
 *
 *   r0 r1 r2 r3 (r4 r5)   when no call is in between
 *   r6 r7 r8 r9           when one is
 *
 * If none is free, the least used value (per instruction of its length) among those in the
 * legal registers and this one goes to an 8-byte stack slot, for all of its life. Instructions
 * that name spilled values need registers to work in; so if anything was spilled the scan is
 * made again without r4 and r5. A function that fits in ten registers uses all ten.
 *
 * r0 is also what OP_CMPXCHG compares with; a value that lives across one isn't put there.
 */
#include "ir/regs.h"

#include "ir/live.h"
#include "ir/prune.h"

enum {
	ALL = 0x3ff, CALLEE_SAVED = 0x3c0,
	SCRATCH = 1 << REG_SCRATCH_A | 1 << REG_SCRATCH_B,
	NREG = 10, SLOT_BYTES = 8,
};

struct scan {
	struct ir_func *f;
	struct live live;
	ir_val *order;			/* values in order of start */
	uint32_t norder;
	ir_val holds[NREG];		/* value in each register now, or IR_NONE */
	bool has_spilled;
};

/* Values in order of start: a counting sort, stable by number. */
static void
sort_by_start(struct scan *s)
{
	struct ir_func *f = s->f;
	uint32_t npos = live_def_at(f->ninsn) + 1;
	uint32_t *at = arena_alloc(f->arena, (npos + 1) * sizeof(*at));

	s->order = arena_alloc(f->arena, (size_t)f->nval * sizeof(*s->order));
	for (ir_val v = 0; v < f->nval; v++)
		at[s->live.val[v].start + 1]++;
	s->norder = (uint32_t)f->nval - at[1];
	at[1] = 0;			/* start 0: values that don't occur */
	for (uint32_t p = 1; p <= npos; p++)
		at[p] += at[p - 1];
	for (ir_val v = 0; v < f->nval; v++) {
		if (s->live.val[v].start > 0)
			s->order[at[s->live.val[v].start]++] = v;
	}
}

static uint32_t
legal_registers(const struct scan *s, ir_val v, uint32_t usable)
{
	const struct interval *iv = &s->live.val[v];

	if (live_crosses(iv, s->live.calls))
		usable &= CALLEE_SAVED;
	if (live_crosses(iv, s->live.cmpxchgs))
		usable &= ~(1u << REG_RESULT);
	return usable;
}

static int
pick_free(const struct scan *s, ir_val v, uint32_t legal)
{
	/* results and operands first, then from where calls want their arguments last */
	static const int8_t order[NREG] = { 0, 5, 4, 3, 2, 1, 6, 7, 8, 9 };
	const struct interval *iv = &s->live.val[v];
	uint32_t is_free = 0;

	for (int r = 0; r < NREG; r++)
		is_free |= (uint32_t)(s->holds[r] == IR_NONE) << r;
	is_free &= legal;
	if (iv->hint >= 0 && (is_free >> iv->hint & 1))
		return iv->hint;
	if (iv->like != IR_NONE && s->f->reg[iv->like] >= 0 &&
	    (is_free >> s->f->reg[iv->like] & 1))
		return s->f->reg[iv->like];
	for (int i = 0; i < NREG; i++) {
		if (is_free >> order[i] & 1)
			return order[i];
	}
	return -1;
}

/* Is a cheaper to keep in memory than b? */
static bool
is_cheaper(const struct interval *a, const struct interval *b)
{
	if (a->is_pinned || b->is_pinned)
		return b->is_pinned;
	return a->weight * (b->end - b->start + 1) <
	    b->weight * (a->end - a->start + 1);
}

/* gives: the register of the value that gives way to v, or -1 when v itself is the cheapest. */
static int
pick_victim(const struct scan *s, ir_val v, uint32_t legal)
{
	const struct interval *cheapest = &s->live.val[v];
	int victim = -1;

	for (int r = 0; r < NREG; r++) {
		if (!(legal >> r & 1))
			continue;
		if (is_cheaper(&s->live.val[s->holds[r]], cheapest)) {
			cheapest = &s->live.val[s->holds[r]];
			victim = r;
		}
	}
	return victim;
}

static void
scan(struct scan *s, uint32_t usable)
{
	struct ir_func *f = s->f;

	s->has_spilled = false;
	for (ir_val v = 0; v < f->nval; v++)
		f->reg[v] = -1;
	for (int r = 0; r < NREG; r++)
		s->holds[r] = IR_NONE;
	for (uint32_t i = 0; i < s->norder; i++) {
		ir_val v = s->order[i];
		uint32_t legal = legal_registers(s, v, usable);
		int reg;

		if (s->live.val[v].is_again)
			continue;
		for (int r = 0; r < NREG; r++) {
			if (s->holds[r] != IR_NONE &&
			    s->live.val[s->holds[r]].end < s->live.val[v].start)
				s->holds[r] = IR_NONE;
		}
		reg = pick_free(s, v, legal);
		if (reg < 0) {
			s->has_spilled = true;
			reg = pick_victim(s, v, legal);
			if (reg < 0)
				continue;
			f->reg[s->holds[reg]] = -1;
		}
		s->holds[reg] = v;
		f->reg[v] = (int8_t)reg;
	}
}

/* The same scan over the slots. A function that needs more than fit is refused by encode(). */
static void
assign_slots(struct scan *s)
{
	enum { SLOTS_MAX = FRAME_BYTES_MAX / SLOT_BYTES + 1 };
	struct ir_func *f = s->f;
	uint32_t busy_until[SLOTS_MAX] = {0};
	uint32_t nslot = 0;

	for (uint32_t i = 0; i < s->norder; i++) {
		ir_val v = s->order[i];
		const struct interval *iv = &s->live.val[v];
		uint32_t k = 0;

		if (f->reg[v] >= 0 || iv->is_again)
			continue;
		while (k < SLOTS_MAX - 1 && busy_until[k] >= iv->start)
			k++;
		busy_until[k] = iv->end;
		if (nslot <= k)
			nslot = k + 1;
		f->spill[v] = -(int32_t)(f->frame_bytes + (k + 1) * SLOT_BYTES);
	}
	f->spill_bytes = nslot * SLOT_BYTES;
}

void
regs_assign(struct ir_func *f)
{
	struct scan s = { .f = f };
	size_t nval = (size_t)f->nval;
	struct arena_mark mark;

	if (f->reg != NULL)
		return;
	prune(f);
	f->reg = arena_alloc(f->arena, nval * sizeof(*f->reg));
	f->spill = arena_alloc(f->arena, nval * sizeof(*f->spill));
	f->again = arena_alloc(f->arena, nval * sizeof(*f->again));
	mark = arena_mark(f->arena);
	s.live = live_intervals(f);
	sort_by_start(&s);
	scan(&s, ALL);
	if (s.has_spilled) {
		scan(&s, ALL & ~SCRATCH);
		assign_slots(&s);
	}
	for (size_t v = 0; v < nval; v++)
		f->again[v] = s.live.val[v].is_again ? s.live.val[v].def : -1;
	arena_reset(f->arena, mark);
}
