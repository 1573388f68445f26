/*
 * Values of expressions. A value is a 64-bit register, normalised: extended by the sign of its
 * type. Arithmetic is done in 64 bits and its result normalised again where it can leave the
 * type.
 */
#include "base/cleanup.h"
#include "gen/gen_private.h"
#include "lang/token.h"

/* A right operand so much deeper than the left one is computed first, so that the number of
 * values waiting stays small in any tree. */
enum { DEEPER = 8 };

static int
size_of(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_INT || t->kind == TYPE_ENUM ? (int)t->size_bytes : 8;
}

static ir_val
normalise(struct gen_fn *fn, ir_val v, const struct type *t)
{
	int size = size_of(t);

	return size == 8 ? v : ir_extend(fn->f, v, size, type_is_signed(t));
}

static bool
is_bool(struct gen_fn *fn, const struct type *t)
{
	return type_real(t) == fn->g->priv->types->t_bool;
}

ir_val
gen_convert(struct gen_fn *fn, ir_val v, const struct type *from, const struct type *to)
{
	int sf = size_of(from), st = size_of(to);

	if (is_bool(fn, to) && !is_bool(fn, from)) {
		ir_label yes = ir_label_new(fn->f);
		ir_val b = ir_const(fn->f, 1);

		ir_jcci(fn->f, OP_JNE, v, 0, yes);
		ir_seti(fn->f, b, 0);
		ir_place(fn->f, yes);
		return b;
	}
	if (st > sf && (!type_is_signed(from) || type_is_signed(to)))
		return v;
	if (st == sf && type_is_signed(from) == type_is_signed(to))
		return v;
	return normalise(fn, v, to);
}

static ir_val
gen_divide(struct gen_fn *fn, unsigned token, ir_val a, ir_val b, const struct type *t)
{
	ir_label ok = ir_label_new(fn->f);
	bool is_div = token == TOK_DIV;

	ir_jcci(fn->f, OP_JNE, b, 0, ok);
	gen_fault(fn, FAULT_DIVZERO, IR_NONE);
	ir_place(fn->f, ok);
	if (type_is_signed(t))
		return ir_bin(fn->f, is_div ? OP_SDIV : OP_SMOD, a, b);
	return ir_bin(fn->f, is_div ? OP_DIV : OP_MOD, a, b);
}

static enum ir_op
plain_op(unsigned token, bool is_signed)
{
	switch (token) {
	case TOK_ADD:
		return OP_ADD;
	case TOK_SUB:
		return OP_SUB;
	case TOK_MUL:
		return OP_MUL;
	case TOK_BAND:
		return OP_AND;
	case TOK_BOR:
		return OP_OR;
	case TOK_XOR:
		return OP_XOR;
	case TOK_LSH:
		return OP_LSH;
	case TOK_RSH:
		return is_signed ? OP_ARSH : OP_RSH;
	default:
		BUG("operator %u", token);
	}
}

ir_val
gen_binary(struct gen_fn *fn, unsigned token, ir_val a, ir_val b, const struct type *t)
{
	if (token == TOK_DIV || token == TOK_MOD)
		return normalise(fn, gen_divide(fn, token, a, b, t), t);
	return normalise(fn, ir_bin(fn->f, plain_op(token, type_is_signed(t)), a, b), t);
}

/* An operand that is a constant goes into the instruction. */
static ir_val
gen_binary_const(struct gen_fn *fn, unsigned token, ir_val a, int64_t b, const struct type *t)
{
	bool is_signed = type_is_signed(t);
	enum ir_op op;

	if (token == TOK_DIV || token == TOK_MOD) {
		if (b == 0)
			return gen_binary(fn, token, a, ir_const(fn->f, 0), t);
		op = token == TOK_DIV ? (is_signed ? OP_SDIV : OP_DIV)
		    : is_signed ? OP_SMOD : OP_MOD;
	} else {
		op = plain_op(token, is_signed);
		if (op == OP_LSH || op == OP_RSH || op == OP_ARSH)
			b &= 63;
	}
	return normalise(fn, ir_bini(fn->f, op, a, b), t);
}

void
gen_two(struct gen_fn *fn, const struct node *n, ir_val *a, ir_val *b)
{
	if (n->b->height > n->a->height + DEEPER) {
		*b = gen_expr(fn, n->b);
		*a = gen_expr(fn, n->a);
	} else {
		*a = gen_expr(fn, n->a);
		*b = gen_expr(fn, n->b);
	}
}

static ir_val
gen_arithmetic(struct gen_fn *fn, const struct node *n)
{
	ir_val a, b;

	if (n->b->kind == NODE_INT) {
		a = gen_expr(fn, n->a);
		return gen_binary_const(fn, n->op, a, (int64_t)n->b->val, n->type);
	}
	gen_two(fn, n, &a, &b);
	return gen_binary(fn, n->op, a, b, n->type);
}

static ir_val
gen_unary(struct gen_fn *fn, const struct node *n)
{
	ir_val a = gen_expr(fn, n->a);

	if (n->op == TOK_SUB)
		return normalise(fn, ir_neg(fn->f, a), n->type);
	return normalise(fn, ir_bini(fn->f, OP_XOR, a, -1), n->type);
}

/* 0 or 1 out of jumps. */
static ir_val
gen_truth(struct gen_fn *fn, const struct node *n)
{
	ir_label no = ir_label_new(fn->f), end = ir_label_new(fn->f);
	ir_val v;

	gen_cond(fn, n, false, no);
	v = ir_const(fn->f, 1);
	ir_jmp(fn->f, end);
	ir_place(fn->f, no);
	ir_seti(fn->f, v, 0);
	ir_place(fn->f, end);
	return v;
}

static ir_val
gen_conditional(struct gen_fn *fn, const struct node *n)
{
	ir_label no = ir_label_new(fn->f), end = ir_label_new(fn->f);
	ir_val v;

	gen_cond(fn, n->a, false, no);
	v = ir_mov(fn->f, gen_expr(fn, n->b));
	ir_jmp(fn->f, end);
	ir_place(fn->f, no);
	ir_set(fn->f, v, gen_expr(fn, n->c));
	ir_place(fn->f, end);
	return v;
}

/* The bits of a float → those of the double of this value, as far as that has an integer part. */
static ir_val
widen(struct gen_fn *fn, ir_val v)
{
	const int64_t bias = (int64_t)(1023 - 127) << 52;
	ir_val bits = ir_bini(fn->f, OP_AND, v, 0x7fffffff);
	ir_val sign = ir_bini(fn->f, OP_LSH, ir_bini(fn->f, OP_RSH, v, 31), 63);

	bits = ir_bin(fn->f, OP_ADD, ir_bini(fn->f, OP_LSH, bits, 29), ir_const(fn->f, bias));
	return ir_bin(fn->f, OP_OR, bits, sign);
}

static ir_val
gen_integer_part(struct gen_fn *fn, const struct node *n)
{
	const struct gen_at at = gen_bytes(fn, n);
	const int size = (int)type_real(n->type)->size_bytes;
	ir_val v = ir_load(fn->f, size, at.ptr, at.off);

	return ir_fcall(fn->f, gen_rt(fn->g, RT_TRUNC), 1, size == 4 ? widen(fn, v) : v);
}

static ir_val
gen_cast(struct gen_fn *fn, const struct node *n)
{
	ir_val v;

	if (gen_is_string_address(n))
		return gen_string_address(fn, n);
	if (type_is_float(n->a->type))
		return gen_convert(fn, gen_integer_part(fn, n->a), fn->g->priv->types->t_int64,
		    n->type);
	v = gen_expr(fn, n->a);
	if (!type_is_scalar(n->type))
		return v;	/* (void)x */
	return gen_convert(fn, v, n->a->type, n->type);
}

/* `a OP= b`: a's value before and the one to store. */
static ir_val
assigned_value(struct gen_fn *fn, const struct node *n, ir_val old, ir_val b)
{
	ir_val v = gen_convert(fn, old, n->a->type, n->ctype);

	v = b == IR_NONE ? gen_binary_const(fn, n->op, v, (int64_t)n->b->val, n->ctype)
	    : gen_binary(fn, n->op, v, b, n->ctype);
	return gen_convert(fn, v, n->ctype, n->a->type);
}

/* Of an assignment: what the place has now. */
static ir_val
value_of(struct gen_fn *fn, const struct node *place, ir_val v)
{
	return place->kind == NODE_BITS ? gen_bits_fit(fn, place, v) : v;
}

static ir_val
gen_assign_op(struct gen_fn *fn, const struct node *n)
{
	ir_val b = n->b->kind == NODE_INT ? IR_NONE : gen_expr(fn, n->b);
	const struct gen_ref place = gen_ref(fn, n->a, true);
	ir_val old = gen_ref_load(fn, &place), v = assigned_value(fn, n, old, b);

	gen_ref_store(fn, &place, v);
	return n->is_post ? old : value_of(fn, n->a, v);
}

ir_val
gen_assign(struct gen_fn *fn, const struct node *n)
{
	struct gen_ref place;
	ir_val v;

	if (n->op != 0)
		return gen_assign_op(fn, n);
	if (n->is_delete && n->a->kind == NODE_ELEM) {
		gen_elem_delete(fn, n->a);
		return ir_const(fn->f, 0);
	}
	if (type_is_string(n->a->type)) {
		gen_string_assign(fn, n);
		return IR_NONE;
	}
	if (type_is_bytes(n->a->type)) {
		gen_bytes_assign(fn, n);
		return IR_NONE;
	}
	v = gen_expr(fn, n->b);
	place = gen_ref(fn, n->a, true);
	gen_ref_store(fn, &place, v);
	return value_of(fn, n->a, v);
}

static ir_val
gen_arg(struct gen_fn *fn, unsigned idx, const struct type *t)
{
	return normalise(fn, ir_load(fn->f, 8, fn->st, STATE_arg + 8 * (int32_t)idx), t);
}

/* What is somewhere, and of a type that has a value. */
static ir_val
gen_load(struct gen_fn *fn, const struct node *n)
{
	const struct gen_ref place = gen_ref(fn, n, false);

	return gen_ref_load(fn, &place);
}

/* An index below the number of elements. */
static ir_val
gen_bound(struct gen_fn *fn, const struct node *n)
{
	ir_label ok = ir_label_new(fn->f);
	ir_val v = gen_expr(fn, n->a);

	ir_jcci(fn->f, OP_JLT, v, (int64_t)n->val, ok);
	gen_fault(fn, FAULT_BADINDEX, v);
	ir_place(fn->f, ok);
	return v;
}

static ir_val
gen_kind(struct gen_fn *fn, const struct node *n)
{
	switch (n->kind) {
	case NODE_INT:
		return ir_const(fn->f, (int64_t)n->val);
	case NODE_VAR:
	case NODE_ELEM:
	case NODE_PART:
	case NODE_BITS:
	case NODE_DEREF:
		return gen_load(fn, n);
	case NODE_BOUND:
		return gen_bound(fn, n);
	case NODE_ARG:
		return gen_arg(fn, (unsigned)n->val, n->type);
	case NODE_BUILTIN:
		return gen_builtin(fn, n);
	case NODE_UNARY:
		return n->op == TOK_LNOT ? gen_truth(fn, n) : gen_unary(fn, n);
	case NODE_BINARY:
		return gen_is_truth(n) ? gen_truth(fn, n) : gen_arithmetic(fn, n);
	case NODE_LOGIC:
		return gen_truth(fn, n);
	case NODE_COND:
		return gen_conditional(fn, n);
	case NODE_ASSIGN:
		return gen_assign(fn, n);
	case NODE_COMMA:
		gen_discard(fn, n->a);
		return gen_expr(fn, n->b);
	case NODE_CAST:
		return gen_cast(fn, n);
	case NODE_CALL:
		return gen_call(fn, n);
	case NODE_INDEX:
		return gen_string_index(fn, n);
	default:
		BUG("no value: %s", node_name(n->kind));
	}
}

ir_val
gen_expr(struct gen_fn *fn, const struct node *n)
{
	uint32_t mark = fn->temp;
	ir_val v;

	ir_line(fn->f, n->pos.line);
	v = gen_kind(fn, n);
	fn->temp = mark;
	return v;
}

/* For what it does, not for its value. */
void
gen_discard(struct gen_fn *fn, const struct node *n)
{
	uint32_t mark = fn->temp;

	if (n->kind == NODE_ASSIGN)
		gen_assign(fn, n);
	else if (type_is_string(n->type))
		(void)gen_string(fn, n);
	else if (type_is_bytes(n->type) && n->kind != NODE_STR)
		(void)gen_bytes(fn, n);
	else
		(void)gen_expr(fn, n);
	fn->temp = mark;
}
