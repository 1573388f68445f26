/*
 * Actions with rules of their own (D guide, "Actions and Subroutines"): constants they want, what
 * is not implemented.
 */
#include "lang/checker.h"

#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"

/* tracemem(address, constant size [, size that is shown]) */
void
check_tracemem(struct checker *c, struct node *call)
{
	struct node *addr = call->list = check_expr(c, call->list);
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
