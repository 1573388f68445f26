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

#include "interp/image.h"
#include "interp/x86.h"

enum { NOWHERE = -1, NSLOT = 8, STEPS = 96, OPCODES = 256 };

/* Where the values are that registers held at the beginning of a path. */
struct flow {
	const struct image *image;
	uint64_t pc;
	int8_t origin[X86_NREG];	/* by register: which one its value was in; NOWHERE */
	struct {
		int8_t base, origin;
		int32_t disp;
	} slot[NSLOT];			/* of the stack */
	unsigned nslot;
};

static void
flow_begin(struct flow *f, const struct image *image, uint64_t pc)
{
	*f = (struct flow){ .image = image, .pc = pc };
	for (int i = 0; i < X86_NREG; i++)
		f->origin[i] = (int8_t)i;
}

/* The register that holds what was in `origin`, or NOWHERE. */
static int
flow_find(const struct flow *f, int origin)
{
	for (int i = 0; i < X86_NREG && origin != NOWHERE; i++)
		if (f->origin[i] == origin)
			return i;
	return NOWHERE;
}

static bool
is_stack(const struct x86_insn *in)
{
	return in->has_modrm && in->is_mem && !in->has_index &&
	    (in->base == X86_SP || in->base == X86_BP);
}

static int
slot_find(const struct flow *f, const struct x86_insn *in)
{
	for (unsigned i = 0; i < f->nslot; i++)
		if (f->slot[i].base == in->base && f->slot[i].disp == in->disp)
			return (int)i;
	return NOWHERE;
}

static void
slot_drop(struct flow *f, unsigned i)
{
	f->slot[i] = f->slot[--f->nslot];
}

static bool
is_compare(const struct x86_insn *in)
{
	unsigned ext = in->reg & 7;

	return (in->op >= 0x38 && in->op <= 0x3b) || in->op == 0x84 || in->op == 0x85 ||
	    ((in->op == 0x80 || in->op == 0x81 || in->op == 0x83) && ext == 7) ||
	    ((in->op == 0xf6 || in->op == 0xf7) && ext <= 1);
}

static void
flow_store(struct flow *f, const struct x86_insn *in)
{
	int slot = slot_find(f, in);

	if (slot != NOWHERE)
		slot_drop(f, (unsigned)slot);
	if (in->op == 0x89 && f->nslot < NSLOT && f->origin[in->reg] != NOWHERE) {
		f->slot[f->nslot].base = in->base;
		f->slot[f->nslot].disp = in->disp;
		f->slot[f->nslot++].origin = f->origin[in->reg];
	}
}

/* What an instruction does to the values that we follow. */
static void
flow_apply(struct flow *f, const struct x86_insn *in)
{
	int8_t moved = NOWHERE;
	int to = NOWHERE, slot;

	if ((in->op == 0x89 || in->op == 0x8b) && !in->is_mem) {
		to = in->op == 0x89 ? in->rm : in->reg;
		moved = f->origin[in->op == 0x89 ? in->reg : in->rm];
	} else if (is_stack(in) && in->op == 0x8b) {
		to = in->reg;
		slot = slot_find(f, in);
		moved = slot != NOWHERE ? f->slot[slot].origin : (int8_t)NOWHERE;
	} else if (is_stack(in) && !is_compare(in)) {
		flow_store(f, in);
	}
	for (int i = 0; i < X86_NREG; i++)
		if (in->writes >> i & 1)
			f->origin[i] = NOWHERE;
	if (to != NOWHERE)
		f->origin[to] = moved;
	for (unsigned i = f->nslot; i-- > 0;)
		if (in->writes >> f->slot[i].base & 1)
			slot_drop(f, i);
}

static bool
decode(const struct image *image, uint64_t pc, struct x86_insn *in)
{
	size_t n;
	const uint8_t *code = image_at(image, pc, &n);

	return code != NULL && image_is_code(image, pc) && x86_decode(code, n, pc, in);
}

/* Go on: where a jump leads, else behind the instruction. */
static void
flow_next(struct flow *f, const struct x86_insn *in)
{
	flow_apply(f, in);
	f->pc = in->kind == X86_JMP ? in->target : f->pc + in->bytes;
}

/* `mov REG, disp(REG)` */
static bool
is_store_at(const struct x86_insn *in, int32_t disp)
{
	return in->op == 0x89 && in->is_wide && in->is_mem && !in->has_index && in->base >= 0 &&
	    in->disp == disp;
}

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
	for (int i = 0; i < STEPS && decode(image, f.pc, &in); i++) {
		if (is_store_at(&in, l->frame_instr) && f.origin[in.base] != NOWHERE) {
			r->frame = f.origin[in.base];
			r->instr = f.origin[in.reg];
			return true;
		}
		if (in.kind == X86_CALL || in.kind == X86_END)
			return false;
		flow_next(&f, &in);
	}
	return false;
}

static uint64_t
skip_endbr(const struct image *image, uint64_t addr)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t n;
	const uint8_t *code = image_at(image, addr, &n);

	return code != NULL && n >= 4 && memcmp(code, endbr64, 4) == 0 ? addr + 4 : addr;
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
	int copy = NOWHERE;
	bool is_stored = false;

	p->is_stepped = true;
	flow_begin(&f, image, p->addr);
	for (int i = 0; i < STEPS && decode(image, f.pc, &in); i++) {
		if (x86_is_emulated(&in)) {
			int frame = flow_find(&f, r->frame);

			int instr = is_stored ? NOWHERE : flow_find(&f, r->instr);

			if (frame == NOWHERE)
				frame = flow_find(&f, copy);
			if (frame == NOWHERE || (p->is_resume && !is_stored && instr == NOWHERE))
				return;
			p->addr = f.pc;
			p->frame = (int8_t)frame;
			p->instr = (int8_t)instr;
			p->is_stepped = false;
			return;
		}
		if (in.kind != X86_OTHER)
			return;
		is_stored |= is_store_at(&in, l->frame_instr) && f.origin[in.base] == r->frame;
		if (!p->is_resume && in.op == 0xc7 && in.is_wide && in.is_mem && !in.has_index &&
		    in.base >= 0 && in.disp == FRAME_PREVIOUS && in.imm == 0)
			copy = f.origin[in.base];
		flow_next(&f, &in);
	}
}

/* Does an instruction begin there? Told by decoding from the nearest handler before on; when that
 * can't be done, it may. */
static bool
may_begin(const struct image *image, const uint64_t *table, uint64_t addr)
{
	enum { FAR = 1 << 13 };
	uint64_t pc = 0;
	struct x86_insn in;

	for (size_t i = 0; i < OPCODES; i++)
		if (table[i] <= addr && table[i] > pc)
			pc = table[i];
	if (addr - pc > FAR)
		return true;
	for (; pc < addr; pc += in.bytes)
		if (!decode(image, pc, &in))
			return true;
	return pc == addr;
}

/* Does some jump lead behind `from`, up to and including `to`? Every byte that looks like one
 * counts; for short jumps, which are often only bytes, a closer look is taken. */
static bool
is_joined(const struct image *image, const uint64_t *table, uint64_t from, uint64_t to)
{
	for (size_t s = 0; s < image->n; s++) {
		const struct image_segment *seg = &image->segment[s];

		for (uint64_t i = 0; seg->is_exec && i + 6 <= seg->bytes; i++) {
			const uint8_t *p = seg->data + i;
			uint64_t at = seg->addr + i;
			int32_t rel;

			if (p[0] == 0xeb || (p[0] & 0xf0) == 0x70) {
				if (at + 2 + (uint64_t)(int8_t)p[1] - from - 1 < to - from &&
				    may_begin(image, table, at))
					return true;
			} else if (p[0] == 0xe9 || (p[0] == 0x0f && (p[1] & 0xf0) == 0x80)) {
				unsigned n = p[0] == 0xe9 ? 1 : 2;

				memcpy(&rel, p + n, 4);
				if (at + n + 4 + (uint64_t)(int64_t)rel - from - 1 < to - from)
					return true;
			}
		}
	}
	return false;
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
	*p = (struct handler_place){ .addr = addr, .frame = NOWHERE, .instr = NOWHERE,
	    .tstate = NOWHERE };
	return p;
}

struct handler_kind {
	const uint8_t *op;
	bool is_return;
	enum cpython_why why;
};

static bool
add_handler(const struct image *image, const struct cpython_layout *l, const uint64_t *table,
    uint8_t op, const struct handler_kind *k, struct handlers *h)
{
	uint64_t begin = skip_endbr(image, table[op]);
	struct registers r;
	struct handler_place *p, at_begin;

	if (!find_registers(image, begin, l, &r) || (!k->is_return && r.instr == NOWHERE))
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
	if (!p->is_stepped && is_joined(image, table, begin, p->addr)) {
		*p = at_begin;
		p->is_stepped = true;
	}
	return true;
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
	uint64_t begin = skip_endbr(image, addr);
	struct registers r;
	struct x86_insn in;
	struct flow f;

	if (!find_registers(image, begin, l, &r))
		return;
	flow_begin(&f, image, begin);
	for (int i = 0; i < STEPS && decode(image, f.pc, &in); i++) {
		if ((in.kind == X86_CALL || in.kind == X86_JCC) &&
		    c->n < sizeof(c->pass) / sizeof(c->pass[0]))
			c->pass[c->n++] = f.pc;
		if (in.kind == X86_CALL && f.origin[X86_SI] == r.frame && c->target == 0)
			c->target = in.target;
		if (in.kind == X86_CALL || in.kind == X86_END)
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
			if (!decode(image, f.pc, &in) || in.has_index || in.base < 0)
				continue;
			base = in.base;
			for (int n = 0; n < NEAR && in.kind == X86_OTHER; n++) {
				flow_next(&f, &in);
				if (!decode(image, f.pc, &in))
					break;
			}
			if (in.kind == X86_JCC && flow_find(&f, base) != NOWHERE &&
			    !is_passed(c, f.pc))
				add_raise(h, f.pc, flow_find(&f, base), NOWHERE);
		}
	}
}

/*
 * generator.throw() and .close() enter a frame without a RESUME: the loop is called with a third
 * argument, and jumps when that isn't 0. Where it jumps to, few come by, so that the place costs
 * nothing but them.
 */
static void
add_throw(const struct image *image, uint64_t eval, struct handlers *h)
{
	struct x86_insn in;
	struct flow f;
	bool is_tested = false;

	flow_begin(&f, image, skip_endbr(image, eval));
	for (int i = 0; i < STEPS && decode(image, f.pc, &in); i++) {
		bool is_not_zero = (in.op & 0xff) == 0x75 || in.op == 0x0f85;
		bool is_zero = (in.op & 0xff) == 0x74 || in.op == 0x0f84;

		if (is_tested && in.kind == X86_JCC && (is_not_zero || is_zero)) {
			uint64_t to = is_not_zero ? in.target : f.pc + in.bytes;
			int frame = flow_find(&f, X86_SI);
			struct handler_place *p;

			if (frame == NOWHERE || (p = add_place(h, to)) == NULL)
				return;
			p->why = CPYTHON_RAISE;
			p->frame = (int8_t)frame;
			p->tstate = (int8_t)flow_find(&f, X86_DI);
			p->is_stepped = true;
			h->has_throw = true;
			return;
		}
		if (in.kind == X86_CALL || in.kind == X86_END)
			return;
		if (in.kind == X86_OTHER && in.op == 0x85 && !in.is_mem && in.reg == in.rm)
			is_tested = f.origin[in.reg] == X86_DX;
		else if (in.kind == X86_OTHER && in.op == 0x83 && (in.reg & 7) == 7 &&
		    in.imm == 0 && is_stack(&in)) {
			int slot = slot_find(&f, &in);

			is_tested = slot != NOWHERE && f.slot[slot].origin == X86_DX;
		} else if (in.op != 0x89 && in.op != 0x8b && in.op != 0x8d && in.op != 0xc7) {
			is_tested = false;
		}
		flow_next(&f, &in);
	}
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
	if (eval != 0)
		add_throw(image, eval, h);
	return true;
}
