/*
 * Constructors of IR. What BPF can't say in one instruction is said here in several: immediates
 * of more than 32 bits, memory offsets of more than 16.
 */
#include "ir/ir.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "ir/op.h"

enum { ARGS_MAX = 5, FIRST_CAP = 32, CHUNK_BYTES = 16384 };

struct ir_func *
ir_func_new(struct arena *a, const char *name, enum ir_linkage linkage, int narg)
{
	struct ir_func *f = arena_new(a, struct ir_func);

	if (narg < 0 || narg > ARGS_MAX)
		BUG("%s: %d arguments", name, narg);
	f->arena = a;
	f->name = arena_strdup(a, name);
	f->linkage = linkage;
	f->narg = f->nval = narg;
	return f;
}

ir_val
ir_arg(struct ir_func *f, int i)
{
	if (i < 0 || i >= f->narg)
		BUG("%s has no argument %d", f->name, i);
	return i;
}

void
ir_line(struct ir_func *f, uint32_t line)
{
	f->line = line;
}

static struct ir_insn *
append(struct ir_func *f, enum ir_op op)
{
	struct ir_insn *p;

	if (f->ninsn == f->cap) {
		uint32_t cap = f->cap > 0 ? f->cap * 2 : FIRST_CAP;
		struct ir_insn *bigger = arena_alloc(f->arena, cap * sizeof(*bigger));

		if (f->ninsn > 0)
			memcpy(bigger, f->insn, f->ninsn * sizeof(*bigger));
		f->insn = bigger;
		f->cap = cap;
	}
	p = &f->insn[f->ninsn++];
	*p = (struct ir_insn){
		.op = (uint8_t)op, .dst = IR_NONE, .a = IR_NONE, .b = IR_NONE,
		.c = IR_NONE, .tmp = IR_NONE, .label = IR_NONE, .line = f->line,
	};
	return p;
}

/* values */

static ir_val
fresh(struct ir_func *f)
{
	return f->nval++;
}

ir_val
ir_const(struct ir_func *f, int64_t imm)
{
	struct ir_insn *p = append(f, OP_CONST);

	p->imm = imm;
	return p->dst = fresh(f);
}

ir_val
ir_mov(struct ir_func *f, ir_val v)
{
	ir_val dst = fresh(f);

	ir_set(f, dst, v);
	return dst;
}

void
ir_set(struct ir_func *f, ir_val dst, ir_val src)
{
	struct ir_insn *p = append(f, OP_MOV);

	p->dst = dst;
	p->a = src;
}

void
ir_seti(struct ir_func *f, ir_val dst, int64_t imm)
{
	struct ir_insn *p = append(f, OP_CONST);

	p->dst = dst;
	p->imm = imm;
}

static void
binary(struct ir_func *f, enum ir_op op, ir_val dst, ir_val a, ir_val b)
{
	struct ir_insn *p;

	if (ir_op[op].shape != SHAPE_BIN)
		BUG("%s is not a binary operation", ir_op[op].text);
	p = append(f, op);
	p->dst = dst;
	p->a = a;
	p->b = b;
	if (op == OP_SDIV || op == OP_SMOD)
		p->tmp = fresh(f);
}

static void
binary_imm(struct ir_func *f, enum ir_op op, ir_val dst, ir_val a, int64_t imm)
{
	struct ir_insn *p;

	/* the verifier refuses division by an immediate 0 */
	bool is_div0 = imm == 0 && (op == OP_DIV || op == OP_MOD || op == OP_SDIV ||
	    op == OP_SMOD);

	if (op == OP_LSH || op == OP_RSH || op == OP_ARSH)
		imm &= 63;
	if (!ir_fits_s32(imm) || is_div0) {
		binary(f, op, dst, a, ir_const(f, imm));
		return;
	}
	binary(f, op, dst, a, IR_NONE);
	p = &f->insn[f->ninsn - 1];
	p->has_imm = true;
	p->imm = imm;
}

ir_val
ir_bin(struct ir_func *f, enum ir_op op, ir_val a, ir_val b)
{
	ir_val dst = fresh(f);

	binary(f, op, dst, a, b);
	return dst;
}

ir_val
ir_bini(struct ir_func *f, enum ir_op op, ir_val a, int64_t imm)
{
	ir_val dst = fresh(f);

	binary_imm(f, op, dst, a, imm);
	return dst;
}

void
ir_upd(struct ir_func *f, enum ir_op op, ir_val dst, ir_val b)
{
	binary(f, op, dst, dst, b);
}

void
ir_updi(struct ir_func *f, enum ir_op op, ir_val dst, int64_t imm)
{
	binary_imm(f, op, dst, dst, imm);
}

ir_val
ir_neg(struct ir_func *f, ir_val v)
{
	struct ir_insn *p = append(f, OP_NEG);

	p->a = v;
	return p->dst = fresh(f);
}

ir_val
ir_extend(struct ir_func *f, ir_val v, int size, bool is_signed)
{
	struct ir_insn *p;

	if (size == 8)
		return ir_mov(f, v);
	if (size != 1 && size != 2 && size != 4)
		BUG("extend %d bytes", size);
	p = append(f, is_signed ? OP_SEXT : OP_ZEXT);
	p->size = (uint8_t)size;
	p->a = v;
	return p->dst = fresh(f);
}

/* memory */

/* gives: a pointer and an offset that one instruction can say, for so many bytes. */
static void
reach(struct ir_func *f, ir_val *ptr, int32_t *off, uint32_t bytes)
{
	if (*off >= INT16_MIN && *off + (int64_t)bytes <= INT16_MAX)
		return;
	*ptr = ir_bini(f, OP_ADD, *ptr, *off);
	*off = 0;
}

static struct ir_insn *
reference(struct ir_func *f, enum ir_op op, int size, ir_val ptr, int32_t off)
{
	struct ir_insn *p;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		BUG("%s of %d bytes", ir_op[op].text, size);
	reach(f, &ptr, &off, (uint32_t)size);
	p = append(f, op);
	p->size = (uint8_t)size;
	p->a = ptr;
	p->off = off;
	return p;
}

ir_val
ir_load(struct ir_func *f, int size, ir_val ptr, int32_t off)
{
	struct ir_insn *p = reference(f, OP_LOAD, size, ptr, off);

	return p->dst = fresh(f);
}

void
ir_store(struct ir_func *f, int size, ir_val ptr, int32_t off, ir_val v)
{
	struct ir_insn *p = reference(f, OP_STORE, size, ptr, off);

	p->b = v;
}

void
ir_storei(struct ir_func *f, int size, ir_val ptr, int32_t off, int32_t imm)
{
	struct ir_insn *p = reference(f, OP_STORE, size, ptr, off);

	p->has_imm = true;
	p->imm = imm;
}

static struct ir_insn *
atomic(struct ir_func *f, enum ir_op op, int size, ir_val ptr, int32_t off, ir_val v)
{
	struct ir_insn *p;

	if (size != 4 && size != 8)
		BUG("%s of %d bytes", ir_op[op].text, size);
	p = reference(f, op, size, ptr, off);
	p->b = v;
	return p;
}

void
ir_xadd(struct ir_func *f, int size, ir_val ptr, int32_t off, ir_val v)
{
	atomic(f, OP_XADD, size, ptr, off, v);
}

ir_val
ir_fadd(struct ir_func *f, int size, ir_val ptr, int32_t off, ir_val v)
{
	struct ir_insn *p = atomic(f, OP_FADD, size, ptr, off, v);

	return p->dst = fresh(f);
}

ir_val
ir_xchg(struct ir_func *f, int size, ir_val ptr, int32_t off, ir_val v)
{
	struct ir_insn *p = atomic(f, OP_XCHG, size, ptr, off, v);

	return p->dst = fresh(f);
}

ir_val
ir_cmpxchg(struct ir_func *f, int size, ir_val ptr, int32_t off, ir_val expected,
    ir_val newval)
{
	struct ir_insn *p = atomic(f, OP_CMPXCHG, size, ptr, off, newval);

	p->c = expected;
	return p->dst = fresh(f);
}

void
ir_zero(struct ir_func *f, ir_val ptr, int32_t off, uint32_t bytes)
{
	for (uint32_t done = 0, n; done < bytes; done += n) {
		ir_val q = ptr;
		int32_t o = off + (int32_t)done;
		struct ir_insn *p;

		n = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
		reach(f, &q, &o, n);
		p = append(f, OP_ZERO);
		p->a = q;
		p->off = o;
		p->imm = n;
	}
}

void
ir_copy(struct ir_func *f, ir_val dst, int32_t dst_off, ir_val src, int32_t src_off,
    uint32_t bytes)
{
	for (uint32_t done = 0, n; done < bytes; done += n) {
		ir_val to = dst, from = src;
		int32_t to_off = dst_off + (int32_t)done;
		int32_t from_off = src_off + (int32_t)done;
		struct ir_insn *p;

		n = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
		reach(f, &to, &to_off, n);
		reach(f, &from, &from_off, n);
		p = append(f, OP_COPY);
		p->a = to;
		p->off = to_off;
		p->b = from;
		p->off2 = from_off;
		p->imm = n;
		p->tmp = fresh(f);
	}
}

int
ir_frame(struct ir_func *f, uint32_t bytes)
{
	f->frame_bytes += (bytes + 7) & ~7u;
	return -(int)f->frame_bytes;
}

ir_val
ir_fp(struct ir_func *f, int frame_object)
{
	struct ir_insn *p = append(f, OP_FP);

	p->off = frame_object;
	return p->dst = fresh(f);
}

ir_val
ir_map(struct ir_func *f, int map)
{
	struct ir_insn *p = append(f, OP_MAP);

	p->imm = map;
	return p->dst = fresh(f);
}

ir_val
ir_map_value(struct ir_func *f, int map, int32_t off)
{
	struct ir_insn *p = append(f, OP_MAPVAL);

	p->imm = map;
	p->off2 = off;
	return p->dst = fresh(f);
}

/* control */

ir_label
ir_label_new(struct ir_func *f)
{
	return f->nlabel++;
}

void
ir_place(struct ir_func *f, ir_label label)
{
	append(f, OP_LABEL)->label = label;
}

void
ir_jmp(struct ir_func *f, ir_label label)
{
	append(f, OP_JMP)->label = label;
}

void
ir_jcc(struct ir_func *f, enum ir_op cond, ir_val a, ir_val b, ir_label label)
{
	struct ir_insn *p;

	if (ir_op[cond].shape != SHAPE_JCC)
		BUG("%s is not a condition", ir_op[cond].text);
	p = append(f, cond);
	p->a = a;
	p->b = b;
	p->label = label;
}

void
ir_jcci(struct ir_func *f, enum ir_op cond, ir_val a, int64_t imm, ir_label label)
{
	struct ir_insn *p;

	if (!ir_fits_s32(imm)) {
		ir_jcc(f, cond, a, ir_const(f, imm), label);
		return;
	}
	ir_jcc(f, cond, a, IR_NONE, label);
	p = &f->insn[f->ninsn - 1];
	p->has_imm = true;
	p->imm = imm;
}

void
ir_ret(struct ir_func *f, ir_val v)
{
	append(f, OP_RET)->a = v;
}

void
ir_reti(struct ir_func *f, int64_t imm)
{
	ir_ret(f, ir_const(f, imm));
}

ir_label
ir_loop_begin(struct ir_func *f)
{
	ir_label begin = ir_label_new(f);

	ir_place(f, begin);
	return begin;
}

void
ir_loop_end(struct ir_func *f, ir_label begin, ir_val counter, int64_t bound)
{
	ir_jcci(f, OP_JLT, counter, bound, begin);
}

/* calls */

static void
arguments(struct ir_func *f, struct ir_insn *p, int narg, va_list ap)
{
	if (narg < 0 || narg > ARGS_MAX)
		BUG("call with %d arguments", narg);
	p->arg = arena_alloc(f->arena, (size_t)narg * sizeof(*p->arg));
	p->narg = (uint8_t)narg;
	for (int i = 0; i < narg; i++)
		p->arg[i] = va_arg(ap, ir_val);
}

ir_val
ir_call(struct ir_func *f, int helper, int narg, ...)
{
	struct ir_insn *p = append(f, OP_CALL);
	va_list ap;

	va_start(ap, narg);
	arguments(f, p, narg, ap);
	va_end(ap);
	p->imm = helper;
	return p->dst = fresh(f);
}

ir_val
ir_fcall(struct ir_func *f, struct ir_func *callee, int narg, ...)
{
	struct ir_insn *p = append(f, OP_FCALL);
	va_list ap;

	if (narg != callee->narg)
		BUG("%s takes %d arguments, not %d", callee->name, callee->narg, narg);
	va_start(ap, narg);
	arguments(f, p, narg, ap);
	va_end(ap);
	p->callee = callee;
	return p->dst = fresh(f);
}

ir_val
ir_pc(struct ir_func *f)
{
	struct ir_insn *p = append(f, OP_PC);

	return p->dst = fresh(f);
}

ir_val
ir_bound(struct ir_func *f, ir_val v, uint32_t max, ir_label out)
{
	ir_val bounded = ir_mov(f, v);

	ir_jcci(f, OP_JGT, bounded, max, out);
	return bounded;
}
