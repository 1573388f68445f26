/*
 * IR → BPF. One function per shape of operation, in a table. Operands that live in stack slots
 * are loaded into r4 and r5, which then hold nothing else (regs.h); what is_again says is made
 * anew where it is used. Jumps and calls are filled in when their targets are known.
 */
#include "ir/encode.h"

#include <string.h>

#include "base/cleanup.h"
#include "ir/calls.h"
#include "ir/funcinfo.h"
#include "ir/op.h"
#include "ir/regs.h"

#ifndef BPF_MEMSX
#define BPF_MEMSX 0x80
#endif

enum { ARGS_MAX = 5, LD_IMM64 = BPF_LD | BPF_DW | BPF_IMM };

struct fixup {
	uint32_t insn;
	ir_label label;			/* jumps */
	const struct ir_func *callee;	/* calls */
};

struct fixups {
	struct fixup *v;
	uint32_t n, cap;
};

struct enc {
	struct arena *arena;
	const struct encode_opts *opts;
	struct bpf_code *code;
	const struct ir_func *f;	/* being encoded */
	uint32_t cap, reloc_cap;
	struct fixups jump, call;
	uint32_t *label_at;		/* by label: instruction */
	uint32_t line;
	bool has_far_jump;
};

/* appending */

static void *
grow(struct arena *a, void *v, uint32_t n, uint32_t *cap, size_t size)
{
	void *bigger;

	if (n < *cap)
		return v;
	*cap = *cap > 0 ? *cap * 2 : 64;
	bigger = arena_alloc(a, *cap * size);
	if (n > 0)
		memcpy(bigger, v, n * size);
	return bigger;
}

static uint32_t
emit(struct enc *e, int code, int dst, int src, int32_t off, int64_t imm)
{
	struct bpf_code *c = e->code;
	uint32_t cap = e->cap;

	c->insn = grow(e->arena, c->insn, c->ninsn, &e->cap, sizeof(*c->insn));
	c->line = grow(e->arena, c->line, c->ninsn, &cap, sizeof(*c->line));
	c->insn[c->ninsn] = (struct bpf_insn){
		.code = (uint8_t)code, .dst_reg = (uint8_t)(dst & 15),
		.src_reg = (uint8_t)(src & 15), .off = (int16_t)off, .imm = (int32_t)imm,
	};
	c->line[c->ninsn] = e->line;
	return c->ninsn++;
}

static void
alu(struct enc *e, int op, int dst, int src)
{
	emit(e, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

static void
alu_imm(struct enc *e, int op, int dst, int64_t imm)
{
	emit(e, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

static void
mov(struct enc *e, int dst, int src)
{
	if (dst != src)
		alu(e, BPF_MOV, dst, src);
}

static void
constant(struct enc *e, int dst, int64_t imm)
{
	if (ir_fits_s32(imm)) {
		alu_imm(e, BPF_MOV, dst, imm);
	} else if (imm == (int64_t)(uint32_t)imm) {
		emit(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, imm);
	} else {
		emit(e, LD_IMM64, dst, 0, 0, imm);
		emit(e, 0, 0, 0, 0, imm >> 32);
	}
}

static void
map_address(struct enc *e, int dst, const struct ir_insn *p)
{
	struct bpf_code *c = e->code;
	bool is_value = p->op == OP_MAPVAL;

	c->reloc = grow(e->arena, c->reloc, c->nreloc, &e->reloc_cap, sizeof(*c->reloc));
	c->reloc[c->nreloc++] = (struct reloc){
		.insn = emit(e, LD_IMM64, dst,
		    is_value ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD, 0, 0),
		.kind = is_value ? RELOC_MAPVAL : RELOC_MAP,
		.map = (int)p->imm,
	};
	emit(e, 0, 0, 0, 0, is_value ? p->off2 : 0);
}

static void
frame_address(struct enc *e, int dst, int32_t off)
{
	mov(e, dst, REG_FP);
	alu_imm(e, BPF_ADD, dst, off);
}

static void
load_slot(struct enc *e, int dst, ir_val v)
{
	emit(e, BPF_LDX | BPF_MEM | BPF_DW, dst, REG_FP, e->f->spill[v], 0);
}

static void
store_slot(struct enc *e, int src, ir_val v)
{
	emit(e, BPF_STX | BPF_MEM | BPF_DW, REG_FP, src, e->f->spill[v], 0);
}

/* operands and results */

/* The instruction that makes v wherever it is used, or NULL. */
static const struct ir_insn *
made_again(const struct enc *e, ir_val v)
{
	return e->f->again[v] >= 0 ? &e->f->insn[e->f->again[v]] : NULL;
}

static void
make(struct enc *e, int reg, const struct ir_insn *p)
{
	switch (ir_op[p->op].shape) {
	case SHAPE_CONST:
		constant(e, reg, p->imm);
		break;
	case SHAPE_MAP:
		map_address(e, reg, p);
		break;
	case SHAPE_FP:
		frame_address(e, reg, p->off);
		break;
	default:
		BUG("%s can't be repeated", ir_op[p->op].text);
	}
}

/* gives: v in that register. */
static void
put(struct enc *e, int reg, ir_val v)
{
	const struct ir_insn *again = made_again(e, v);

	if (again != NULL)
		make(e, reg, again);
	else if (e->f->reg[v] >= 0)
		mov(e, reg, e->f->reg[v]);
	else
		load_slot(e, reg, v);
}

/* gives: the register of v, or the scratch register with v in it. */
static int
operand(struct enc *e, ir_val v, int scratch)
{
	if (e->f->reg[v] >= 0)
		return e->f->reg[v];
	put(e, scratch, v);
	return scratch;
}

/* The same for an address: frame objects are reached from r10. */
static int
address(struct enc *e, ir_val v, int32_t *off, int scratch)
{
	const struct ir_insn *again = made_again(e, v);

	if (again == NULL || again->op != OP_FP)
		return operand(e, v, scratch);
	*off += again->off;
	return REG_FP;
}

/* The register to compute v in; result() then puts it where v lives. */
static int
workplace(const struct enc *e, ir_val v)
{
	return e->f->reg[v] >= 0 ? e->f->reg[v] : REG_SCRATCH_A;
}

static void
result(struct enc *e, ir_val v, int reg)
{
	if (e->f->reg[v] >= 0)
		mov(e, e->f->reg[v], reg);
	else
		store_slot(e, reg, v);
}

/* shapes */

static int
size_code(int bytes)
{
	return bytes == 1 ? BPF_B : bytes == 2 ? BPF_H : bytes == 4 ? BPF_W : BPF_DW;
}

/* gives: the jump, over `skip` instructions. */
static void
skip_if(struct enc *e, int cond, int reg, int32_t imm, int32_t skip)
{
	emit(e, BPF_JMP | cond | BPF_K, reg, 0, skip, imm);
}

static void
negate(struct enc *e, int reg)
{
	alu_imm(e, BPF_NEG, reg, 0);
}

/* W = W / or % b, signed, by unsigned ones of the absolute values. */
static void
signed_by_unsigned(struct enc *e, const struct ir_insn *p, int w)
{
	int t = e->f->reg[p->tmp];
	int op = ir_op[p->op].code;

	if (p->has_imm)
		constant(e, t, p->imm);
	else
		put(e, t, p->b);
	if (p->op == OP_SMOD) {
		skip_if(e, BPF_JSGE, t, 0, 1);
		negate(e, t);
		skip_if(e, BPF_JSGE, w, 0, 4);
		negate(e, w);
		alu(e, op, w, t);
		negate(e, w);
		emit(e, BPF_JMP | BPF_JA, 0, 0, 1, 0);
		alu(e, op, w, t);
		return;
	}
	skip_if(e, BPF_JSGE, w, 0, 5);
	negate(e, w);
	skip_if(e, BPF_JSGE, t, 0, 5);
	negate(e, t);
	alu(e, op, w, t);			/* - / - */
	emit(e, BPF_JMP | BPF_JA, 0, 0, 6, 0);
	skip_if(e, BPF_JSGE, t, 0, 4);
	negate(e, t);
	alu(e, op, w, t);			/* + / -, - / + */
	negate(e, w);
	emit(e, BPF_JMP | BPF_JA, 0, 0, 1, 0);
	alu(e, op, w, t);			/* + / + */
}

static void
encode_bin(struct enc *e, const struct ir_insn *p)
{
	bool is_signed = p->op == OP_SDIV || p->op == OP_SMOD;
	int code = BPF_ALU64 | ir_op[p->op].code, off = is_signed;
	int w = workplace(e, p->dst);

	if (!p->has_imm && p->a != p->b && e->f->reg[p->b] == w) {
		/* w = a OP w: only commutative operations let b's register be the result's */
		emit(e, code | BPF_X, w, operand(e, p->a, REG_SCRATCH_B), 0, 0);
		result(e, p->dst, w);
		return;
	}
	put(e, w, p->a);
	if (is_signed && !e->opts->has_sdiv)
		signed_by_unsigned(e, p, w);
	else if (p->has_imm)
		emit(e, code | BPF_K, w, 0, off, p->imm);
	else if (p->a == p->b)
		emit(e, code | BPF_X, w, w, off, 0);
	else
		emit(e, code | BPF_X, w, operand(e, p->b, REG_SCRATCH_B), off, 0);
	result(e, p->dst, w);
}

static void
encode_un(struct enc *e, const struct ir_insn *p)
{
	int w = workplace(e, p->dst);

	put(e, w, p->a);
	alu_imm(e, ir_op[p->op].code, w, 0);
	result(e, p->dst, w);
}

static void
encode_ext(struct enc *e, const struct ir_insn *p)
{
	int w = workplace(e, p->dst), bits = 8 * p->size;

	if (p->op == OP_SEXT && e->opts->has_sdiv) {
		int a = operand(e, p->a, REG_SCRATCH_A);

		emit(e, BPF_ALU64 | BPF_MOV | BPF_X, w, a, bits, 0);
	} else if (p->op == OP_SEXT) {
		put(e, w, p->a);
		alu_imm(e, BPF_LSH, w, 64 - bits);
		alu_imm(e, BPF_ARSH, w, 64 - bits);
	} else if (p->size == 4) {
		int a = operand(e, p->a, REG_SCRATCH_A);

		emit(e, BPF_ALU | BPF_MOV | BPF_X, w, a, 0, 0);
	} else {
		put(e, w, p->a);
		alu_imm(e, BPF_AND, w, (1 << bits) - 1);
	}
	result(e, p->dst, w);
}

static void
encode_mov(struct enc *e, const struct ir_insn *p)
{
	if (e->f->reg[p->dst] >= 0)
		put(e, e->f->reg[p->dst], p->a);
	else
		store_slot(e, operand(e, p->a, REG_SCRATCH_A), p->dst);
}

static void
encode_made(struct enc *e, const struct ir_insn *p)
{
	int w = workplace(e, p->dst);

	if (made_again(e, p->dst) != NULL)
		return;
	make(e, w, p);
	result(e, p->dst, w);
}

static void
encode_pc(struct enc *e, const struct ir_insn *p)
{
	int w = workplace(e, p->dst);

	constant(e, w, e->code->ninsn);
	result(e, p->dst, w);
}

static void
encode_load(struct enc *e, const struct ir_insn *p)
{
	int w = workplace(e, p->dst);
	int32_t off = p->off;
	int a = address(e, p->a, &off, REG_SCRATCH_A);

	emit(e, BPF_LDX | BPF_MEM | size_code(p->size), w, a, off, 0);
	result(e, p->dst, w);
}

static void
encode_store(struct enc *e, const struct ir_insn *p)
{
	int size = size_code(p->size);
	int32_t off = p->off;
	int a = address(e, p->a, &off, REG_SCRATCH_A);

	if (p->has_imm)
		emit(e, BPF_ST | BPF_MEM | size, a, 0, off, p->imm);
	else
		emit(e, BPF_STX | BPF_MEM | size, a,
		    operand(e, p->b, REG_SCRATCH_B), off, 0);
}

static void
encode_atomic(struct enc *e, const struct ir_insn *p)
{
	int code = BPF_STX | BPF_ATOMIC | size_code(p->size);
	int32_t off = p->off;
	int a = address(e, p->a, &off, REG_SCRATCH_A), b;

	switch ((enum ir_op)p->op) {
	case OP_FADD:
	case OP_XCHG:
		b = e->f->reg[p->dst] >= 0 ? e->f->reg[p->dst] : REG_SCRATCH_B;
		put(e, b, p->b);
		emit(e, code, a, b, off, p->op == OP_XCHG ? BPF_XCHG : BPF_ADD | BPF_FETCH);
		result(e, p->dst, b);
		break;
	case OP_CMPXCHG:
		b = operand(e, p->b, REG_SCRATCH_B);
		put(e, REG_RESULT, p->c);
		emit(e, code, a, b, off, BPF_CMPXCHG);
		result(e, p->dst, REG_RESULT);
		break;
	default:
		b = operand(e, p->b, REG_SCRATCH_B);
		emit(e, code, a, b, off, BPF_ADD);
		break;
	}
}

static void
encode_zero(struct enc *e, const struct ir_insn *p)
{
	int32_t off = p->off;
	int a = address(e, p->a, &off, REG_SCRATCH_A);

	for (int64_t left = p->imm, n; left > 0; left -= n, off += (int32_t)n) {
		n = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
		emit(e, BPF_ST | BPF_MEM | size_code((int)n), a, 0, off, 0);
	}
}

/* Both pointers in slots: the scratch registers hold them, as p->tmp is never in a slot. */
static void
encode_copy(struct enc *e, const struct ir_insn *p)
{
	int32_t to = p->off, from = p->off2;
	int a = address(e, p->a, &to, REG_SCRATCH_A);
	int b = address(e, p->b, &from, REG_SCRATCH_B);
	int t = e->f->reg[p->tmp];

	for (int64_t left = p->imm, n; left > 0; left -= n) {
		n = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
		emit(e, BPF_LDX | BPF_MEM | size_code((int)n), t, b, from, 0);
		emit(e, BPF_STX | BPF_MEM | size_code((int)n), a, t, to, 0);
		from += (int32_t)n;
		to += (int32_t)n;
	}
}

static void
add_fixup(struct enc *e, struct fixups *x, ir_label label, const struct ir_func *callee)
{
	x->v = grow(e->arena, x->v, x->n, &x->cap, sizeof(*x->v));
	x->v[x->n++] = (struct fixup){ e->code->ninsn, label, callee };
}

static void
encode_jcc(struct enc *e, const struct ir_insn *p)
{
	int a = operand(e, p->a, REG_SCRATCH_A);
	int b = p->has_imm ? 0 : operand(e, p->b, REG_SCRATCH_B);

	add_fixup(e, &e->jump, p->label, NULL);
	emit(e, BPF_JMP | ir_op[p->op].code | (p->has_imm ? BPF_K : BPF_X), a, b, 0,
	    p->imm);
	/* Some kernels forget what the comparison says about a value that comes from a slot. */
	if (p->has_imm && p->op >= OP_JGT && p->op <= OP_JSLE && e->f->reg[p->a] < 0 &&
	    made_again(e, p->a) == NULL)
		store_slot(e, a, p->a);
}

static void
encode_jmp(struct enc *e, const struct ir_insn *p)
{
	add_fixup(e, &e->jump, p->label, NULL);
	emit(e, BPF_JMP | BPF_JA, 0, 0, 0, 0);
}

static void
encode_label(struct enc *e, const struct ir_insn *p)
{
	e->label_at[p->label] = e->code->ninsn;
}

/*
 * A parallel move between registers: to[i] gets what from[i] held, all at once. A move whose
 * target nobody waits for can be made; if none is left, the rest are cycles, and one register is
 * set aside in r0, which is no target and by then no source.
 */
static void
parallel_move(struct enc *e, int n, int8_t *to, int8_t *from)
{
	while (n > 0) {
		int pick = -1;

		for (int i = 0; i < n && pick < 0; i++) {
			pick = i;
			for (int j = 0; j < n; j++) {
				if (j != i && from[j] == to[i])
					pick = -1;
			}
		}
		if (pick < 0) {
			mov(e, REG_RESULT, from[0]);
			from[0] = REG_RESULT;
			continue;
		}
		mov(e, to[pick], from[pick]);
		n--;
		to[pick] = to[n];
		from[pick] = from[n];
	}
}

static void
call_arguments(struct enc *e, const struct ir_insn *p)
{
	int8_t to[ARGS_MAX], from[ARGS_MAX];
	int n = 0;

	for (int i = 0; i < p->narg; i++) {
		if (e->f->reg[p->arg[i]] < 0)
			continue;
		to[n] = (int8_t)(REG_ARG + i);
		from[n++] = e->f->reg[p->arg[i]];
	}
	parallel_move(e, n, to, from);
	for (int i = 0; i < p->narg; i++) {
		if (e->f->reg[p->arg[i]] < 0)
			put(e, REG_ARG + i, p->arg[i]);
	}
}

static void
encode_call(struct enc *e, const struct ir_insn *p)
{
	call_arguments(e, p);
	emit(e, BPF_JMP | BPF_CALL, 0, 0, 0, p->imm);
	result(e, p->dst, REG_RESULT);
}

static void
encode_fcall(struct enc *e, const struct ir_insn *p)
{
	call_arguments(e, p);
	add_fixup(e, &e->call, IR_NONE, p->callee);
	emit(e, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
	result(e, p->dst, REG_RESULT);
}

static void
encode_ret(struct enc *e, const struct ir_insn *p)
{
	put(e, REG_RESULT, p->a);
	emit(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void (*const encode_shape[SHAPE_MAX])(struct enc *, const struct ir_insn *) = {
	[SHAPE_BIN] = encode_bin, [SHAPE_UN] = encode_un, [SHAPE_EXT] = encode_ext,
	[SHAPE_MOV] = encode_mov, [SHAPE_CONST] = encode_made, [SHAPE_LOAD] = encode_load,
	[SHAPE_STORE] = encode_store, [SHAPE_ATOMIC] = encode_atomic, [SHAPE_JCC] = encode_jcc,
	[SHAPE_JMP] = encode_jmp, [SHAPE_CALL] = encode_call, [SHAPE_FCALL] = encode_fcall,
	[SHAPE_MAP] = encode_made, [SHAPE_FP] = encode_made, [SHAPE_RET] = encode_ret,
	[SHAPE_LABEL] = encode_label, [SHAPE_ZERO] = encode_zero, [SHAPE_COPY] = encode_copy,
	[SHAPE_PC] = encode_pc,
};

/* functions */

/* Arguments arrive in r1 … r5 and move to where they live. */
static void
encode_arrival(struct enc *e)
{
	const struct ir_func *f = e->f;
	int8_t to[ARGS_MAX], from[ARGS_MAX];
	int n = 0;

	for (int i = 0; i < f->narg; i++) {
		if (f->reg[i] >= 0) {
			to[n] = f->reg[i];
			from[n++] = (int8_t)(REG_ARG + i);
		} else if (f->spill[i] != 0) {
			store_slot(e, REG_ARG + i, i);
		}
	}
	parallel_move(e, n, to, from);
}

static void
resolve_jumps(struct enc *e)
{
	for (uint32_t i = 0; i < e->jump.n; i++) {
		const struct fixup *x = &e->jump.v[i];
		uint32_t target = e->label_at[x->label];
		int64_t off = (int64_t)target - x->insn - 1;

		if (target == UINT32_MAX)
			BUG("%s: label %d is placed nowhere", e->f->name, x->label);
		if (off != (int16_t)off)
			e->has_far_jump = true;
		e->code->insn[x->insn].off = (int16_t)off;
	}
	e->jump.n = 0;
}

static void
encode_func(struct enc *e, const struct ir_func *f)
{
	e->f = f;
	e->line = f->ninsn > 0 ? f->insn[0].line : 0;
	e->label_at = arena_alloc(e->arena, (size_t)f->nlabel * sizeof(*e->label_at));
	for (int k = 0; k < f->nlabel; k++)
		e->label_at[k] = UINT32_MAX;
	encode_arrival(e);
	for (uint32_t i = 0; i < f->ninsn; i++) {
		e->line = f->insn[i].line;
		encode_shape[ir_op[f->insn[i].op].shape](e, &f->insn[i]);
	}
	resolve_jumps(e);
}

/* programs */

static void
resolve_calls(struct enc *e, const uint32_t *start)
{
	for (uint32_t i = 0; i < e->call.n; i++) {
		const struct fixup *x = &e->call.v[i];

		e->code->insn[x->insn].imm =
		    (int32_t)start[x->callee->number] - (int32_t)x->insn - 1;
	}
}

struct bpf_code *
encode(struct arena *a, const struct ir_prog *prog, const struct encode_opts *opts)
{
	struct bpf_code *c = arena_new(a, struct bpf_code);
	struct enc e = { .arena = a, .opts = opts, .code = c };
	struct ir_func **func = arena_alloc(a, prog->nfunc * sizeof(*func));
	uint32_t *start = arena_alloc(a, prog->nfunc * sizeof(*start));
	bool *is_reached = arena_alloc(a, prog->nfunc * sizeof(*is_reached));

	if (!calls_fit(a, prog, is_reached))
		return NULL;
	c->func_start = arena_alloc(a, prog->nfunc * sizeof(*c->func_start));
	c->func_name = arena_alloc(a, prog->nfunc * sizeof(*c->func_name));
	for (uint32_t i = 0; i < prog->nfunc; i++) {
		if (!is_reached[i])
			continue;
		func[c->nfunc] = prog->func[i];
		c->func_name[c->nfunc] = prog->func[i]->name;
		c->func_start[c->nfunc++] = start[i] = c->ninsn;
		encode_func(&e, prog->func[i]);
	}
	if (e.has_far_jump)
		return NULL;
	resolve_calls(&e, start);
	funcinfo_fill(a, c, func);
	return c;
}
