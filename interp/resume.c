/* What is compared with a member of the frame or of its code is one of the thread state. */
#include "interp/resume.h"

#include "interp/flow.h"
#include "interp/x86.h"

/* What a register holds now, in terms of when the handler began: what `reg` held; or what was on
 * the stack, so far from it. */
struct value {
	int8_t reg;			/* FLOW_NOWHERE: it is not known */
	bool is_spilled;
	int32_t disp;
};

struct walk {
	struct flow f;
	int frame;
	/* by register: its value was loaded so far from another value */
	struct {
		struct value from;
		int32_t disp;
	} load[X86_NREG];
};

static const struct value unknown = { .reg = FLOW_NOWHERE };

static struct value
value_of(const struct walk *w, int reg)
{
	const struct value *from = &w->load[reg].from;

	if (w->f.origin[reg] != FLOW_NOWHERE)
		return (struct value){ .reg = w->f.origin[reg] };
	if (from->is_spilled || from->reg == w->frame ||
	    (from->reg != X86_SP && from->reg != X86_BP))
		return unknown;
	return (struct value){ .reg = from->reg, .is_spilled = true, .disp = w->load[reg].disp };
}

static bool
is_memory(const struct x86_insn *in)
{
	return in->has_modrm && in->is_mem && !in->has_index && in->base >= 0;
}

static bool
is_frame(const struct walk *w, struct value v)
{
	return v.reg == w->frame && !v.is_spilled;
}

static void
step(struct walk *w, const struct x86_insn *in)
{
	struct value from = is_memory(in) ? value_of(w, in->base) : unknown;

	for (int i = 0; i < X86_NREG; i++)
		if (in->writes >> i & 1)
			w->load[i].from = unknown;
	if (in->op == 0x8b && in->is_mem) {
		w->load[in->reg].from = from;
		w->load[in->reg].disp = in->disp;
	}
	flow_next(&w->f, in);
}

static bool
set(struct resume_thread *t, const struct walk *w, struct value v)
{
	if (v.reg == FLOW_NOWHERE || is_frame(w, v))
		return false;
	t->reg = v.reg;
	t->is_spilled = v.is_spilled;
	t->disp = v.disp;
	return true;
}

/* `mov copy(THREAD), R; cmp R, copy(FRAME)`, or the other way round. */
static bool
find_copy(struct resume_thread *t, const struct walk *w, const struct x86_insn *in, uint16_t copy)
{
	bool is_compare = (in->op == 0x39 || in->op == 0x3b) && !in->is_wide && is_memory(in);
	struct value memory, loaded;
	int32_t disp;

	if (!is_compare)
		return false;
	memory = value_of(w, in->base);
	loaded = w->load[in->reg].from;
	disp = w->load[in->reg].disp;
	if (is_frame(w, loaded) && disp == copy) {
		loaded = memory;
		disp = in->disp;
	} else if (!is_frame(w, memory) || in->disp != copy) {
		return false;
	}
	if (disp <= 0 || disp > UINT16_MAX)
		return false;
	t->copy = (uint16_t)disp;
	return set(t, w, loaded);
}

/* A member of the thread state that only a RESUME looks at so early. */
static bool
find_member(struct resume_thread *t, const struct walk *w, const struct x86_insn *in,
    const struct cpython_layout *l)
{
	bool is_read = in->op == 0x8b || in->op == 0x39 || in->op == 0x3b ||
	    (in->op == 0x83 && (in->reg & 7) == 7);
	struct value v;

	if (!is_read || !is_memory(in))
		return false;
	v = value_of(w, in->base);
	if (l->interp_monitored != 0)	/* mov interp(THREAD), R; … monitored(R) */
		return in->disp == l->interp_monitored && in->is_wide &&
		    w->load[in->base].disp == l->tstate_interp && set(t, w, w->load[in->base].from);
	return in->disp == (in->is_wide ? l->tstate_breaker : l->tstate_tracing) && set(t, w, v);
}

struct resume_thread
resume_find_thread(const struct image *image, uint64_t begin, int frame,
    const struct cpython_layout *l)
{
	enum { STEPS = 48 };
	struct resume_thread t = { .reg = FLOW_NOWHERE };
	struct walk w = { .frame = frame };
	struct x86_insn in;

	flow_begin(&w.f, image, begin);
	for (int i = 0; i < X86_NREG; i++)
		w.load[i].from = unknown;
	for (int i = 0; l->code_monitored != 0 && i < STEPS && flow_decode(&w.f, &in); i++) {
		if (l->is_free_threaded ? find_copy(&t, &w, &in, l->frame_copy) :
		    find_member(&t, &w, &in, l))
			return t;
		if (in.kind == X86_CALL || x86_is_end(&in))
			break;
		step(&w, &in);
	}
	return t;
}
