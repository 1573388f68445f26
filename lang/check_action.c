/*
 * Actions with rules of their own (D guide, "Actions and Subroutines"): constants they want, what
 * is not implemented, and in which order speculation allows them.
 */
#include "lang/checker.h"

#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"

/* tracemem(address, constant size [, size that is shown]) */
void
check_tracemem(struct checker *c, struct node *call)
{
	struct node *addr = call->list = decay(c, check_expr(c, call->list));
	struct node *size = addr->next = check_expr(c, addr->next);

	if (!type_is_scalar(addr->type))
		err_tracemem_addr(addr->pos, spell_node(c, addr));
	if (size->kind != NODE_INT || (int64_t)size->val <= 0 || size->val > INT32_MAX)
		err_tracemem_size(size->pos);
	if (size->next == NULL)
		return;
	size->next = check_expr(c, size->next);
	if (!type_is_int(size->next->type))
		err_tracemem_shown(size->next->pos, spell_node(c, size->next));
	size->next = convert(c, size->next, c->types->t_int64);
}

/* print(): what a pointer leads to; anything else that has a type, for itself. */
void
check_print(struct checker *c, struct node *call)
{
	struct node *n = sized(c, check_value(c, call->list, "print"));
	const struct type *t;

	if (n->kind == NODE_STR)
		n = convert(c, n, c->types->t_string);
	if (is_array(n) && !is_own(n))
		n = decay(c, n);
	call->list = n;
	t = type_real(n->type)->kind == TYPE_PTR ? type_real(n->type)->base : n->type;
	if (type_filled(t)->size_bytes == 0)
		err_print_size(n->pos, spell(c, t));
}

void
check_freopen(struct checker *c, struct node *call)
{
	check_printf(c, call);
	if (strcmp(call->list->str, ".") == 0)
		err_freopen_invalid(call->pos);
}

/* setopt(name [, value]) */
void
check_setopt(struct checker *c, struct node *call)
{
	int nr = 1;

	for (struct node **p = &call->list; *p != NULL; p = &(*p)->next, nr++) {
		*p = check_expr(c, *p);
		if (!is_assignable(c->types->t_string, *p))
			bad_arg(c, call, nr, "const char *", *p);
		*p = convert(c, *p, c->types->t_string);
	}
}

void
check_unimplemented(struct checker *c, struct node *call)
{
	if (call->list != NULL)
		check_int_arg(c, call);
	err_unimplemented(call->pos, arena_printf(c->env->arena, "%s()", call->fn->name));
}

/* c->seen */
enum { SEEN_COMMIT = 1, SEEN_SPECULATE = 2, SEEN_DATA = 4 };

static void
check_speculate(unsigned seen, struct pos pos)
{
	if (seen & SEEN_SPECULATE)
		err_spec_spec(pos);
	if (seen & SEEN_COMMIT)
		err_spec_comm(pos);
	if (seen & SEEN_DATA)
		err_spec_drec(pos);
}

static void
check_aggregating(unsigned seen, struct pos pos)
{
	if (seen & SEEN_COMMIT)
		err_agg_comm(pos);
	if (seen & SEEN_SPECULATE)
		err_agg_spec(pos);
}

/* Destructive actions are no data here. */
static void
check_other(struct checker *c, struct pos pos, const struct node *call)
{
	bool is_destructive = call->fn->flags & ACT_DESTRUCTIVE;

	if ((c->seen & SEEN_SPECULATE) && is_destructive)
		err_act_spec(pos);
	if ((c->seen & SEEN_SPECULATE) && call->fn->id == BA_EXIT)
		err_exit_spec(pos);
	if (is_destructive || !(call->fn->flags & ACT_DATA))
		return;
	if (c->seen & SEEN_COMMIT)
		err_drec_comm(pos);
	if (!(c->seen & SEEN_SPECULATE))
		c->seen |= SEEN_DATA;
}

/* D guide, "Speculative Tracing": a clause's data go to one place. */
void
check_order(struct checker *c, struct pos pos, const struct node *call)
{
	if (call == NULL) {
		check_aggregating(c->seen, pos);
		c->seen |= SEEN_DATA;
	} else if (call->fn->id == BA_SPECULATE) {
		check_speculate(c->seen, pos);
		c->seen |= SEEN_SPECULATE;
	} else if (call->fn->id == BA_COMMIT) {
		if (c->seen & SEEN_DATA)
			err_comm_drec(pos);
		c->seen |= SEEN_COMMIT;
	} else {
		check_other(c, pos, call);
	}
}

static bool
is_destructive(const struct node *n, const void *unused)
{
	(void)unused;
	return n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC &&
	    (n->fn->flags & ACT_DESTRUCTIVE);
}

void
check_order_value(struct checker *c, const struct node *n)
{
	if ((c->seen & SEEN_SPECULATE) && node_any(n, is_destructive, NULL))
		err_act_spec(n->pos);
}
