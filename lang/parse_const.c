/*
 * Integer constant expressions of declarations: dimensions, bit-fields, enumerators. They are
 * needed while parsing, before the checker, which folds those of clauses.
 */
#include <stdint.h>

#include "lang/parser.h"
#include "type/convert.h"

static bool
divide(enum token op, int64_t a, int64_t b, int64_t *v)
{
	if (b == 0 || (a == INT64_MIN && b == -1))
		return false;
	*v = op == TOK_DIV ? a / b : a % b;
	return true;
}

static bool
binary(enum token op, int64_t a, int64_t b, int64_t *v)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch ((int)op) {
	case TOK_ADD: *v = (int64_t)(ua + ub); return true;
	case TOK_SUB: *v = (int64_t)(ua - ub); return true;
	case TOK_MUL: *v = (int64_t)(ua * ub); return true;
	case TOK_DIV:
	case TOK_MOD: return divide(op, a, b, v);
	case TOK_BAND: *v = a & b; return true;
	case TOK_BOR: *v = a | b; return true;
	case TOK_XOR: *v = a ^ b; return true;
	case TOK_LSH: *v = (int64_t)(ua << (ub & 63)); return true;
	case TOK_RSH: *v = a >> (ub & 63); return true;
	case TOK_EQU: *v = a == b; return true;
	case TOK_NEQ: *v = a != b; return true;
	case TOK_LT: *v = a < b; return true;
	case TOK_LE: *v = a <= b; return true;
	case TOK_GT: *v = a > b; return true;
	case TOK_GE: *v = a >= b; return true;
	case TOK_LAND: *v = a && b; return true;
	case TOK_LOR: *v = a || b; return true;
	case TOK_LXOR: *v = !a != !b; return true;
	default: return false;
	}
}

static bool
unary(enum token op, int64_t a, int64_t *v)
{
	switch ((int)op) {
	case TOK_ADD: *v = a; return true;
	case TOK_SUB: *v = (int64_t)-(uint64_t)a; return true;
	case TOK_BNOT: *v = ~a; return true;
	case TOK_LNOT: *v = !a; return true;
	default: return false;
	}
}

static bool
inline_const(const struct parser *p, const char *name, int64_t *v)
{
	const struct node *n = map_get(&p->env->scope->inlines, name);

	if (n == NULL || n->b == NULL)
		return false;
	*v = (int64_t)n->b->val;
	return true;
}

bool
parse_const(struct parser *p, const struct node *n, int64_t *v)
{
	int64_t a, b;

	switch ((int)n->kind) {
	case NODE_INT:
		*v = (int64_t)n->val;
		return true;
	case NODE_IDENT:
		return inline_const(p, n->str, v) ||
		    type_find_enumerator(p->env->types, n->str, v);
	case NODE_SIZEOF:
		*v = n->ctype ? type_filled(n->ctype)->size_bytes : 0;
		return *v != 0;
	case NODE_CAST:
		if (!type_is_int(n->type) || !parse_const(p, n->a, &a))
			return false;
		*v = convert_int(n->type, a);
		return true;
	case NODE_UNARY:
		return parse_const(p, n->a, &a) && unary(n->op, a, v);
	case NODE_BINARY:
	case NODE_LOGIC:
		return parse_const(p, n->a, &a) && parse_const(p, n->b, &b) &&
		    binary(n->op, a, b, v);
	case NODE_COND:
		return parse_const(p, n->a, &a) && parse_const(p, a ? n->b : n->c, v);
	default:
		return false;
	}
}
