/*
 * Handlers are compiled C: an opcode begins by storing the instruction's address into the frame,
 * `mov INSTR, instr(FRAME)`, which tells the registers of both. From the handler's first
 * instruction on we follow where the values go that its registers held then ("origins"), along
 * the path that falls through conditional jumps, up to a call.
 *
 * Everything is read from the file. A build whose handlers look otherwise gives no place, and a
 * sentence.
 */
#include "interp/handler.h"

#include <stdio.h>
#include <string.h>

#include "interp/flow.h"
#include "interp/image.h"
#include "interp/resume.h"
#include "interp/x86.h"

enum { STEPS = 96, THROW_STEPS = 256, OPCODES = 256 };

/* The registers of a handler when it begins. */
struct registers {
	int frame, instr;
};

static bool
find_registers(const struct image *image, uint64_t addr, const struct cpython_layout *l,
    struct registers *r)
{
	struct flow f;
	struct x86_insn in;

	flow_begin(&f, image, addr);
	for (int i = 0; i < STEPS && flow_decode(&f, &in); i++) {
		if (flow_is_store(&in, l->frame_instr) && f.origin[in.base] != FLOW_NOWHERE) {
			r->frame = f.origin[in.base];
			r->instr = f.origin[in.reg];
			return true;
		}
		if (in.kind == X86_CALL || x86_is_end(&in))
			return false;
		flow_next(&f, &in);
	}
	return false;
}

/*
 * Slide the place from the handler's beginning to the first instruction that the kernel emulates,
 * if the frame is still in a register there.
 *
 * A yield takes the frame off the chain: `movq $0, previous(REG)`, with a register that held the
 * frame from the beginning on, too, when the compiler keeps two copies.
 */
static void
slide(const struct image *image, struct handler_place *p, const struct registers *r,
    const struct cpython_layout *l)
{
	enum { FRAME_PREVIOUS = 8 };
	struct flow f;
	struct x86_insn in;
	int copy = FLOW_NOWHERE;
	bool is_stored = false;

	p->is_stepped = true;
	flow_begin(&f, image, p->addr);
	for (int i = 0; i < STEPS && flow_decode(&f, &in); i++) {
		if (x86_is_emulated(&in)) {
			int frame = flow_find(&f, r->frame);

			int instr = is_stored ? FLOW_NOWHERE : flow_find(&f, r->instr);

			if (frame == FLOW_NOWHERE)
				frame = flow_find(&f, copy);
			if (frame == FLOW_NOWHERE || (p->is_resume && !is_stored && instr == FLOW_NOWHERE))
				return;
			p->addr = f.pc;
			p->frame = (int8_t)frame;
			p->instr = (int8_t)instr;
			p->is_stepped = false;
			return;
		}
		if (in.kind != X86_OTHER)
			return;
		is_stored |= flow_is_store(&in, l->frame_instr) && f.origin[in.base] == r->frame;
		if (!p->is_resume && in.op == 0xc7 && in.is_wide && in.is_mem && !in.has_index &&
		    in.base >= 0 && in.disp == FRAME_PREVIOUS && in.imm == 0)
			copy = f.origin[in.base];
		flow_next(&f, &in);
	}
}

static struct handler_place *
add_place(struct handlers *h, uint64_t addr)
{
	struct handler_place *p = &h->place[h->n];

	for (uint32_t i = 0; i < h->n; i++)
		if (h->place[i].addr == addr)
			return NULL;
	if (h->n == HANDLER_PLACES)
		return NULL;
	h->n++;
	*p = (struct handler_place){ .addr = addr, .frame = FLOW_NOWHERE, .instr = FLOW_NOWHERE,
	    .tstate = FLOW_NOWHERE };
	return p;
}

struct handler_kind {
	const uint8_t *op;
	bool is_return;
	enum cpython_why why;
};

/* Where the thread state is at a place that a RESUME has slid to from `begin`. */
static void
set_thread(const struct image *image, struct handler_place *p, uint64_t begin,
    const struct resume_thread *t)
{
	struct flow f;
	struct x86_insn in;

	flow_begin(&f, image, begin);
	while (f.pc != p->addr && flow_decode(&f, &in))
		flow_next(&f, &in);
	p->tstate = (int8_t)flow_find(&f, t->reg);
	p->is_tstate_spilled = t->is_spilled;
	p->tstate_disp = t->disp;
	p->tstate_copy = t->copy;
}

static bool
add_handler(const struct image *image, const struct cpython_layout *l, const uint64_t *table,
    uint8_t op, const struct handler_kind *k, struct handlers *h)
{
	uint64_t begin = flow_skip_endbr(image, table[op]);
	struct registers r;
	struct handler_place *p, at_begin;
	struct resume_thread t;

	if (!find_registers(image, begin, l, &r) || (!k->is_return && r.instr == FLOW_NOWHERE))
		return false;
	p = add_place(h, begin);
	if (p == NULL)
		return true;		/* two opcodes, one handler */
	p->is_return = k->is_return;
	p->why = (uint8_t)k->why;
	p->is_resume = !k->is_return;
	p->frame = (int8_t)r.frame;
	p->instr = (int8_t)r.instr;
	at_begin = *p;
	slide(image, p, &r, l);
	t = resume_find_thread(image, begin, r.frame, l);
	if (!p->is_stepped && flow_is_joined(image, table, OPCODES, begin, p->addr)) {
		*p = at_begin;
		p->is_stepped = true;
	}
	if (p->is_resume)
		set_thread(image, p, begin, &t);
	return !p->is_resume || !l->is_free_threaded || p->tstate != FLOW_NOWHERE;
}

/* What returns do: the function that clears a frame, which they call with the frame as second
 * argument; and the places that they pass until then, which are no place for exceptions. */
struct clear {
	uint64_t target;		/* 0: not known */
	uint64_t pass[32];
	uint32_t n;
};

static void
find_clear(const struct image *image, uint64_t addr, const struct cpython_layout *l,
    struct clear *c)
{
	uint64_t begin = flow_skip_endbr(image, addr);
	struct registers r;
	struct x86_insn in;
	struct flow f;

	if (!find_registers(image, begin, l, &r))
		return;
	flow_begin(&f, image, begin);
	for (int i = 0; i < STEPS && flow_decode(&f, &in); i++) {
		if ((in.kind == X86_CALL || in.kind == X86_JCC) &&
		    c->n < sizeof(c->pass) / sizeof(c->pass[0]))
			c->pass[c->n++] = f.pc;
		if (in.kind == X86_CALL && f.origin[X86_SI] == r.frame && c->target == 0)
			c->target = in.target;
		if (in.kind == X86_CALL || x86_is_end(&in))
			return;
		flow_next(&f, &in);
	}
}

static bool
is_passed(const struct clear *c, uint64_t addr)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->pass[i] == addr)
			return true;
	return false;
}

static void
add_raise(struct handlers *h, uint64_t addr, int frame, int tstate)
{
	struct handler_place *p = add_place(h, addr);

	if (p == NULL)
		return;
	p->is_return = true;
	p->why = CPYTHON_RAISE;
	p->frame = (int8_t)frame;
	p->tstate = (int8_t)tstate;
	p->only_if_raised = true;
	h->has_unwind = true;
}

/*
 * Frames that an exception leaves execute no opcode for it. The loop clears them by the function
 * that returns call: each other call of it may be such, and is when there is an exception then.
 */
static void
add_unwind(const struct image *image, const struct clear *c, struct handlers *h)
{
	for (size_t s = 0; s < image->n; s++) {
		const struct image_segment *seg = &image->segment[s];

		for (uint64_t i = 0; seg->is_exec && i + 5 <= seg->bytes; i++) {
			int32_t rel;

			if (seg->data[i] != 0xe8)
				continue;
			memcpy(&rel, seg->data + i + 1, 4);
			if (seg->addr + i + 5 + (uint64_t)(int64_t)rel == c->target &&
			    !is_passed(c, seg->addr + i))
				add_raise(h, seg->addr + i, X86_SI, X86_DI);
		}
	}
}

/*
 * Compilers may put the function that clears a frame into the loop, as far as its first question,
 * whose frame it is: `cmpb $0, owner(REG)`; then a generator's is cleared elsewhere. The conditional
 * jump behind that is the place then, not the call, for both.
 */
static void
move_to_owner(const struct image *image, const struct cpython_layout *l, struct handler_place *p)
{
	enum { BEFORE = 48, NEAR = 8 };

	for (uint64_t at = p->addr - BEFORE; at < p->addr; at++) {
		struct x86_insn in;
		struct flow f;
		uint64_t jump = 0;
		int base, frame = FLOW_NOWHERE;

		flow_begin(&f, image, at);
		if (!flow_decode(&f, &in) || in.op != 0x80 || (in.reg & 7) != 7 || !in.is_mem ||
		    in.has_index || in.base < 0 || in.imm != 0 || in.disp != l->frame_owner)
			continue;
		base = in.base;
		for (int n = 0; n < NEAR && f.pc < p->addr; n++) {
			flow_next(&f, &in);
			if (!flow_decode(&f, &in) || in.kind == X86_CALL || x86_is_end(&in))
				break;
			if (in.kind == X86_JCC && jump == 0) {
				jump = f.pc;
				frame = flow_find(&f, base);
			}
		}
		if (f.pc == p->addr && jump != 0 && frame != FLOW_NOWHERE &&
		    f.origin[X86_SI] == base) {
			p->addr = jump;
			p->frame = (int8_t)frame;
			p->tstate = FLOW_NOWHERE;
			return;
		}
	}
}

/* In 3.11 it asks first whether the frame is the one that it was called for: `cmpb $0,
 * is_entry(REG)`. The conditional jump behind that is the place. */
static void
add_unwind_entry(const struct image *image, const struct cpython_layout *l,
    const struct clear *c, struct handlers *h)
{
	enum { NEAR = 8 };

	for (size_t s = 0; s < image->n; s++) {
		const struct image_segment *seg = &image->segment[s];

		for (uint64_t i = 1; seg->is_exec && i + 4 <= seg->bytes; i++) {
			const uint8_t *p = seg->data + i;
			struct x86_insn in;
			struct flow f;
			int base;

			if (p[0] != 0x80 || (p[1] & 0xf8) != 0x78 || p[2] != l->frame_is_entry ||
			    p[3] != 0)
				continue;
			flow_begin(&f, image, seg->addr + i - (p[-1] == 0x41));
			if (!flow_decode(&f, &in) || in.has_index || in.base < 0)
				continue;
			base = in.base;
			for (int n = 0; n < NEAR && in.kind == X86_OTHER; n++) {
				flow_next(&f, &in);
				if (!flow_decode(&f, &in))
					break;
			}
			if (in.kind == X86_JCC && flow_find(&f, base) != FLOW_NOWHERE &&
			    !is_passed(c, f.pc))
				add_raise(h, f.pc, flow_find(&f, base), FLOW_NOWHERE);
		}
	}
}

/* Is it a test of the third argument? */
static bool
is_throw_test(const struct flow *f, const struct x86_insn *in)
{
	if (in->op == 0x85 && !in->is_mem && in->reg == in->rm)
		return f->origin[in->reg] == X86_DX;
	return in->op == 0x83 && (in->reg & 7) == 7 && in->imm == 0 && flow_stack(f, in) == X86_DX;
}

/* Where the conditional jump leads when that is not 0. */
static bool
add_throw(const struct flow *f, const struct x86_insn *in, struct handlers *h)
{
	bool is_not_zero = in->op == 0x75 || in->op == 0x0f85;
	bool is_zero = in->op == 0x74 || in->op == 0x0f84;
	uint64_t to = is_not_zero ? in->target : f->pc + in->bytes;
	int frame = flow_find(f, X86_SI);
	struct handler_place *p;

	if ((!is_not_zero && !is_zero) || frame == FLOW_NOWHERE || (p = add_place(h, to)) == NULL)
		return false;
	p->why = CPYTHON_RAISE;
	p->frame = (int8_t)frame;
	p->tstate = (int8_t)flow_find(f, X86_DI);
	p->is_stepped = true;
	h->has_throw = true;
	return true;
}

/*
 * generator.throw() and .close() enter a frame without a RESUME: the loop is called with a third
 * argument, and jumps when that isn't 0. Where it jumps to, few come by, so that the place costs
 * nothing but them. Before it asks for other things: both ways of each such jump are looked along.
 */
static bool
find_throw(struct flow f, unsigned *steps, struct handlers *h)
{
	bool is_tested = false;
	struct x86_insn in;

	while (*steps > 0 && flow_decode(&f, &in)) {
		--*steps;
		if (in.kind == X86_CALL || x86_is_end(&in))
			return false;
		if (in.kind == X86_JCC) {
			struct flow falls = f;

			if (is_tested && add_throw(&f, &in, h))
				return true;
			flow_next(&falls, &in);
			if (find_throw(falls, steps, h))
				return true;
			f.pc = in.target;
			is_tested = false;
			continue;
		}
		if (is_throw_test(&f, &in))
			is_tested = true;
		else if (in.op != 0x89 && in.op != 0x8b && in.op != 0x8d && in.op != 0xc7)
			is_tested = false;
		flow_next(&f, &in);
	}
	return false;
}

/* Words of a segment that are addresses of code, one after the other: how many from here on? */
static size_t
run_length(const struct image *image, const struct image_segment *s, uint64_t off)
{
	size_t n = 0;

	for (; off + 8 * n + 8 <= s->bytes; n++) {
		uint64_t v;

		memcpy(&v, s->data + off + 8 * n, 8);
		if (!image_is_code(image, v))
			break;
	}
	return n;
}

static size_t
count_distinct(const uint64_t *v)
{
	size_t n = 0;

	for (size_t i = 0; i < OPCODES; i++) {
		size_t j = 0;

		while (j < i && v[j] != v[i])
			j++;
		n += j == i;
	}
	return n;
}

/* Opcodes that don't exist share a handler. */
static bool
is_table(const uint64_t *v)
{
	enum { FEW = 64, MOST = OPCODES - 8 };
	size_t n = count_distinct(v);

	return n > FEW && n < MOST;
}

int
handler_table(const struct image *image, uint64_t table[OPCODES])
{
	int found = 0;

	for (size_t i = 0; i < image->n; i++) {
		const struct image_segment *s = &image->segment[i];
		size_t n;

		for (uint64_t off = -s->addr & 7; !s->is_exec && off < s->bytes; off += 8 * (n + 1)) {
			uint64_t two[2 * OPCODES];

			n = run_length(image, s, off);
			if (n != OPCODES && n != 2 * OPCODES)
				continue;
			memcpy(two, s->data + off, 8 * n);
			/* 3.15 has one for tracing before the real one */
			const uint64_t *half = n == 2 * OPCODES &&
			    count_distinct(two + OPCODES) > count_distinct(two) ?
			    two + OPCODES : two;
			if (!is_table(half))
				continue;
			memcpy(table, half, 8 * OPCODES);
			found++;
		}
	}
	return found == 1 ? 0 : -1;
}

static bool
add_handlers(const struct image *image, const struct cpython_layout *l, const uint64_t *table,
    struct handlers *h)
{
	const struct handler_kind kind[] = {
		{ l->resume, false, CPYTHON_CALL },
		{ l->leave, true, CPYTHON_CALL },
		{ l->yield, true, CPYTHON_YIELD },
	};

	for (size_t k = 0; k < sizeof(kind) / sizeof(kind[0]); k++)
		for (size_t i = 0; i < CPYTHON_OPS && kind[k].op[i] != 0; i++)
			if (!add_handler(image, l, table, kind[k].op[i], &kind[k], h)) {
				snprintf(h->why, sizeof(h->why), "the code of its opcode %u "
				    "doesn't look as we know it", kind[k].op[i]);
				return false;
			}
	return true;
}

bool
handlers_find(const struct image *image, const struct cpython_layout *l, uint64_t eval,
    struct handlers *h)
{
	uint64_t table[OPCODES];
	struct clear clear = {0};

	*h = (struct handlers){0};
	if (handler_table(image, table) < 0) {
		snprintf(h->why, sizeof(h->why), "its table of opcode handlers can't be found "
		    "(it may be built with tail calls, or without computed gotos)");
		return false;
	}
	if (!add_handlers(image, l, table, h))
		return false;
	for (size_t i = 0; i < CPYTHON_OPS && l->leave[i] != 0; i++)
		find_clear(image, table[l->leave[i]], l, &clear);
	if (l->frame_is_entry != 0)
		add_unwind_entry(image, l, &clear, h);
	else if (clear.target != 0)
		add_unwind(image, &clear, h);
	for (uint32_t i = 0; l->frame_owner != 0 && i < h->n; i++)
		if (h->place[i].only_if_raised)
			move_to_owner(image, l, &h->place[i]);
	if (eval != 0) {
		unsigned steps = THROW_STEPS;
		struct flow f;

		flow_begin(&f, image, flow_skip_endbr(image, eval));
		find_throw(f, &steps, h);
	}
	return true;
}
