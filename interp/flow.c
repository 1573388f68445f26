/* Following registers through instructions, and jumps back to where they lead from. */
#include "interp/flow.h"

#include <string.h>

#include "interp/image.h"

void
flow_begin(struct flow *f, const struct image *image, uint64_t pc)
{
	*f = (struct flow){ .image = image, .pc = pc };
	for (int i = 0; i < X86_NREG; i++)
		f->origin[i] = (int8_t)i;
}

int
flow_find(const struct flow *f, int origin)
{
	/* first those that a function leaves alone, which calls on other ways here leave alone, too */
	static const int8_t order[X86_NREG] = {
		X86_BX, X86_BP, 12, 13, 14, 15, X86_AX, X86_CX, X86_DX, X86_SP, X86_SI, X86_DI, 8,
		9, 10, 11
	};

	for (int i = 0; i < X86_NREG && origin != FLOW_NOWHERE; i++)
		if (f->origin[order[i]] == origin)
			return order[i];
	return FLOW_NOWHERE;
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
	return FLOW_NOWHERE;
}

int
flow_stack(const struct flow *f, const struct x86_insn *in)
{
	int slot = is_stack(in) ? slot_find(f, in) : FLOW_NOWHERE;

	return slot != FLOW_NOWHERE ? f->slot[slot].origin : FLOW_NOWHERE;
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
store(struct flow *f, const struct x86_insn *in)
{
	int slot = slot_find(f, in);

	if (slot != FLOW_NOWHERE)
		slot_drop(f, (unsigned)slot);
	if (in->op == 0x89 && f->nslot < FLOW_SLOTS && f->origin[in->reg] != FLOW_NOWHERE) {
		f->slot[f->nslot].base = in->base;
		f->slot[f->nslot].disp = in->disp;
		f->slot[f->nslot++].origin = f->origin[in->reg];
	}
}

/* What an instruction does to the values that we follow. */
static void
apply(struct flow *f, const struct x86_insn *in)
{
	int8_t moved = FLOW_NOWHERE;
	int to = FLOW_NOWHERE;

	if ((in->op == 0x89 || in->op == 0x8b) && !in->is_mem) {
		to = in->op == 0x89 ? in->rm : in->reg;
		moved = f->origin[in->op == 0x89 ? in->reg : in->rm];
	} else if (is_stack(in) && in->op == 0x8b) {
		to = in->reg;
		moved = (int8_t)flow_stack(f, in);
	} else if (is_stack(in) && !is_compare(in)) {
		store(f, in);
	}
	for (int i = 0; i < X86_NREG; i++)
		if (in->writes >> i & 1)
			f->origin[i] = FLOW_NOWHERE;
	if (to != FLOW_NOWHERE)
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

bool
flow_decode(const struct flow *f, struct x86_insn *in)
{
	return decode(f->image, f->pc, in);
}

void
flow_next(struct flow *f, const struct x86_insn *in)
{
	apply(f, in);
	f->pc = in->kind == X86_JMP ? in->target : f->pc + in->bytes;
}

static bool
is_move(const struct x86_insn *in, unsigned op, int32_t disp)
{
	return in->op == op && in->is_wide && in->is_mem && !in->has_index && in->base >= 0 &&
	    in->disp == disp;
}

bool
flow_is_store(const struct x86_insn *in, int32_t disp)
{
	return is_move(in, 0x89, disp);
}

bool
flow_is_load(const struct x86_insn *in, int32_t disp)
{
	return is_move(in, 0x8b, disp);
}

uint64_t
flow_skip_endbr(const struct image *image, uint64_t addr)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t n;
	const uint8_t *code = image_at(image, addr, &n);

	return code != NULL && n >= 4 && memcmp(code, endbr64, 4) == 0 ? addr + 4 : addr;
}

/* Does an instruction begin there? Told by decoding from the nearest known place before on; when that
 * can't be done, it may. */
static bool
may_begin(const struct image *image, const uint64_t *known, size_t n, uint64_t from,
    uint64_t addr)
{
	enum { FAR = 1 << 13 };
	uint64_t pc = from <= addr ? from : 0;
	struct x86_insn in;

	for (size_t i = 0; i < n; i++)
		if (known[i] <= addr && known[i] > pc)
			pc = known[i];
	if (addr - pc > FAR)
		return true;
	for (; pc < addr; pc += in.bytes)
		if (!decode(image, pc, &in))
			return true;
	return pc == addr;
}

/* Every byte that looks like a jump counts; for short ones, which are often only bytes, a closer
 * look is taken. */
bool
flow_is_joined(const struct image *image, const uint64_t *known, size_t n, uint64_t from,
    uint64_t to)
{
	for (size_t s = 0; s < image->n; s++) {
		const struct image_segment *seg = &image->segment[s];

		for (uint64_t i = 0; seg->is_exec && i + 6 <= seg->bytes; i++) {
			const uint8_t *p = seg->data + i;
			uint64_t at = seg->addr + i;
			int32_t rel;

			if (p[0] == 0xeb || (p[0] & 0xf0) == 0x70) {
				if (at + 2 + (uint64_t)(int8_t)p[1] - from - 1 < to - from &&
				    may_begin(image, known, n, from, at))
					return true;
			} else if (p[0] == 0xe9 || (p[0] == 0x0f && (p[1] & 0xf0) == 0x80)) {
				unsigned op = p[0] == 0xe9 ? 1 : 2;

				memcpy(&rel, p + op, 4);
				if (at + op + 4 + (uint64_t)(int64_t)rel - from - 1 < to - from)
					return true;
			}
		}
	}
	return false;
}
