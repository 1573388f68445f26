/*
 * String values. Strings are made where they are wanted: a field of the record, an element of a
 * key, or a temporary. Reading helpers do the copying: they stop at the NUL, give the length, and
 * read kernel memory (our own maps) and the process's alike.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "lang/token.h"

/* Constants come with and without a conversion to string around them. */
const struct node *
gen_string_constant(const struct node *n)
{
	while (n->kind == NODE_CAST && type_is_string(n->type)
	    && (n->a->kind == NODE_STR || type_is_string(n->a->type)))
		n = n->a;
	return n->kind == NODE_STR ? n : NULL;
}

/* Up to the first NUL, as much as a string can hold. */
static uint32_t
constant_len(const struct gen_fn *fn, const struct node *n)
{
	return (uint32_t)strnlen(n->str, fn->g->opts.strsize - 1);
}

/* Bytes of a constant as the machine loads them; zeros behind its end. */
static int64_t
constant_bytes(const struct node *n, uint32_t len, uint32_t at, uint32_t size)
{
	uint64_t v = 0;

	if (at < len)
		memcpy(&v, n->str + at, len - at < size ? len - at : size);
	return (int64_t)v;
}

static ir_val
store_constant(struct gen_fn *fn, const struct node *n, int32_t off)
{
	uint32_t len = constant_len(fn, n);

	for (uint32_t i = 0; i <= len; i += 8)
		ir_store(fn->f, 8, fn->st, off + (int32_t)i,
		    ir_const(fn->f, constant_bytes(n, len, i, 8)));
	return ir_const(fn->f, len + 1);
}

/* The first bytes of a string that may be NULL say so; a copy stops at the first. */
static ir_val
copy_place(struct gen_fn *fn, const struct node *n, struct gen_at dst, struct gen_at src)
{
	if (gen_null_may_be(n))
		gen_null_copy(fn, dst, src);
	return gen_string_copy(fn, dst, src);
}

ir_val
gen_string_copy(struct gen_fn *fn, struct gen_at dst, struct gen_at src)
{
	ir_val from = gen_at_ptr(fn, src);

	return gen_read(fn, BPF_FUNC_probe_read_kernel_str, dst,
	    ir_const(fn->f, fn->g->opts.strsize), from);
}

/* What a read has given, as the length of what is there. The length of an empty string is 0 on older
 * kernels (6.12 is one), and of what is read of any string when size is 0. */
static ir_val
string_read(struct gen_fn *fn, ir_val addr, ir_val len, ir_label ok)
{
	struct ir_func *f = fn->f;
	ir_label some = ir_label_new(f);

	ir_jcci(f, OP_JSGE, len, 0, ok);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
	ir_jcci(f, OP_JNE, len, 0, some);
	ir_seti(f, len, 1);
	ir_place(f, some);
	return len;
}

static ir_val
read_slowly(struct gen_fn *fn, enum rt rt, ir_val addr, ir_val size, int32_t off)
{
	ir_val state = ir_load(fn->f, 4, fn->st, STATE_level), at = ir_const(fn->f, off);

	return ir_fcall(fn->f, gen_rt(fn->g, rt), 4, state, at, size, addr);
}

/*
 * The string at an address of the process. What the first read can't get, a routine tries: kernel
 * memory, and, in programs that may sleep, what is paged out.
 */
static ir_val
read_user(struct gen_fn *fn, ir_val addr, ir_val size, int32_t off)
{
	const enum rt slow = fn->is_sleepable ? RT_STR_SLEEP : RT_STR_SLOW;
	ir_label ok = ir_label_new(fn->f);
	ir_val len = gen_read(fn, BPF_FUNC_probe_read_user_str, gen_state_at(fn, off), size, addr);

	ir_jcci(fn->f, OP_JSGE, len, 0, ok);
	ir_set(fn->f, len, read_slowly(fn, slow, addr, size, off));
	return string_read(fn, addr, len, ok);
}

/* The string at an address: the kernel's when it is negative. To try the process's first would cost a
 * page fault, a microsecond. */
ir_val
gen_string_read(struct gen_fn *fn, ir_val addr, ir_val size, int32_t off)
{
	const struct gen_at at = gen_state_at(fn, off);
	struct ir_func *f = fn->f;
	ir_label user = ir_label_new(f), end = ir_label_new(f), ok = ir_label_new(f);
	ir_val len;

	ir_jcci(f, OP_JSGE, addr, 0, user);
	len = gen_read(fn, BPF_FUNC_probe_read_kernel_str, at, size, addr);
	ir_jmp(f, end);
	ir_place(f, user);
	ir_set(f, len, gen_read(fn, BPF_FUNC_probe_read_user_str, at, size, addr));
	if (fn->is_sleepable) {
		ir_jcci(f, OP_JSGE, len, 0, ok);
		ir_set(f, len, read_slowly(fn, RT_STR_SLEEP, addr, size, off));
	}
	ir_place(f, end);
	return string_read(fn, addr, len, ok);
}

/* copyinstr(addr [, max]): max counts the NUL. */
ir_val
gen_copyinstr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const uint32_t strsize = fn->g->opts.strsize;
	const struct node *max = args->next;
	ir_label capped = ir_label_new(fn->f);
	ir_val addr = gen_expr(fn, args), size;

	if (max == NULL || (max->kind == NODE_INT && max->val >= strsize))
		return read_user(fn, addr, ir_const(fn->f, strsize), off);
	size = ir_mov(fn->f, gen_expr(fn, max));
	ir_jcci(fn->f, OP_JLE, size, strsize, capped);
	ir_seti(fn->f, size, strsize);
	ir_place(fn->f, capped);
	ir_storei(fn->f, 8, fn->st, off, 0);	/* nothing is written when max is 0 */
	return read_user(fn, addr, size, off);
}

static ir_val
gen_cast_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	ir_val addr;

	if (type_is_string(n->a->type))
		return gen_string_into(fn, n->a, off, false);
	if (type_is_bytes(n->a->type))
		return gen_bytes_string(fn, n->a, off);
	addr = gen_expr(fn, n->a);
	return gen_string_read(fn, addr, ir_const(fn->f, fn->g->opts.strsize), off);
}

/* One of two strings of which the other may be NULL is told from it. */
static void
gen_branch_into(struct gen_fn *fn, const struct node *cond, const struct node *n, int32_t off)
{
	ir_val len = gen_string_into(fn, n, off, false);

	if (gen_null_may_be(cond))
		gen_null_not(fn, n, gen_state_at(fn, off), len);
}

static ir_val
gen_cond_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	ir_label no = ir_label_new(fn->f), end = ir_label_new(fn->f);

	gen_cond(fn, n->a, false, no);
	gen_branch_into(fn, n, n->b, off);
	ir_jmp(fn->f, end);
	ir_place(fn->f, no);
	gen_branch_into(fn, n, n->c, off);
	ir_place(fn->f, end);
	return IR_NONE;
}

static ir_val
gen_elem_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	ir_label none = ir_label_new(fn->f);
	struct gen_elem e = gen_elem(fn, n);

	ir_storei(fn->f, 8, fn->st, off, 0);
	ir_jcci(fn->f, OP_JEQ, e.ptr, 0, none);
	copy_place(fn, n, gen_state_at(fn, off), (struct gen_at){ e.ptr, 0 });
	ir_place(fn->f, none);
	return IR_NONE;
}

static ir_val
gen_kind_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	if (gen_string_constant(n) != NULL)
		return store_constant(fn, gen_string_constant(n), off);
	if (n->kind == NODE_CAST)
		return gen_cast_into(fn, n, off);
	if (n->kind == NODE_COND)
		return gen_cond_into(fn, n, off);
	if (n->kind == NODE_ELEM)
		return gen_elem_into(fn, n, off);
	if (n->kind == NODE_BUILTIN && n->bvar == BV_EXECNAME)
		return gen_execname(fn, off);
	if (gen_is_python(n))
		return gen_python_string(fn, n, off);
	if (n->kind == NODE_CALL)
		return gen_string_call(fn, n, off);
	if (n->kind == NODE_DEREF)
		return gen_string_read(fn, gen_expr(fn, n->a),
		    ir_const(fn->f, fn->g->opts.strsize), off);
	return copy_place(fn, n, gen_state_at(fn, off), gen_string(fn, n).at);
}

ir_val
gen_string_into(struct gen_fn *fn, const struct node *n, int32_t off, bool pads)
{
	uint32_t mark = fn->temp;
	ir_val len;

	ir_line(fn->f, n->pos.line);
	if (pads)
		gen_zero(fn, gen_state_at(fn, off), gen_string_bytes(fn->g));
	len = gen_kind_into(fn, n, off);
	if (pads && gen_null_may_be(n))
		gen_null_forget(fn, gen_state_at(fn, off));
	fn->temp = mark;
	return len;
}

/* Copying onto itself finds the NUL. */
ir_val
gen_string_len_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	ir_val len = gen_string_into(fn, n, off, false);

	if (len == IR_NONE)
		len = gen_string_copy(fn, gen_state_at(fn, off), gen_state_at(fn, off));
	return len;
}

struct gen_str
gen_string(struct gen_fn *fn, const struct node *n)
{
	int32_t off;
	ir_val len;

	ir_line(fn->f, n->pos.line);
	if (n->kind == NODE_VAR)
		return (struct gen_str){ gen_var_at(fn, n->var), IR_NONE };
	if (n->kind == NODE_PART)
		return (struct gen_str){ gen_part_at(fn, n, false), IR_NONE };
	if (gen_is_probe_name(n))
		return gen_probe_name(fn, n);
	if (n->kind == NODE_CAST && type_is_string(n->a->type))
		return gen_string(fn, n->a);
	if (n->kind == NODE_COMMA) {
		gen_discard(fn, n->a);
		return gen_string(fn, n->b);
	}
	if (n->kind == NODE_ASSIGN) {
		gen_assign(fn, n);
		return gen_string(fn, n->a);
	}
	off = gen_temp(fn, gen_string_bytes(fn->g));
	len = gen_string_into(fn, n, off, false);
	return (struct gen_str){ gen_state_at(fn, off), len };
}

static int32_t
string_slot(struct gen_fn *fn, const struct node *n, struct gen_at at)
{
	int32_t off;

	if (at.ptr == fn->st)
		return at.off;
	off = gen_temp(fn, gen_string_bytes(fn->g));
	copy_place(fn, n, gen_state_at(fn, off), at);
	return off;
}

int32_t
gen_string_slot(struct gen_fn *fn, const struct node *n)
{
	return string_slot(fn, n, gen_string(fn, n).at);
}

/* ---- arguments of functions: NULL is an invalid address ---- */

struct gen_str
gen_string_arg(struct gen_fn *fn, const struct node *n)
{
	struct gen_str s = gen_string(fn, n);

	gen_null_refuse(fn, n, s.at);
	return s;
}

int32_t
gen_string_arg_slot(struct gen_fn *fn, const struct node *n)
{
	return string_slot(fn, n, gen_string_arg(fn, n).at);
}

ir_val
gen_string_arg_into(struct gen_fn *fn, const struct node *n, int32_t off)
{
	ir_val len = gen_string_len_into(fn, n, off);

	gen_null_refuse(fn, n, gen_state_at(fn, off));
	if (gen_null_may_be(n))		/* what the function makes of it is no variable's value */
		gen_null_forget(fn, gen_state_at(fn, off));
	return len;
}

/* The value is complete before the variable changes: it may be made of it, or fault. */
void
gen_string_assign(struct gen_fn *fn, const struct node *n)
{
	struct gen_at dst;
	int32_t off;
	ir_val len;

	if (n->a->kind == NODE_ELEM) {
		off = gen_string_slot(fn, n->b);
		gen_null_not(fn, n->b, gen_state_at(fn, off), IR_NONE);
		gen_elem_store_from(fn, n->a, off);
	} else if (n->a->kind == NODE_DEREF) {
		off = gen_string_slot(fn, n->b);
		gen_scratch_write(fn, gen_expr(fn, n->a->a), gen_state_at(fn, off),
		    fn->g->opts.strsize);
	} else {
		struct gen_at src = gen_string(fn, n->b).at;

		dst = n->a->kind == NODE_PART ? gen_part_at(fn, n->a, true)
		    : gen_var_at(fn, n->a->var);
		len = copy_place(fn, n->b, dst, src);
		gen_null_not(fn, n->b, dst, len);
	}
}

/* Copying counts; and the length of what was just read is known. */
ir_val
gen_strlen(struct gen_fn *fn, const struct node *n)
{
	struct gen_str s = gen_string_arg(fn, n);
	int32_t off;

	if (s.len == IR_NONE) {
		off = gen_temp(fn, gen_string_bytes(fn->g));
		s.len = gen_string_copy(fn, gen_state_at(fn, off), s.at);
	}
	return ir_bini(fn->f, OP_SUB, s.len, 1);
}

/* ---- comparisons ---- */

/* Jumps to `differ` unless the string is the constant, its NUL included. */
static void
compare_constant(struct gen_fn *fn, const struct node *n, const struct node *c, ir_label differ)
{
	const uint32_t len = constant_len(fn, c);
	const struct gen_str s = gen_string(fn, n);

	if (len == 0) {
		gen_null_cond(fn, n, c, s.at, differ);
		return;
	}
	if (s.len != IR_NONE)
		ir_jcci(fn->f, OP_JNE, s.len, len + 1, differ);
	for (uint32_t i = 0, size; i <= len; i += size) {
		for (size = 8; size > len + 1 - i; )
			size /= 2;
		ir_jcci(fn->f, OP_JNE,
		    ir_load(fn->f, (int)size, s.at.ptr, s.at.off + (int32_t)i),
		    constant_bytes(c, len, i, size), differ);
	}
}

/* Names of probes have less room than a string: what is longer is no probe's name. */
static bool
can_be(const struct gen_fn *fn, const struct node *n, const struct node *c)
{
	return !gen_is_probe_name(n) || constant_len(fn, c) < PROBE_NAME_BYTES;
}

void
gen_string_cond(struct gen_fn *fn, const struct node *n, bool when, ir_label label)
{
	const struct node *c = gen_string_constant(n->b) != NULL ? gen_string_constant(n->b)
	    : gen_string_constant(n->a);
	const struct node *s = gen_string_constant(n->b) != NULL ? n->a : n->b;
	const bool on_equal = (n->op == TOK_EQU) == when;
	ir_label differ = ir_label_new(fn->f);
	int32_t slot_a, slot_b;
	ir_val state, a, b, order;

	if (c != NULL && (n->op == TOK_EQU || n->op == TOK_NEQ) && can_be(fn, s, c)) {
		compare_constant(fn, s, c, on_equal ? differ : label);
		if (on_equal) {
			ir_jmp(fn->f, label);
			ir_place(fn->f, differ);
		}
		return;
	}
	slot_a = gen_string_slot(fn, n->a);
	a = ir_const(fn->f, slot_a);
	slot_b = gen_string_slot(fn, n->b);
	b = ir_const(fn->f, slot_b);
	state = ir_load(fn->f, 4, fn->st, STATE_level);
	order = ir_fcall(fn->f, gen_rt(fn->g, RT_STRCMP), 3, state, a, b);
	gen_null_order(fn, n, order, slot_a, slot_b);
	ir_jcci(fn->f, gen_jump_op(n->op, when, true), order, 0, label);
}
