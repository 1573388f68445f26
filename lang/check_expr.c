/*
 * Operators: what their operands must be (D guide, "Types, Operators, and Expressions"), the
 * conversions that C and D make for them, and the type of the result. Values are folded as soon
 * as they are typed, so that every rule about constants sees them.
 */
#include "lang/checker.h"

#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/fold.h"
#include "lang/token.h"
#include "type/convert.h"
#include "type/spell.h"

const char *
spell(struct checker *c, const struct type *t)
{
	return type_spell(c->env->arena, t);
}

const char *
spell_node(struct checker *c, const struct node *n)
{
	return spell(c, is_array(n) ? n->type : value_type(c, n));
}

const struct type *
value_type(struct checker *c, const struct node *n)
{
	const struct type *t = type_real(n->type);

	if (t->kind == TYPE_ARRAY && type_is_strcompat(t))
		return c->types->t_string;
	t = n->type;
	while (t->kind == TYPE_TYPEDEF && t->name == NULL)	/* a copy is not const */
		t = t->base;
	return t;
}

bool
is_zero(const struct node *n)
{
	return n->kind == NODE_INT && n->val == 0;
}

bool
is_string(const struct node *n)
{
	return n->kind == NODE_STR || type_is_string(n->type);
}

bool
is_pointer(const struct node *n)
{
	return type_is_ptr(n->type) && n->kind != NODE_STR;
}

bool
is_assignable(const struct type *to, const struct node *n)
{
	if (is_zero(n) && (type_is_ptr(to) || type_is_string(to)))
		return true;
	return convert_assignable(to, n->type);
}

struct node *
convert(struct checker *c, struct node *n, const struct type *to)
{
	if (n->kind == NODE_STR && type_is_string(to)) {
		n->type = c->types->t_string;
		return n;
	}
	if (type_same(n->type, to))
		return n;
	if (is_array(n) && type_is_scalar(to))
		n = decay(c, n);

	struct node *cast = node_new(c->env->arena, NODE_CAST, n->pos);
	cast->type = to;
	cast->a = n;
	cast->next = n->next;
	n->next = NULL;
	fold(cast);
	return cast;
}

struct node *
convert_value(struct checker *c, struct node *n, const struct type *to)
{
	if (is_zero(n) && type_is_string(to)) {
		n->kind = NODE_STR;
		n->str = "";
		n->len = 0;
		n->is_null = true;
		n->type = c->types->t_string;
	}
	return convert(c, n, to);
}

/* n * size or n / size of a type, in 64 bits. */
static struct node *
by_size(struct checker *c, enum token op, struct node *n, const struct type *t)
{
	struct node *size = node_new(c->env->arena, NODE_INT, n->pos);
	struct node *result = node_new(c->env->arena, NODE_BINARY, n->pos);

	size->type = result->type = c->types->t_int64;
	size->val = t->size_bytes;
	result->op = (uint16_t)op;
	result->a = n;
	result->b = size;
	fold(result);
	return result;
}

/* pointer ± integer: the integer counts elements (C99 6.5.6). */
static void
scale(struct checker *c, struct node **p, const struct node *pointer, const char *op)
{
	const struct type *to = type_filled(type_real(pointer->type)->base);

	if (to->kind == TYPE_VOID || to->kind == TYPE_FUNC || to->size_bytes == 0)
		err_op_vfptr(pointer->pos, op, spell(c, pointer->type));
	*p = convert(c, *p, c->types->t_int64);
	if (to->size_bytes == 1)
		return;

	*p = by_size(c, TOK_MUL, *p, to);
}

/* A bit-field whose values all are those of an int, too, is one: C99 6.3.1.1. */
static const struct type *
promoted(struct checker *c, const struct node *n)
{
	const bool is_narrow = n->kind == NODE_BITS && n->len < 8 * c->types->t_int->size_bytes;

	return is_narrow ? c->types->t_int : convert_promote(c->types, n->type);
}

static const struct type *
usual(struct checker *c, const struct node *a, const struct node *b)
{
	return convert_usual(c->types, promoted(c, a), promoted(c, b));
}

static const struct type *
check_additive(struct checker *c, struct node *n, const char *op)
{
	bool is_int_a = type_is_int(n->a->type), is_int_b = type_is_int(n->b->type);

	if (is_int_a && is_int_b)
		return usual(c, n->a, n->b);
	if (is_pointer(n->a) && is_int_b) {
		scale(c, &n->b, n->a, op);
		return n->a->type;
	}
	if (is_int_a && is_pointer(n->b) && n->kind == NODE_BINARY && n->op == TOK_ADD) {
		scale(c, &n->a, n->b, op);
		return n->b->type;
	}
	err_op_incompat(n->pos, spell_node(c, n->a), op, spell_node(c, n->b));
}

const struct type *
check_arith(struct checker *c, struct node *n, const char *op)
{
	bool are_ints = type_is_int(n->a->type) && type_is_int(n->b->type);
	const struct type *t;

	switch (n->op) {
	case TOK_ADD:
	case TOK_SUB:
		t = check_additive(c, n, op);
		if (!are_ints)
			return t;
		break;
	case TOK_MUL:
	case TOK_DIV:
		if (!are_ints)
			err_op_arith(n->pos, op);
		t = usual(c, n->a, n->b);
		break;
	case TOK_LSH:
	case TOK_RSH:
		if (!are_ints)
			err_op_int(n->pos, op);
		n->b = convert(c, n->b, promoted(c, n->b));
		t = promoted(c, n->a);
		if (n->kind == NODE_BINARY)
			n->a = convert(c, n->a, t);
		return t;
	default:
		if (!are_ints)
			err_op_int(n->pos, op);
		t = usual(c, n->a, n->b);
		break;
	}
	/* The target of an assignment is converted where it is loaded. */
	if (n->kind == NODE_BINARY)
		n->a = convert(c, n->a, t);
	n->b = convert(c, n->b, t);
	return t;
}

/*
 * Comparisons: integers; strings with whatever holds one, by content; pointers to the same, or
 * to void, or 0. An integer and a pointer don't compare.
 */
static void
check_compare(struct checker *c, struct node *n, const char *op)
{
	const struct type *a = n->a->type, *b = n->b->type, *t;

	if (type_is_int(a) && type_is_int(b))
		t = usual(c, n->a, n->b);
	else if ((is_string(n->a) && (is_zero(n->b) || type_is_strcompat(b))) ||
	    (is_string(n->b) && (is_zero(n->a) || type_is_strcompat(a))))
		t = c->types->t_string;
	else if (is_pointer(n->a) && (is_zero(n->b) || convert_ptr_compat(a, b)))
		t = (n->a = decay(c, n->a))->type;
	else if (is_pointer(n->b) && is_zero(n->a))
		t = (n->b = decay(c, n->b))->type;
	else
		err_op_incompat(n->pos, spell_node(c, n->a), op, spell_node(c, n->b));

	n->a = convert_value(c, n->a, t);
	n->b = convert_value(c, n->b, t);
	n->type = c->types->t_int;
}

/* The distance of two pointers, in elements. */
static struct node *
check_distance(struct checker *c, struct node *n)
{
	const struct type *to = type_filled(type_real(n->a->type)->base);

	if (!convert_ptr_compat(n->a->type, n->b->type) || is_scratch_mix(n->a, n->b))
		err_op_incompat(n->pos, spell(c, n->a->type), "-", spell(c, n->b->type));
	if (to->size_bytes == 0)
		err_op_vfptr(n->pos, "-", spell(c, n->a->type));
	n->a = convert(c, n->a, c->types->t_int64);
	n->b = convert(c, n->b, c->types->t_int64);
	n->type = c->types->t_int64;
	n->next = NULL;
	fold(n);
	if (to->size_bytes == 1)
		return n;
	return by_size(c, TOK_DIV, n, to);
}

static bool
is_comparison(unsigned op)
{
	return op == TOK_EQU || op == TOK_NEQ || op == TOK_LT || op == TOK_LE || op == TOK_GT ||
	    op == TOK_GE;
}

/* Beside a value of an enumeration its constants need not be known otherwise: D guide, "Type and
 * Constant Definitions". */
static void
find_enumerator(struct checker *c, const struct type *t, struct node *ident)
{
	if (ident->kind != NODE_IDENT || type_real(t)->kind != TYPE_ENUM)
		return;
	t = type_filled(t);
	for (uint32_t i = 0; i < t->nenumerator; i++) {
		if (strcmp(t->enumerator[i].name, ident->str) != 0)
			continue;
		if (scope_find(c->env->scope, VAR_GLOBAL, ident->str) != NULL)
			err_ident_ambig(ident->pos, ident->str);
		ident->kind = NODE_INT;
		ident->type = c->types->t_int;
		ident->val = (uint64_t)t->enumerator[i].value;
		ident->str = NULL;
		return;
	}
}

static struct node *
check_binary(struct checker *c, struct node *n)
{
	const char *op = token_text((enum token)n->op);

	n->a = check_value(c, n->a, op);
	if (is_comparison(n->op))
		find_enumerator(c, n->a->type, n->b);
	n->b = check_value(c, n->b, op);
	if (is_comparison(n->op)) {
		check_compare(c, n, op);
		fold(n);
		return n;
	}
	n->a = decay(c, n->a);
	n->b = decay(c, n->b);
	if (n->op == TOK_SUB && is_pointer(n->a) && is_pointer(n->b))
		return check_distance(c, n);
	n->type = check_arith(c, n, op);
	fold(n);
	return n;
}

static struct node *
check_logic(struct checker *c, struct node *n)
{
	const char *op = token_text((enum token)n->op);

	n->a = check_value(c, n->a, op);
	n->b = check_value(c, n->b, op);
	if (!type_is_scalar(n->a->type) || !type_is_scalar(n->b->type))
		err_op_scalar(n->pos, op);
	n->type = c->types->t_int;
	fold(n);
	return n;
}

static struct node *
check_unary(struct checker *c, struct node *n)
{
	const char *op = token_text((enum token)n->op);

	n->a = check_value(c, n->a, op);
	const struct type *t = n->a->type;
	if (n->op == TOK_LNOT) {
		if (!type_is_scalar(t))
			err_op_scalar(n->pos, op);
		n->type = c->types->t_int;
		fold(n);
		return n;
	}
	if (!type_is_int(t)) {
		if (n->op == TOK_BNOT)
			err_op_int(n->pos, op);
		err_op_arith(n->pos, op);
	}
	n->type = promoted(c, n->a);
	n->a = convert(c, n->a, n->type);
	if (n->op == TOK_ADD)
		return n->a;
	fold(n);
	return n;
}

static bool
is_action(const struct node *n)
{
	return n->kind == NODE_CALL && n->fn->kind != BUILTIN_FUNC;
}

/* Bytes are a value where they can be copied from. */
static bool
is_place(const struct node *n)
{
	return is_own(n) || n->kind == NODE_DEREF || n->kind == NODE_ASSIGN ||
	    n->kind == NODE_COMMA || (n->kind == NODE_ARG && type_is_float(n->type));
}

/* What is not scalar, no string and nowhere in memory has no value. */
void
require_value(struct checker *c, const struct node *n, const char *op)
{
	const struct type *t = type_real(n->type);

	if (is_action(n))
		err_cg_expr(n->pos, n->fn->name);
	if (t->kind == TYPE_DYN)
		err_op_dyn(n->pos, op);
	if (n->kind == NODE_XLATE)
		err_xlate_value(n->pos);
	if (!type_is_scalar(t) && !type_is_string(t) && n->kind != NODE_STR &&
	    !(type_is_bytes(t) && is_place(n)))
		err_unsupported(n->pos, arena_printf(c->env->arena, "a value of type %s is",
		    spell(c, n->type)));
}

struct node *
check_value(struct checker *c, struct node *n, const char *op)
{
	n = check_expr(c, n);
	require_value(c, n, op);
	return n;
}

/* An operand of ?: — an action there has a tag of its own. */
static struct node *
check_branch(struct checker *c, struct node *n, const char *op)
{
	n = check_expr(c, n);
	if (is_action(n))
		err_op_act(n->pos, op);
	require_value(c, n, op);
	return n;
}

static struct node *
check_cond(struct checker *c, struct node *n)
{
	n->a = check_value(c, n->a, "?:");
	if (!type_is_scalar(n->a->type))
		err_op_scalar(n->pos, "?:");
	n->b = check_branch(c, n->b, "?:");
	n->c = check_branch(c, n->c, "?:");

	if (is_scratch_mix(n->b, n->c))
		err_cond_incompat(n->pos);
	const struct type *b = n->b->type, *e = n->c->type;
	if (type_is_int(b) && type_is_int(e))
		n->type = usual(c, n->b, n->c);
	else if ((is_string(n->b) && (is_zero(n->c) || type_is_strcompat(e))) ||
	    (is_string(n->c) && (is_zero(n->b) || type_is_strcompat(b))))
		n->type = c->types->t_string;
	else if (is_pointer(n->b) && (is_zero(n->c) || convert_ptr_compat(b, e)))
		n->type = (n->b = decay(c, n->b))->type;
	else if (is_pointer(n->c) && is_zero(n->b))
		n->type = (n->c = decay(c, n->c))->type;
	else
		err_cond_incompat(n->pos);

	n->b = convert_value(c, n->b, n->type);
	n->c = convert_value(c, n->c, n->type);
	fold(n);
	return n;
}

/* An operand of a comma may be the call of a function that gives nothing. */
static struct node *
check_side(struct checker *c, struct node *n)
{
	n = check_expr(c, n);
	if (is_action(n))
		err_op_act(n->pos, ",");
	if (type_real(n->type)->kind != TYPE_VOID)
		require_value(c, n, ",");
	return n->kind == NODE_STR ? convert(c, n, c->types->t_string) : n;
}

static struct node *
check_comma(struct checker *c, struct node *n)
{
	n->a = check_side(c, n->a);
	n->b = check_side(c, n->b);
	n->type = n->b->type;
	return n;
}

/* A cast that is written: anything scalar to scalar, to string what stringof takes, and a
 * floating-point number to an integer. */
static struct node *
check_cast(struct checker *c, struct node *n)
{
	const struct type *to = n->type;

	n->a = check_value(c, n->a, "( )");
	if (type_real(to)->kind == TYPE_ENUM && !type_real(to)->is_complete)
		err_decl_incomplete(n->pos, spell(c, to));
	if (type_is_scalar(to))
		n->a = decay(c, n->a);
	bool is_from_scalar = type_is_scalar(n->a->type) ||
	    (type_is_float(n->a->type) && type_is_int(to));
	if (type_is_string(to) ? !is_from_scalar && !type_is_strcompat(n->a->type) :
	    !type_is_scalar(to) || !is_from_scalar)
		err_cast_inval(n->pos, spell_node(c, n->a), spell(c, to));
	n = convert(c, n->a, to);
	n->type = to;
	return n;
}

static struct node *
check_stringof(struct checker *c, struct node *n)
{
	n->a = check_expr(c, n->a);
	if (!type_is_scalar(n->a->type) && !type_is_strcompat(n->a->type))
		err_stringof_type(n->pos, spell_node(c, n->a));
	require_value(c, n->a, "stringof");
	return convert(c, n->a, c->types->t_string);
}

static struct node *
check_sizeof(struct checker *c, struct node *n)
{
	const struct type *t = n->ctype;

	if (n->a != NULL) {
		n->a = check_expr(c, n->a);
		if (n->a->kind == NODE_BITS)
			err_sizeof_bitfield(n->pos);
		t = n->a->type;
	}
	t = type_filled(t);
	if (t->size_bytes == 0 || t->kind == TYPE_DYN)
		err_sizeof_type(n->pos);
	n->kind = NODE_INT;
	n->type = c->types->t_size;
	n->val = t->size_bytes;
	n->a = NULL;
	n->ctype = NULL;
	return n;
}

static struct node *
check_constant(struct checker *c, struct node *n)
{
	if (n->kind == NODE_STR)
		n->type = type_array(c->types, c->types->t_char, n->len + 1);
	return n;
}

static struct node *
check_aggref(struct checker *c, struct node *n)
{
	n->type = c->types->t_dyn;
	return n;
}

/* Made by a check: nothing is left to do. */
static struct node *
check_again(struct checker *c, struct node *n)
{
	(void)c;
	return n;
}

typedef struct node *check_fn(struct checker *, struct node *);

static check_fn *const rules[NODE_MAX] = {
	[NODE_INT] = check_constant,
	[NODE_STR] = check_constant,
	[NODE_IDENT] = check_ident,
	[NODE_AGGREF] = check_aggref,
	[NODE_ARG] = check_again,
	[NODE_UNARY] = check_unary,
	[NODE_BINARY] = check_binary,
	[NODE_LOGIC] = check_logic,
	[NODE_COND] = check_cond,
	[NODE_ASSIGN] = check_assign,
	[NODE_COMMA] = check_comma,
	[NODE_CAST] = check_cast,
	[NODE_CALL] = check_call,
	[NODE_SIZEOF] = check_sizeof,
	[NODE_STRINGOF] = check_stringof,
	[NODE_INDEX] = check_index,
	[NODE_MEMBER] = check_member,
	[NODE_XLATE] = check_xlate,
	[NODE_DEREF] = check_deref,
	[NODE_ADDROF] = check_addrof,
};

struct node *
check_expr(struct checker *c, struct node *n)
{
	struct node *next = n->next;

	if (++c->depth > NODE_HEIGHT_MAX)
		err_too_deep(n->pos);
	n = rules[n->kind](c, n);
	c->depth--;
	n->next = next;
	return n;
}
