/*
 * Conditions compiled to jumps: predicates, if, ?:, && and ||, comparisons.
 */
#include "base/cleanup.h"
#include "gen/gen_private.h"
#include "lang/token.h"

static bool
is_comparison(unsigned token)
{
	return token == TOK_EQU || token == TOK_NEQ || token == TOK_LT || token == TOK_LE
	    || token == TOK_GT || token == TOK_GE;
}

bool
gen_is_truth(const struct node *n)
{
	return n->kind == NODE_LOGIC || (n->kind == NODE_UNARY && n->op == TOK_LNOT)
	    || (n->kind == NODE_BINARY && is_comparison(n->op));
}

/* The jump for a comparison, or for its opposite. */
enum ir_op
gen_jump_op(unsigned token, bool when, bool is_signed)
{
	static const struct {
		unsigned token;
		enum ir_op yes, no, signed_yes, signed_no;
	} row[] = {
		{ TOK_EQU, OP_JEQ, OP_JNE, OP_JEQ, OP_JNE },
		{ TOK_NEQ, OP_JNE, OP_JEQ, OP_JNE, OP_JEQ },
		{ TOK_LT, OP_JLT, OP_JGE, OP_JSLT, OP_JSGE },
		{ TOK_LE, OP_JLE, OP_JGT, OP_JSLE, OP_JSGT },
		{ TOK_GT, OP_JGT, OP_JLE, OP_JSGT, OP_JSLE },
		{ TOK_GE, OP_JGE, OP_JLT, OP_JSGE, OP_JSLT },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].token == token)
			return is_signed ? (when ? row[i].signed_yes : row[i].signed_no)
			    : when ? row[i].yes : row[i].no;
	BUG("comparison %u", token);
}

static void
gen_compare(struct gen_fn *fn, const struct node *n, bool when, ir_label label)
{
	enum ir_op op;
	ir_val a, b;

	if (type_is_string(n->a->type) || type_is_string(n->b->type)) {
		gen_string_cond(fn, n, when, label);
		return;
	}
	op = gen_jump_op(n->op, when, type_is_signed(n->a->type));
	if (n->b->kind == NODE_INT) {
		ir_jcci(fn->f, op, gen_expr(fn, n->a), (int64_t)n->b->val, label);
		return;
	}
	gen_two(fn, n, &a, &b);
	ir_jcc(fn->f, op, a, b, label);
}

/* a ^^ b: both are evaluated. */
static void
gen_lxor(struct gen_fn *fn, const struct node *n, bool when, ir_label label)
{
	const struct type *t = fn->g->priv->types->t_bool;
	ir_val a = gen_convert(fn, gen_expr(fn, n->a), n->a->type, t);
	ir_val b = gen_convert(fn, gen_expr(fn, n->b), n->b->type, t);

	ir_jcc(fn->f, when ? OP_JNE : OP_JEQ, a, b, label);
}

static void
gen_logic(struct gen_fn *fn, const struct node *n, bool when, ir_label label)
{
	/* a && b is false as soon as a is; a || b true */
	const bool settled = n->op == TOK_LOR;

	if (n->op == TOK_LXOR) {
		gen_lxor(fn, n, when, label);
	} else if (when == settled) {
		gen_cond(fn, n->a, settled, label);
		gen_cond(fn, n->b, settled, label);
	} else {
		ir_label skip = ir_label_new(fn->f);

		gen_cond(fn, n->a, settled, skip);
		gen_cond(fn, n->b, when, label);
		ir_place(fn->f, skip);
	}
}

void
gen_cond(struct gen_fn *fn, const struct node *n, bool when, ir_label label)
{
	uint32_t mark = fn->temp;

	ir_line(fn->f, n->pos.line);
	if (n->kind == NODE_LOGIC)
		gen_logic(fn, n, when, label);
	else if (n->kind == NODE_UNARY && n->op == TOK_LNOT)
		gen_cond(fn, n->a, !when, label);
	else if (gen_is_truth(n))
		gen_compare(fn, n, when, label);
	else
		ir_jcci(fn->f, when ? OP_JNE : OP_JEQ, gen_expr(fn, n), 0, label);
	fn->temp = mark;
}
