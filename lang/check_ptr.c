/*
 * Pointers (D guide, "Pointers and Scalar Arrays"): what may be read through one, elements of
 * strings, and which pointers lead to scratch memory, the only memory that may be written.
 */
#include "lang/checker.h"

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/token.h"

/*
 * What a value was computed from decides: alloca() or copyin(), by way of casts and arithmetic,
 * or a variable that was assigned such a pointer first.
 */
bool
is_scratch(const struct node *n)
{
	switch (n->kind) {
	case NODE_CALL:
		return n->fn->kind == BUILTIN_FUNC &&
		    (n->fn->id == BF_ALLOCA || n->fn->id == BF_COPYIN);
	case NODE_VAR:
	case NODE_ELEM:
		return n->var->scratch == SCRATCH_YES;
	case NODE_CAST:
		return is_scratch(n->a);
	case NODE_ASSIGN:
		return is_scratch(n->op == 0 ? n->b : n->a);
	case NODE_COMMA:
		return is_scratch(n->b);
	case NODE_BINARY:
		return (n->op == TOK_ADD || n->op == TOK_SUB) &&
		    (is_scratch(n->a) || is_scratch(n->b));
	case NODE_COND:
		return is_scratch(n->b) || is_scratch(n->c);
	default:
		return false;
	}
}

bool
is_scratch_mix(const struct node *a, const struct node *b)
{
	return is_pointer(a) && is_pointer(b) && is_scratch(a) != is_scratch(b);
}

/* The first pointer that a variable is assigned decides what it is for. */
void
check_scratch_assign(const struct node *n)
{
	struct var *var = n->a->kind == NODE_VAR || n->a->kind == NODE_ELEM ? n->a->var : NULL;
	const enum var_scratch is = is_scratch(n->b) ? SCRATCH_YES : SCRATCH_NO;

	if (var == NULL || !is_pointer(n->a) || is_zero(n->b))
		return;
	if (var->scratch != SCRATCH_UNKNOWN && var->scratch != is)
		err_alloca_incompat(n->pos, var->name);
	var->scratch = is;
}

/* Its operand is checked already. */
static struct node *
deref(struct checker *c, struct node *n)
{
	if (!is_pointer(n->a))
		err_deref_nonptr(n->pos);
	const struct type *to = type_real(n->a->type)->base, *real = type_filled(to);
	if (real->kind == TYPE_VOID)
		err_deref_void(n->pos);
	if (real->kind == TYPE_FUNC)
		err_deref_func(n->pos);
	if (!real->is_complete)
		err_op_incomplete(n->pos, "*", spell(c, to));
	n->type = to;
	return n;
}

struct node *
check_deref(struct checker *c, struct node *n)
{
	n->a = check_value(c, n->a, "*");
	if (is_array(n->a)) {
		struct node *zero = node_new(c->env->arena, NODE_INT, n->pos);

		zero->type = c->types->t_int64;
		return check_array_index(c, n, n->a, zero);
	}
	return deref(c, n);
}

/* a[i] is *(a + i); the bytes of a string are values. requires: a is checked. */
struct node *
check_value_index(struct checker *c, struct node *n)
{
	if (n->list->next != NULL || (!is_pointer(n->a) && !is_string(n->a)))
		err_arr_badref(n->pos, spell_node(c, n->a));
	n->b = check_value(c, n->list, "[ ]");
	n->list = NULL;
	if (is_string(n->a)) {
		if (!type_is_int(n->b->type))
			err_op_int(n->pos, "[ ]");
		n->a = convert(c, n->a, c->types->t_string);
		n->b = convert(c, n->b, c->types->t_int64);
		n->type = c->types->t_char;
		return n;
	}

	if (is_array(n->a))
		return check_array_index(c, n, n->a, n->b);

	struct node *sum = node_new(c->env->arena, NODE_BINARY, n->pos);
	sum->op = TOK_ADD;
	sum->a = n->a;
	sum->b = n->b;
	sum->type = check_arith(c, sum, "+");
	n->kind = NODE_DEREF;
	n->a = sum;
	n->b = NULL;
	return deref(c, n);
}
