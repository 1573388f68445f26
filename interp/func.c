/*
 * One pass decodes, marks what jumps lead to, and follows the height of the stack: a jump out of
 * the function with the stack as it was is the end of the call, with another one it leads to a
 * part of the function that lies elsewhere. The height at a place is what the instruction before
 * it left or, behind one that does not go on, what an earlier jump to it had.
 *
 * Jumps through registers and memory are switches and computed gotos, which stay in the function,
 * or calls of other functions at its end. A switch adds to the address of a table, or takes an
 * address out of one, by an index.
 */
#include "interp/func.h"

#include <stdlib.h>
#include <string.h>

#include "interp/x86.h"

enum { WORD = 8 };
/* The registers of arguments, and the stack's. */
enum {
	ARGS = 1 << X86_DI | 1 << X86_SI | 1 << X86_DX | 1 << X86_CX | 1 << 8 | 1 << 9 |
	    1 << X86_SP
};

static bool
contains(const struct func *f, uint64_t addr)
{
	return addr - f->addr < f->n;
}

static bool
is_inside(const struct func *f, uint64_t addr)
{
	return contains(f, addr) || (f->part != NULL && contains(f->part, addr));
}

static bool
decode(const struct func *f, size_t off, struct x86_insn *in)
{
	return x86_decode(f->code + off, f->n - off, f->addr + off, in);
}

static bool
is_jump(const struct x86_insn *in)
{
	return in->kind == X86_JCC || in->kind == X86_JMP;
}

/* How much higher the stack is than at the beginning. */
struct stack {
	bool is_known, has_frame;
	int64_t bytes;
	int64_t frame;			/* … where %rbp points */
};

/* `add $n,%rsp` and the like; with others it is lost. */
static void
stack_compute(struct stack *s, const struct x86_insn *in)
{
	const unsigned ext = in->reg & 7;

	if (!in->is_mem && in->rm == X86_SP && (in->op == 0x81 || in->op == 0x83) &&
	    (ext == 0 || ext == 5)) {
		s->bytes += ext == 5 ? in->imm : -in->imm;
	} else if (in->op == 0x8d && in->base == X86_SP && !in->has_index) {
		s->bytes -= in->disp;
	} else if (in->op == 0x8d && in->base == X86_BP && !in->has_index && s->has_frame) {
		s->bytes = s->frame - in->disp;
		s->is_known = true;
	} else {
		s->is_known = false;
	}
}

static void
stack_apply(struct stack *s, const struct x86_insn *in)
{
	enum { POPF = 0x9d, ENTER = 0xc8, LEAVE = 0xc9, XCHG_SP = 0x94 };
	const bool is_move = (in->op == 0x89 && in->rm == X86_BP && in->reg == X86_SP) ||
	    (in->op == 0x8b && in->reg == X86_BP && in->rm == X86_SP);

	if (is_move && !in->is_mem && s->is_known) {
		s->has_frame = true;
		s->frame = s->bytes;
	} else if (in->op == LEAVE && s->has_frame) {
		s->bytes = s->frame - WORD;
		s->is_known = true;
	} else if ((in->op >= 0x58 && in->op <= 0x5f) || in->op == 0x8f || in->op == POPF) {
		s->bytes -= WORD;
	} else if (in->kind == X86_PUSH || in->op == 0x68 || in->op == 0x6a || in->op == 0x9c ||
	    (in->op == 0xff && (in->reg & 7) == 6)) {
		s->bytes += WORD;
	} else if (in->op == ENTER || in->op == LEAVE || in->op == XCHG_SP) {
		s->is_known = false;
	} else if ((in->writes >> X86_SP & 1) != 0 && in->writes != UINT16_MAX) {
		stack_compute(s, in);
	}
}

/* Is an address within the function used as one of data? */
static bool
is_data(const struct func *f, const struct x86_insn *in)
{
	return in->is_rip && in->target != f->addr && contains(f, in->target) &&
	    in->kind != X86_NOP;
}

static void
mark_join(struct func *f, uint64_t target, const struct stack *s)
{
	size_t off = target - f->addr;

	if (!contains(f, target))
		return;
	f->flag[off] |= FUNC_JOIN;
	if ((f->flag[off] & FUNC_HEIGHT) == 0 && s != NULL && s->is_known) {
		f->flag[off] |= FUNC_HEIGHT;
		f->height[off] = (int32_t)s->bytes;
	}
}

/* A jump may lead behind a lock prefix, and nowhere else inside of an instruction. */
static const char *
check_joins(const struct func *f)
{
	enum { LOCK = 0xf0 };

	for (size_t off = 1; off < f->n; off++)
		if ((f->flag[off] & (FUNC_JOIN | FUNC_INSN)) == FUNC_JOIN &&
		    !((f->flag[off - 1] & FUNC_INSN) != 0 && f->code[off - 1] == LOCK))
			return "a jump in it leads into the middle of an instruction";
	return NULL;
}

/* The height at an instruction: as it comes, or as a jump had it. */
static void
stack_arrive(struct stack *s, struct func *f, size_t off)
{
	if (!s->is_known && (f->flag[off] & FUNC_HEIGHT) != 0) {
		s->is_known = true;
		s->bytes = f->height[off];
	} else if (s->is_known) {
		f->flag[off] |= FUNC_HEIGHT;
		f->height[off] = (int32_t)s->bytes;
	}
}

const char *
func_decode(struct func *f)
{
	struct stack s = { .is_known = true };
	struct x86_insn in;

	f->flag = calloc(f->n + 1, sizeof(*f->flag));
	f->height = calloc(f->n + 1, sizeof(*f->height));
	if (f->flag == NULL || f->height == NULL || f->n == 0 || f->n > FUNC_MAX)
		return "it is too large";
	for (size_t off = 0; off < f->n; off += in.bytes) {
		if (!decode(f, off, &in))
			return "it has bytes that are no instruction";
		if (is_data(f, &in))
			return "it has data in its code";
		stack_arrive(&s, f, off);
		f->flag[off] |= FUNC_INSN;
		stack_apply(&s, &in);
		if (is_jump(&in)) {
			mark_join(f, in.target, &s);
			if (f->part != NULL)
				mark_join(f->part, in.target, NULL);
		}
		if (in.kind == X86_JMP || in.kind == X86_RET || in.kind == X86_JMP_INDIRECT ||
		    in.kind == X86_END)
			s.is_known = false;
	}
	return check_joins(f);
}

void
func_fini(struct func *f)
{
	free(f->flag);
	free(f->height);
}

/* May an instruction be executed before the entry is told? */
static bool
is_harmless(const struct x86_insn *in)
{
	const bool is_fixed_load = in->op == 0x8b && in->base == -1 && !in->has_index;

	return (in->kind == X86_OTHER || in->kind == X86_NOP) && (in->writes & ARGS) == 0 &&
	    (!in->is_mem || in->op == 0x8d || in->kind == X86_NOP || is_fixed_load);
}

size_t
func_entry(const struct func *f)
{
	struct x86_insn in;

	for (size_t off = 0; off < f->n && decode(f, off, &in); off += in.bytes) {
		if (off > 0 && (f->flag[off] & FUNC_JOIN) != 0)
			break;
		/* an end at the same place could come before the entry */
		if (x86_is_emulated(&in))
			return is_jump(&in) && !is_inside(f, in.target) ? 0 : off;
		if (!is_harmless(&in))
			break;
	}
	return 0;
}

/* What the search for ends knows of the way to an instruction. */
struct way {
	const struct func *f;
	const struct func_ask *ask;
	uint32_t added, indexed;	/* registers that are sums; that came out of a table */
	bool is_restored;		/* the instruction before it took something off the stack */
};

static void
way_apply(struct way *w, const struct x86_insn *in)
{
	uint32_t added = 0, indexed = 0;

	if (in->op == 0x01 && !in->is_mem)
		added = 1u << in->rm;
	else if (in->op == 0x03 || (in->op == 0x8d && in->has_index))
		added = 1u << in->reg;
	else if ((in->op == 0x8b || in->op == 0x63) && in->is_mem && in->has_index)
		indexed = 1u << in->reg;
	w->added = (w->added & ~in->writes) | added;
	w->indexed = (w->indexed & ~in->writes) | indexed;
	w->is_restored = (in->op >= 0x58 && in->op <= 0x5f) || in->op == 0xc9 ||
	    ((in->op == 0x81 || in->op == 0x83) && !in->is_mem && in->rm == X86_SP);
}

/* Is the stack as it was at the beginning? When it isn't known: `otherwise`. */
static bool
is_balanced(const struct func *f, size_t off, bool otherwise)
{
	return (f->flag[off] & FUNC_HEIGHT) != 0 ? f->height[off] == 0 : otherwise;
}

/* Does a jump through a register or memory stay in the function? */
static bool
is_switch(const struct way *w, size_t off, const struct x86_insn *in)
{
	enum { NOTRACK = 0x3e };
	uint64_t entry;

	if (w->f->code[off] == NOTRACK)
		return true;
	if (!in->is_mem)
		return (w->added >> in->rm & 1) != 0 ||
		    !is_balanced(w->f, off, (w->indexed >> in->rm & 1) == 0);
	if (in->has_index && in->base == -1)
		return w->ask->word(w->ask->self, (uint64_t)(int64_t)in->disp, &entry) &&
		    is_inside(w->f, entry);
	return !is_balanced(w->f, off, !in->has_index);
}

static bool
find_end(const struct way *w, size_t off, const struct x86_insn *in, struct func_end *end)
{
	const bool is_loop = in->op >= 0xe0 && in->op <= 0xe3;

	*end = (struct func_end){ .off = off, .condition = -1 };
	switch (in->kind) {
	case X86_RET:
		end->is_return = true;
		return true;
	case X86_JMP:
		return !is_inside(w->f, in->target) &&
		    (w->ask->beyond(w->ask->self, in->target) == FUNC_ELSEWHERE ||
		    is_balanced(w->f, off, w->is_restored));
	case X86_JCC:
		end->condition = (int8_t)(in->op & 0xf);
		return !is_loop && !in->is_unprobed && !is_inside(w->f, in->target) &&
		    w->ask->beyond(w->ask->self, in->target) == FUNC_ELSEWHERE;
	case X86_JMP_INDIRECT:
		return !is_switch(w, off, in);
	case X86_OTHER: case X86_CALL: case X86_PUSH: case X86_NOP: case X86_END:
	case X86_CALL_INDIRECT:
		return false;
	}
	return false;
}

void
func_each_end(const struct func *f, const struct func_ask *ask,
    void (*fn)(void *self, const struct func_end *), void *self)
{
	struct way w = { .f = f, .ask = ask };
	struct x86_insn in;

	for (size_t off = 0; off < f->n && decode(f, off, &in); off += in.bytes) {
		struct func_end end;

		if (find_end(&w, off, &in, &end))
			fn(self, &end);
		way_apply(&w, &in);
	}
}

void
func_each_address(const struct func *f, void (*fn)(void *self, uint64_t addr), void *self)
{
	struct x86_insn in;

	for (size_t off = 0; off < f->n && decode(f, off, &in); off += in.bytes)
		if (in.op == 0x8d && in.is_rip && !contains(f, in.target))
			fn(self, in.target);
}
