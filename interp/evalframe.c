/*
 * The loop's code is told by what it does to the chain of frames:
 *
 *     mov FRAME, frame(TSTATE)       it begins; FRAME is what its argument was
 *     mov previous(FRAME), R         it ends; there may be several copies of this, and each
 *     mov R, frame(TSTATE)           … leads to a ret soon
 *
 * From there a place slides on to the first instruction that the kernel emulates, as in handler.c.
 */
#include "interp/evalframe.h"

#include <stdio.h>

#include "interp/flow.h"
#include "interp/image.h"
#include "interp/x86.h"

enum { STEPS = 96, OPCODES = 256 };

struct search {
	const struct image *image;
	const struct cpython_layout *layout;
	uint64_t eval, end;
	uint64_t known[OPCODES + 1];	/* where instructions begin */
	size_t nknown;
	struct handlers *h;
};

/* A place at `addr`, with origins of `f` for frame and thread state; f goes on from there. */
static bool
add_place(const struct search *s, uint64_t addr, struct flow *f, int frame, int tstate,
    bool is_return)
{
	struct handlers *h = s->h;
	struct handler_place *p = &h->place[h->n];
	struct x86_insn in;

	if (h->n == HANDLER_PLACES)
		return false;
	h->n++;
	*p = (struct handler_place){
		.addr = addr,
		.is_return = is_return,
		.frame = (int8_t)frame,
		.instr = FLOW_NOWHERE,
		.tstate = (int8_t)tstate,
		.is_stepped = true,
	};
	for (int i = 0; i < STEPS && flow_decode(f, &in); i++) {
		int at = flow_find(f, frame);

		if (at == FLOW_NOWHERE)
			return true;
		if (x86_is_emulated(&in)) {
			if (flow_is_joined(s->image, s->known, s->nknown, addr, f->pc))
				return true;
			p->addr = f->pc;
			p->frame = (int8_t)at;
			p->tstate = (int8_t)flow_find(f, tstate);
			p->is_stepped = false;
			return true;
		}
		if (in.kind != X86_OTHER)
			return true;
		flow_next(f, &in);
	}
	return true;
}

static bool
find_entry(const struct search *s)
{
	const uint16_t version_3_9 = 0x0309;
	int arg = s->layout->version < version_3_9 ? X86_DI : X86_SI;
	struct x86_insn in;
	struct flow f;

	flow_begin(&f, s->image, flow_skip_endbr(s->image, s->eval));
	for (int i = 0; i < STEPS && flow_decode(&f, &in); i++) {
		if (flow_is_store(&in, s->layout->tstate_frame) && f.origin[in.reg] == arg) {
			uint64_t addr = f.pc;

			/* from here on, registers are what they are here */
			flow_begin(&f, s->image, addr);
			flow_next(&f, &in);
			return add_place(s, addr, &f, in.reg, in.base, false);
		}
		if (x86_is_end(&in))
			return false;
		flow_next(&f, &in);
	}
	return false;
}

/* Is there a ret near, whatever way its conditional jumps go? */
static bool
is_end(const struct image *image, uint64_t pc, unsigned *steps)
{
	enum { RET = 0xc3 };
	struct flow f;
	struct x86_insn in;

	flow_begin(&f, image, pc);
	while (*steps > 0 && flow_decode(&f, &in)) {
		--*steps;
		if (in.op == RET)
			return true;
		if (x86_is_end(&in))
			return false;
		if (in.kind == X86_JCC && is_end(image, in.target, steps))
			return true;
		flow_next(&f, &in);
	}
	return false;
}

/* At `pc`: does the frame go off the chain? */
static bool
find_return(const struct search *s, uint64_t pc)
{
	enum { NEAR = 12, END_STEPS = 128 };
	unsigned steps = END_STEPS;
	struct x86_insn in;
	struct flow f;
	int frame, loaded;

	flow_begin(&f, s->image, pc);
	if (!flow_decode(&f, &in) || !flow_is_load(&in, s->layout->frame_previous))
		return true;
	frame = in.base;
	loaded = in.reg;
	for (int i = 0; i < NEAR; i++) {
		flow_next(&f, &in);
		if (!flow_decode(&f, &in) || in.kind != X86_OTHER)
			return true;
		if (flow_is_store(&in, s->layout->tstate_frame) && in.reg == loaded) {
			int tstate = f.origin[in.base];

			flow_next(&f, &in);
			return !is_end(s->image, f.pc, &steps) ||
			    add_place(s, pc, &f, frame, tstate, true);
		}
		if (in.writes >> loaded & 1)
			return true;
	}
	return true;
}

static bool
find_returns(const struct search *s)
{
	enum { REX_W = 0x48, LOAD = 0x8b };
	uint32_t n = s->h->n;

	for (uint64_t pc = s->eval; pc < s->end; pc++) {
		size_t left;
		const uint8_t *code = image_at(s->image, pc, &left);

		if (code == NULL || left < 2)
			break;
		if ((code[0] & 0xf8) == REX_W && code[1] == LOAD && !find_return(s, pc))
			return false;
	}
	return s->h->n > n;
}

bool
evalframe_find(const struct image *image, const struct cpython_layout *l, uint64_t eval,
    uint64_t bytes, struct handlers *h)
{
	struct search s = { .image = image, .layout = l, .eval = eval, .end = eval + bytes, .h = h };

	*h = (struct handlers){ .has_throw = true, .has_unwind = true };
	if (handler_table(image, s.known) == 0)
		s.nknown = OPCODES;
	s.known[s.nknown++] = eval;
	if (eval != 0 && find_entry(&s) && find_returns(&s))
		return true;
	snprintf(h->why, sizeof(h->why),
	    "the code of its evaluation loop doesn't look as we know it");
	return false;
}
