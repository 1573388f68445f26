/* One walk over the call graph, depth first, each function once. */
#include "ir/calls.h"

#include "base/cleanup.h"
#include "ir/regs.h"

enum { CALL_DEPTH_MAX = 8, FRAME_ALIGN = 32 };

enum { UNSEEN, OPEN, DONE };

struct walk {
	const struct ir_prog *prog;
	uint8_t *state;			/* by function: of the walk */
	uint32_t *stack_bytes;		/* by function: with the deepest of its callees */
	uint32_t *depth;		/* by function: frames, with its callees */
	bool is_recursive;
};

static void
walk_func(struct walk *w, uint32_t i)
{
	const struct ir_func *f = w->prog->func[i];
	uint32_t own = f->frame_bytes + f->spill_bytes;
	uint32_t below = 0, depth = 0;

	if (f->reg == NULL)
		BUG("%s: registers are not assigned", f->name);
	w->state[i] = OPEN;
	for (uint32_t k = 0; k < f->ninsn; k++) {
		const struct ir_func *callee = f->insn[k].callee;
		uint32_t c;

		if (f->insn[k].op != OP_FCALL)
			continue;
		c = callee->number;
		if (c >= w->prog->nfunc || w->prog->func[c] != callee)
			BUG("%s calls %s, which is not in the program", f->name, callee->name);
		if (w->state[c] == UNSEEN)
			walk_func(w, c);
		w->is_recursive |= w->state[c] == OPEN;
		below = w->stack_bytes[c] > below ? w->stack_bytes[c] : below;
		depth = w->depth[c] > depth ? w->depth[c] : depth;
	}
	w->state[i] = DONE;
	own = own > 0 ? own : 1;
	w->stack_bytes[i] = (own + FRAME_ALIGN - 1) / FRAME_ALIGN * FRAME_ALIGN + below;
	w->depth[i] = depth + 1;
}

bool
calls_fit(struct arena *a, const struct ir_prog *prog, bool *is_reached)
{
	struct walk w = {
		.prog = prog,
		.state = arena_alloc(a, prog->nfunc),
		.stack_bytes = arena_alloc(a, prog->nfunc * sizeof(uint32_t)),
		.depth = arena_alloc(a, prog->nfunc * sizeof(uint32_t)),
	};

	for (uint32_t i = 0; i < prog->nfunc; i++)
		prog->func[i]->number = i;
	walk_func(&w, 0);
	for (uint32_t i = 0; i < prog->nfunc; i++)
		is_reached[i] = w.state[i] != UNSEEN;
	return !w.is_recursive && w.stack_bytes[0] <= FRAME_BYTES_MAX &&
	    w.depth[0] <= CALL_DEPTH_MAX;
}
