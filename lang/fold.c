/*
 * Constant folding. Values are computed in 64 bits and then wrapped to the type of the node, as
 * generated code does it. A node is rewritten in place, so its place in a list stays.
 */
#include "lang/fold.h"

#include "lang/diag.h"
#include "lang/token.h"
#include "type/convert.h"

static bool
is_const(const struct node *n)
{
	return n->kind == NODE_INT;
}

static void
become_int(struct node *n, uint64_t val)
{
	const struct type *t = n->type;

	n->kind = NODE_INT;
	n->val = type_is_int(t) ? (uint64_t)convert_int(t, (int64_t)val) : val;
	n->op = 0;
	n->a = n->b = n->c = NULL;
}

/* The chosen branch of ?: is already of the node's type: take its place. */
static void
become(struct node *n, const struct node *from)
{
	struct node *next = n->next;

	*n = *from;
	n->next = next;
}

static void
fold_unary(struct node *n)
{
	if (!is_const(n->a))
		return;
	uint64_t v = n->a->val;
	switch (n->op) {
	case TOK_SUB:
		become_int(n, -v);
		break;
	case TOK_BNOT:
		become_int(n, ~v);
		break;
	case TOK_LNOT:
		become_int(n, v == 0);
		break;
	}
}

static uint64_t
divide(const struct node *n, uint64_t a, uint64_t b)
{
	bool is_mod = n->op == TOK_MOD;

	if (b == 0)
		err_div_zero(n->pos);
	if (!type_is_signed(n->type))
		return is_mod ? a % b : a / b;
	if (b == UINT64_MAX)	/* INT64_MIN / -1 overflows */
		return is_mod ? 0 : -a;
	return (uint64_t)(is_mod ? (int64_t)a % (int64_t)b : (int64_t)a / (int64_t)b);
}

static bool
less(const struct node *n, uint64_t a, uint64_t b)
{
	return type_is_signed(n->a->type) ? (int64_t)a < (int64_t)b : a < b;
}

static void
fold_binary(struct node *n)
{
	if (!is_const(n->b))
		return;
	if (!is_const(n->a)) {
		if ((n->op == TOK_DIV || n->op == TOK_MOD) && n->b->val == 0)
			err_div_zero(n->pos);
		return;
	}
	uint64_t a = n->a->val, b = n->b->val, v = 0;
	switch (n->op) {
	case TOK_ADD:	v = a + b; break;
	case TOK_SUB:	v = a - b; break;
	case TOK_MUL:	v = a * b; break;
	case TOK_DIV:
	case TOK_MOD:	v = divide(n, a, b); break;
	case TOK_BAND:	v = a & b; break;
	case TOK_BOR:	v = a | b; break;
	case TOK_XOR:	v = a ^ b; break;
	case TOK_LSH:	v = a << (b & 63); break;
	case TOK_RSH:
		v = type_is_signed(n->type) ? (uint64_t)((int64_t)a >> (b & 63)) : a >> (b & 63);
		break;
	case TOK_EQU:	v = a == b; break;
	case TOK_NEQ:	v = a != b; break;
	case TOK_LT:	v = less(n, a, b); break;
	case TOK_LE:	v = !less(n, b, a); break;
	case TOK_GT:	v = less(n, b, a); break;
	case TOK_GE:	v = !less(n, a, b); break;
	default:	return;
	}
	become_int(n, v);
}

static void
fold_logic(struct node *n)
{
	if (!is_const(n->a))
		return;
	bool a = n->a->val != 0;
	if (n->op == TOK_LAND && !a)
		become_int(n, 0);
	else if (n->op == TOK_LOR && a)
		become_int(n, 1);
	else if (is_const(n->b))
		become_int(n, n->op == TOK_LXOR ? a != (n->b->val != 0) : n->b->val != 0);
}

/* op= with a constant zero on the right is no constant, but it is wrong already. */
static void
check_divisor(const struct node *n)
{
	if ((n->op == TOK_DIV || n->op == TOK_MOD) && is_const(n->b) && n->b->val == 0)
		err_div_zero(n->pos);
}

void
fold(struct node *n)
{
	if (n->kind == NODE_UNARY)
		fold_unary(n);
	else if (n->kind == NODE_BINARY)
		fold_binary(n);
	else if (n->kind == NODE_LOGIC)
		fold_logic(n);
	else if (n->kind == NODE_COND && is_const(n->a))
		become(n, n->a->val != 0 ? n->b : n->c);
	else if (n->kind == NODE_CAST && is_const(n->a) && type_is_scalar(n->type))
		become_int(n, n->a->val);
	else if (n->kind == NODE_ASSIGN)
		check_divisor(n);
}
