/*
 * Stacks and symbols (D guide, "Actions and Subroutines"): how many frames, and of what an address
 * is. Their types say all that a record, a key and the consumer must know.
 */
#include "lang/checker.h"

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/option.h"

static bool
is_positive(const struct node *n)
{
	return n->kind == NODE_INT && type_is_int(n->type) && (int64_t)n->val > 0;
}

/* As many as were asked for, capped without a word. */
static uint32_t
frames(struct checker *c, const struct node *n, enum option otherwise)
{
	const int64_t max = options_get(c->env->options, OPT_MAXFRAMES);
	int64_t nframe = n != NULL ? (int64_t)n->val : options_get(c->env->options, otherwise);

	if (nframe > max)
		nframe = max;
	return nframe < STACK_FRAMES_MAX ? (uint32_t)nframe : STACK_FRAMES_MAX;
}

/* Those of Python are not the kernel's to limit. */
static uint32_t
python_frames(struct checker *c, const struct node *n)
{
	int64_t nframe = n != NULL ? (int64_t)n->val
	    : options_get(c->env->options, OPT_JSTACKFRAMES);

	return nframe < STACK_FRAMES_MAX ? (uint32_t)nframe : STACK_FRAMES_MAX;
}

/* stack([n]) */
static void
check_stack(struct checker *c, struct node *call)
{
	if (call->list != NULL && !is_positive(call->list))
		err_stack_size(call->list->pos);
	call->type = type_shown(c->types, HOW_STACK, frames(c, call->list, OPT_STACKFRAMES));
}

/* ustack([n [, bytes of strings]]), which may mean jstack(), and jstack(): names are found when they
 * are printed, and need no room. */
static void
check_ustack(struct checker *c, struct node *call)
{
	const struct node *n = call->list, *strsize = n != NULL ? n->next : NULL;

	if (options_on(c->env->options, OPT_PYSTACK))
		call->fn = builtin_find("jstack");
	if (n != NULL && !is_positive(n))
		err_ustack_frames(n->pos);
	if (strsize != NULL && !(is_positive(strsize)
	    || (strsize->kind == NODE_INT && strsize->val == 0)))
		err_ustack_strsize(strsize->pos);
	call->type = call->fn->id == BA_JSTACK
	    ? type_shown(c->types, HOW_JSTACK, python_frames(c, n))
	    : type_shown(c->types, HOW_USTACK, frames(c, n, OPT_USTACKFRAMES));
}

static void
check_address(struct checker *c, struct node *call)
{
	static const enum type_how how[NR_BA] = {
		[BA_FUNC] = HOW_SYM,
		[BA_SYM] = HOW_SYM,
		[BA_MOD] = HOW_MOD,
		[BA_UADDR] = HOW_UADDR,
		[BA_UFUNC] = HOW_USYM,
		[BA_USYM] = HOW_USYM,
		[BA_UMOD] = HOW_UMOD,
	};
	struct node *addr = call->list;

	if (!type_is_scalar(addr->type))
		bad_arg(c, call, 1, "pointer or integer", addr);
	require_value(c, addr, call->fn->name);
	call->type = type_shown(c->types, how[call->fn->id], 0);
}

void
check_shown(struct checker *c, struct node *call)
{
	check_arg_count(c, call);
	for (struct node **p = &call->list; *p != NULL; p = &(*p)->next)
		*p = check_expr(c, *p);
	if (call->fn->id == BA_STACK)
		check_stack(c, call);
	else if (call->fn->id == BA_USTACK || call->fn->id == BA_JSTACK)
		check_ustack(c, call);
	else
		check_address(c, call);
}
