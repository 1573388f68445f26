/*
 * Expressions: precedence climbing for everything between ?: and the casts, recursive descent
 * for the rest.
 */
#include <stddef.h>

#include "lang/diag.h"
#include "lang/parser.h"
#include "type/spell.h"

/* D guide, "Operator Precedence": a higher level binds closer. All are left-associative. */
static const struct binary_row {
	unsigned level;		/* 0: no binary operator */
	enum node_kind kind;
} binary_table[TOK_MAX] = {
	[TOK_LOR] = { 1, NODE_LOGIC },
	[TOK_LXOR] = { 2, NODE_LOGIC },
	[TOK_LAND] = { 3, NODE_LOGIC },
	[TOK_BOR] = { 4, NODE_BINARY },
	[TOK_XOR] = { 5, NODE_BINARY },
	[TOK_BAND] = { 6, NODE_BINARY },
	[TOK_EQU] = { 7, NODE_BINARY }, [TOK_NEQ] = { 7, NODE_BINARY },
	[TOK_LT] = { 8, NODE_BINARY }, [TOK_LE] = { 8, NODE_BINARY },
	[TOK_GT] = { 8, NODE_BINARY }, [TOK_GE] = { 8, NODE_BINARY },
	[TOK_LSH] = { 9, NODE_BINARY }, [TOK_RSH] = { 9, NODE_BINARY },
	[TOK_ADD] = { 10, NODE_BINARY }, [TOK_SUB] = { 10, NODE_BINARY },
	[TOK_MUL] = { 11, NODE_BINARY }, [TOK_DIV] = { 11, NODE_BINARY },
	[TOK_MOD] = { 11, NODE_BINARY },
};

/* An assignment with an operator, and the operator. */
static const enum token assign_table[TOK_MAX] = {
	[TOK_ADD_EQ] = TOK_ADD, [TOK_SUB_EQ] = TOK_SUB, [TOK_MUL_EQ] = TOK_MUL,
	[TOK_DIV_EQ] = TOK_DIV, [TOK_MOD_EQ] = TOK_MOD, [TOK_AND_EQ] = TOK_BAND,
	[TOK_XOR_EQ] = TOK_XOR, [TOK_OR_EQ] = TOK_BOR, [TOK_LSH_EQ] = TOK_LSH,
	[TOK_RSH_EQ] = TOK_RSH,
};

/* Later passes recurse over children: keep the tree low. */
static void
raise(struct node *n, const struct node *child)
{
	for (; child != NULL; child = child->next)
		if (child->height >= n->height)
			n->height = (uint16_t)(child->height + 1);
	if (n->height > NODE_HEIGHT_MAX)
		err_too_deep(n->pos);
}

static struct node *
new_node(struct parser *p, enum node_kind kind, struct pos pos, struct node *a, struct node *b)
{
	struct node *n = node_new(p->env->arena, kind, pos);

	n->a = a;
	n->b = b;
	raise(n, a);
	raise(n, b);
	return n;
}

static struct node *
new_int(struct parser *p, struct pos pos, uint64_t val, const struct type *type)
{
	struct node *n = node_new(p->env->arena, NODE_INT, pos);

	n->val = val;
	n->type = type;
	return n;
}

static struct node *
new_str(struct parser *p, enum node_kind kind, const struct lexeme *t)
{
	struct node *n = node_new(p->env->arena, kind, t->pos);

	n->str = t->str;
	n->len = kind == NODE_STR ? t->len : 0;
	return n;
}

static struct node *parse_cast(struct parser *);

/* arguments: [assign {, assign}] */
static struct node *
parse_arguments(struct parser *p, enum token end)
{
	struct node_list l = {0};

	if (p->tok.kind == end)
		return NULL;
	do
		node_list_add(&l, parse_assign_expr(p));
	while (parser_accept(p, TOK_COMMA));
	return l.first;
}

/* offsetof ( type , member )   D guide, "Offsets"; known at once, so an INT. */
static struct node *
parse_offsetof(struct parser *p)
{
	struct pos pos = parser_expect(p, TOK_OFFSETOF).pos;
	const struct type_member *m;
	const struct type *t;
	struct lexeme name;
	uint32_t off;

	parser_expect(p, TOK_LPAR);
	t = parse_type_name(p);
	parser_expect(p, TOK_COMMA);
	name = parser_expect(p, TOK_IDENT);
	parser_expect(p, TOK_RPAR);
	if (type_real(t)->kind != TYPE_STRUCT && type_real(t)->kind != TYPE_UNION)
		err_offsetof_type(pos, type_spell(p->env->arena, t));
	if (!type_filled(t)->is_complete)
		err_decl_incomplete(pos, type_spell(p->env->arena, t));
	if ((m = type_member(t, name.str, &off)) == NULL)
		err_type_member(name.pos, name.str, type_spell(p->env->arena, t));
	if (m->bits != 0)
		err_offsetof_bitfield(name.pos, name.str);
	return new_int(p, pos, off / 8, p->env->types->t_size);
}

/* ( expr )   The ( is consumed. */
static struct node *
parse_rest_of_parens(struct parser *p)
{
	struct node *n = parse_expr(p);

	parser_expect(p, TOK_RPAR);
	n->in_parens = true;
	return n;
}

/* primary: IDENT | self | this | @name | INT | STR | offsetof(…) | xlate … | ( expr ) */
static struct node *
parse_primary(struct parser *p)
{
	struct lexeme t = p->tok;

	switch ((int)t.kind) {
	case TOK_IDENT:
	case TOK_SELF:
	case TOK_THIS:
		parser_next(p);
		return new_str(p, NODE_IDENT, &t);
	case TOK_AGG:
		parser_next(p);
		return new_str(p, NODE_AGGREF, &t);
	case TOK_STR:
		parser_next(p);
		return new_str(p, NODE_STR, &t);
	case TOK_INT:
		parser_next(p);
		return new_int(p, t.pos, t.val, t.type);
	case TOK_OFFSETOF:
		return parse_offsetof(p);
	case TOK_RETURN:	/* the name of an action */
		parser_next(p);
		return new_str(p, NODE_IDENT, &t);
	case TOK_XLATE:
		return parse_xlate(p);
	case TOK_LPAR:
		parser_next(p);
		return parse_rest_of_parens(p);
	default:
		parser_syntax(p);
	}
}

/* call: IDENT ( arguments ) */
static struct node *
parse_call(struct parser *p, struct node *f)
{
	if (f->kind != NODE_IDENT || f->in_parens)
		err_func_ident(f->pos);
	parser_expect(p, TOK_LPAR);
	f->kind = NODE_CALL;
	f->list = parse_arguments(p, TOK_RPAR);
	raise(f, f->list);
	parser_expect(p, TOK_RPAR);
	return f;
}

/* [ arguments ]: the keys of an aggregation, or an index that the checker sorts out */
static struct node *
parse_index(struct parser *p, struct node *a)
{
	struct pos pos = parser_expect(p, TOK_LBRAC).pos;
	struct node *n;

	if (a->kind == NODE_AGGREF && a->list == NULL && !a->in_parens)
		n = a;
	else
		n = new_node(p, NODE_INDEX, pos, a, NULL);
	n->list = parse_arguments(p, TOK_EOF);
	raise(n, n->list);
	parser_expect(p, TOK_RBRAC);
	return n;
}

static struct node *
new_incdec(struct parser *p, const struct lexeme *t, struct node *a, bool is_post)
{
	struct node *one = new_int(p, t->pos, 1, p->env->types->t_int);
	struct node *n = new_node(p, NODE_ASSIGN, t->pos, a, one);

	n->op = t->kind == TOK_INC ? TOK_ADD : TOK_SUB;
	n->is_post = is_post;
	return n;
}

/* postfix: primary { [arguments] | (arguments) | . IDENT | -> IDENT | ++ | -- } */
static struct node *
parse_postfix(struct parser *p, struct node *n)
{
	struct lexeme t;

	for (;;) {
		switch ((int)p->tok.kind) {
		case TOK_LBRAC:
			n = parse_index(p, n);
			break;
		case TOK_LPAR:
			n = parse_call(p, n);
			break;
		case TOK_DOT:
		case TOK_ARROW:
			t = parser_next(p);
			n = new_node(p, NODE_MEMBER, t.pos, n, NULL);
			n->is_arrow = t.kind == TOK_ARROW;
			n->str = parser_expect(p, TOK_IDENT).str;
			break;
		case TOK_INC:
		case TOK_DEC:
			t = parser_next(p);
			n = new_incdec(p, &t, n, true);
			break;
		default:
			return n;
		}
	}
}

static struct node *parse_unary(struct parser *);

/* sizeof unary | sizeof ( type ) */
static struct node *
parse_sizeof(struct parser *p)
{
	struct pos pos = parser_expect(p, TOK_SIZEOF).pos;
	struct node *n;

	if (p->tok.kind != TOK_LPAR)
		return new_node(p, NODE_SIZEOF, pos, parse_unary(p), NULL);
	parser_next(p);
	if (!parse_is_type(p))
		return new_node(p, NODE_SIZEOF, pos,
		    parse_postfix(p, parse_rest_of_parens(p)), NULL);
	n = node_new(p->env->arena, NODE_SIZEOF, pos);
	n->ctype = parse_type_name(p);
	parser_expect(p, TOK_RPAR);
	return n;
}

/* unary: postfix | ++ unary | -- unary | (& * + - ~ !) cast | sizeof … | stringof unary */
static struct node *
parse_unary_inner(struct parser *p)
{
	struct lexeme t = p->tok;
	struct node *n;

	switch ((int)t.kind) {
	case TOK_INC:
	case TOK_DEC:
		parser_next(p);
		return new_incdec(p, &t, parse_unary(p), false);
	case TOK_ADD:
	case TOK_SUB:
	case TOK_BNOT:
	case TOK_LNOT:
		parser_next(p);
		n = new_node(p, NODE_UNARY, t.pos, parse_cast(p), NULL);
		n->op = (uint16_t)t.kind;
		return n;
	case TOK_MUL:
		parser_next(p);
		return new_node(p, NODE_DEREF, t.pos, parse_cast(p), NULL);
	case TOK_BAND:
		parser_next(p);
		return new_node(p, NODE_ADDROF, t.pos, parse_cast(p), NULL);
	case TOK_SIZEOF:
		return parse_sizeof(p);
	case TOK_STRINGOF:
		parser_next(p);
		return new_node(p, NODE_STRINGOF, t.pos, parse_unary(p), NULL);
	default:
		return parse_postfix(p, parse_primary(p));
	}
}

/* Every way to nest an expression leads through here or parse_cond_expr(). */
static struct node *
parse_unary(struct parser *p)
{
	struct node *n;

	parser_enter(p);
	n = parse_unary_inner(p);
	parser_leave(p);
	return n;
}

/* cast: ( type ) cast | unary */
static struct node *
parse_cast(struct parser *p)
{
	struct pos pos = p->tok.pos;
	const struct type *type;
	struct node *n;

	if (p->tok.kind != TOK_LPAR)
		return parse_unary(p);
	parser_enter(p);
	parser_next(p);
	if (parse_is_type(p)) {
		type = parse_type_name(p);
		parser_expect(p, TOK_RPAR);
		n = new_node(p, NODE_CAST, pos, parse_cast(p), NULL);
		n->type = type;
	} else {
		n = parse_postfix(p, parse_rest_of_parens(p));
	}
	parser_leave(p);
	return n;
}

/* binary: cast { operator of at least this level, binary of a higher one } */
static struct node *
parse_binary(struct parser *p, unsigned level)
{
	struct node *n = parse_cast(p);

	while (binary_table[p->tok.kind].level >= level) {
		struct lexeme t = parser_next(p);
		const struct binary_row *r = &binary_table[t.kind];

		n = new_node(p, r->kind, t.pos, n, parse_binary(p, r->level + 1));
		n->op = (uint16_t)t.kind;
	}
	return n;
}

/* cond: binary [? expr : cond] */
struct node *
parse_cond_expr(struct parser *p)
{
	struct node *n = parse_binary(p, 1);
	struct lexeme t;

	if (p->tok.kind != TOK_QUESTION)
		return n;
	parser_enter(p);
	t = parser_next(p);
	n = new_node(p, NODE_COND, t.pos, n, parse_expr(p));
	parser_expect(p, TOK_COLON);
	n->c = parse_cond_expr(p);
	raise(n, n->c);
	parser_leave(p);
	return n;
}

/* The grammar wants a unary expression left of an assignment; whether it is a place is checked. */
static bool
is_unary(const struct node *n)
{
	return n->in_parens || (n->kind != NODE_BINARY && n->kind != NODE_LOGIC &&
	    n->kind != NODE_COND && n->kind != NODE_CAST);
}

/* assign: cond | unary = assign | unary op= assign */
struct node *
parse_assign_expr(struct parser *p)
{
	struct node *n = parse_cond_expr(p);
	enum token k = p->tok.kind;
	struct lexeme t;

	if (k != TOK_ASGN && assign_table[k] == TOK_EOF)
		return n;
	if (!is_unary(n))
		parser_syntax(p);
	parser_enter(p);
	t = parser_next(p);
	n = new_node(p, NODE_ASSIGN, t.pos, n, parse_assign_expr(p));
	n->op = (uint16_t)assign_table[k];
	parser_leave(p);
	return n;
}

/* expr: assign {, assign} */
struct node *
parse_expr(struct parser *p)
{
	struct node *n = parse_assign_expr(p);

	while (p->tok.kind == TOK_COMMA) {
		struct pos pos = parser_next(p).pos;

		n = new_node(p, NODE_COMMA, pos, n, parse_assign_expr(p));
	}
	return n;
}
