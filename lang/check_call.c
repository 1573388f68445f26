/*
 * Calls (D guide, "Actions and Subroutines"): number and types of arguments, where an action may
 * stand, and the arguments of printf() against its format.
 */
#include "lang/checker.h"

#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/printf.h"
#include "type/convert.h"

static const char *
call_name(struct checker *c, const struct node *call)
{
	return arena_printf(c->env->arena, "%s( )", call->fn->name);
}

int
list_len(const struct node *list)
{
	int n = 0;

	for (; list != NULL; list = list->next)
		n++;
	return n;
}

/* The number of arguments is wrong: some actions have a tag of their own for it. */
static _Noreturn void
bad_count(struct checker *c, const struct node *call, int got, const char *bound, int want)
{
	typedef void count_fn(struct pos, const char *, int, const char *, int);
	static count_fn *const own[NR_BA] = {
		[BA_PRINTA] = err_printa_count,
		[BA_CLEAR] = err_clear_proto,
		[BA_TRUNC] = err_trunc_proto,
		[BA_NORMALIZE] = err_normalize_proto,
		[BA_DENORMALIZE] = err_normalize_proto,
		[BA_STACK] = err_stack_proto,
		[BA_JSTACK] = err_ustack_proto,
		[BA_USTACK] = err_ustack_proto,
	};
	const char *name = call_name(c, call);

	if (call->fn->kind == BUILTIN_ACT && own[call->fn->id] != NULL)
		own[call->fn->id](call->pos, name, got, bound, want);
	err_proto_len(call->pos, name, got, "arg", bound, want);
}

void
check_arg_count(struct checker *c, const struct node *call)
{
	const struct builtin *fn = call->fn;
	int n = list_len(call->list);
	bool is_fixed = fn->min == fn->max;

	if (n < fn->min)
		bad_count(c, call, n, is_fixed ? "" : "at least ", fn->min);
	if (fn->max >= 0 && n > fn->max)
		bad_count(c, call, n, is_fixed ? "" : "at most ", fn->max);
}

void
bad_arg(struct checker *c, const struct node *call, int nr, const char *want,
    const struct node *arg)
{
	err_proto_arg(arg->pos, call_name(c, call), "argument", nr, want, spell_node(c, arg));
}

/* An argument of a subroutine is converted as if by assignment to its parameter. */
static void
check_args(struct checker *c, struct node *call)
{
	int i = 0;

	check_arg_count(c, call);
	for (struct node **p = &call->list; *p != NULL; p = &(*p)->next, i++) {
		bool is_string = strcmp(call->fn->arg[i], "string") == 0;
		const struct type *want = is_string ? c->types->t_string :
		    type_find(c->types, call->fn->arg[i]);

		*p = check_expr(c, *p);
		if (!is_assignable(want, *p))
			bad_arg(c, call, i + 1, is_string ? "const char *" : call->fn->arg[i], *p);
		*p = convert(c, *p, want);
	}
}

/* Without a number that is known, scratch memory may run out at run time. */
static void
check_alloca(struct checker *c, const struct node *call)
{
	const int64_t max = options_get(c->env->options, OPT_SCRATCHSIZE);

	if (call->list->kind == NODE_INT && call->list->val > (uint64_t)max)
		err_alloca_size(call->pos, call->list->val, max);
}

static void
require_scratch(struct checker *c, const struct node *call, int nr, const struct node *arg)
{
	if (!is_scratch(arg))
		bad_arg(c, call, nr, "alloca void *", arg);
}

static void
check_bcopy(struct checker *c, const struct node *call)
{
	require_scratch(c, call, 2, call->list->next);
}

static void
check_copyinto(struct checker *c, const struct node *call)
{
	require_scratch(c, call, 3, call->list->next->next);
}

static void
check_inet_ntoa6(struct checker *c, const struct node *call)
{
	const struct node *strict = call->list->next;

	if (strict != NULL && strict->kind != NODE_INT)
		bad_arg(c, call, 2, "integer constant",
		    strict->kind == NODE_CAST ? strict->a : strict);
}

/* What the types of arguments don't say. */
static void (*const func_rules[NR_BF])(struct checker *, const struct node *) = {
	[BF_ALLOCA] = check_alloca,
	[BF_BCOPY] = check_bcopy,
	[BF_COPYINTO] = check_copyinto,
	[BF_INET_NTOA6] = check_inet_ntoa6,
};

/* Subroutines of DTrace on systems whose kernel has what they are about. */
static bool
is_elsewhere(const char *name)
{
	static const char *const table[] = { "ddi_pathname", "msgdsize", "msgsize" };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i], name) == 0)
			return true;
	return false;
}

/* Actions have no value, but for stacks and symbols: whoever wanted one says so. Only
 * check_action() looks at them. */
struct node *
check_call(struct checker *c, struct node *n)
{
	n->fn = builtin_find(n->str);
	if (n->fn == NULL) {
		const struct var *var = scope_find(c->env->scope, VAR_GLOBAL, n->str);
		const struct node *def = find_inline(c, n->str);

		if (def != NULL && def->list != NULL && def->pos.src->is_library)
			return check_inline_index(c, n, def);
		if (def != NULL)
			err_func_idkind(n->pos, def->list ? "associative array" : "scalar", n->str);
		if (var != NULL)
			err_func_idkind(n->pos, var->is_assoc ? "associative array" : "scalar",
			    n->str);
		if (is_elsewhere(n->str))
			err_func_unimpl(n->pos, n->str);
		err_func_undef(n->pos, n->str);
	}
	n->str = NULL;
	n->type = c->types->t_void;
	if (n->fn->kind == BUILTIN_VAR)
		err_func_idkind(n->pos, n->fn->id == BV_ARGS ? "associative array" : "scalar",
		    n->fn->name);
	if (n->fn->kind == BUILTIN_FUNC) {
		check_args(c, n);
		if (func_rules[n->fn->id] != NULL)
			func_rules[n->fn->id](c, n);
		n->type = type_find(c->types, n->fn->result);
	}
	if (n->fn->kind == BUILTIN_ACT && (n->fn->flags & ACT_VALUE))
		check_shown(c, n);
	return n;
}

void
check_int_arg(struct checker *c, struct node *call)
{
	struct node *n = check_expr(c, call->list);

	if (!is_assignable(c->types->t_int, n))
		bad_arg(c, call, 1, "int", n);
	call->list = convert(c, n, c->types->t_int);
}

static void
check_nothing(struct checker *c, struct node *call)
{
	(void)c, (void)call;
}

static void
check_trace(struct checker *c, struct node *call)
{
	struct node *value = sized(c, check_expr(c, call->list));

	if (type_real(value->type)->kind == TYPE_VOID)
		err_trace_void(call->pos);
	if (type_real(value->type)->kind == TYPE_DYN)
		err_trace_dyn(call->pos);
	if (!type_is_shown(value->type))
		require_value(c, value, "trace");
	call->list = value;
}

/* Takes arguments off a list, for one conversion after the other. */
struct args {
	struct checker *c;
	const struct node *call;
	struct node **next;
	int nr;				/* of the one taken last; the format is 1 */
};

/* The next one, as `as` makes it. */
static struct node *
args_take(struct args *a, struct node *(*as)(struct checker *, struct node *))
{
	struct node *n = *a->next;

	if (n == NULL)
		return NULL;
	n = *a->next = as(a->c, n);
	a->next = &n->next;
	a->nr++;
	return n;
}

static void
check_star(struct args *a, const struct printf_conv *conv)
{
	const struct node *n = args_take(a, decay);
	const char *fn = a->call->fn->name;

	if (n == NULL)
		err_printf_dyn_proto(a->call->pos, fn, conv->number, conv->row->name);
	if (!type_is_int(n->type))
		err_printf_dyn_type(n->pos, fn, a->nr, conv->number, spell_node(a->c, n));
}

/* Plain numbers are addresses of a target, if there is one. */
bool
accepts_conv(struct checker *c, const struct printf_row *row, const struct type *t)
{
	const char *target;

	if (!printf_accepts(row, t))
		return false;
	if (row->class != PRINTF_ADDR || row->letter != 'A' || type_is_shown(t))
		return true;
	target = c->env->macro != NULL ? c->env->macro(c->env->self, "target") : NULL;
	return target != NULL && strcmp(target, "0") != 0;
}

static void
check_conv(struct args *a, const struct printf_conv *conv)
{
	const char *fn = a->call->fn->name;

	if (conv->row == NULL || conv->row->class == PRINTF_PERCENT)
		return;
	if (conv->is_agg)
		err_printf_agg_conv(a->call->pos, fn);
	if (conv->star_width)
		check_star(a, conv);
	if (conv->star_prec)
		check_star(a, conv);

	const bool wants_address = conv->row->class == PRINTF_PTR ||
	    conv->row->class == PRINTF_ADDR;
	const struct node *n = args_take(a, wants_address ? decay : sized);
	if (n == NULL)
		err_printf_arg_proto(a->call->pos, fn, conv->number, conv->row->name);
	if (!accepts_conv(a->c, conv->row, n->type))
		err_printf_arg_type(n->pos, fn, "argument", a->nr, conv->number,
		    conv->row->name, conv->row->prototype, spell_node(a->c, n));
	if (!type_is_shown(n->type))
		require_value(a->c, n, fn);
}

struct printf_fmt *
check_format(struct checker *c, const struct node *call)
{
	const struct node *fmt = call->list;
	const char *error;

	if (fmt->kind != NODE_STR)
		err_printf_arg_fmt(fmt->pos, call->fn->name, spell_node(c, fmt));
	if (fmt->len == 0 && call->fn->id != BA_FREOPEN)
		err_printf_fmt_empty(fmt->pos, call->fn->name);
	struct printf_fmt *parsed = printf_parse(c->env->arena, fmt->str, &error);
	if (parsed == NULL)
		err_syntax(fmt->pos, error);
	return parsed;
}

void
check_printf(struct checker *c, struct node *call)
{
	for (struct node **p = &call->list; *p != NULL; p = &(*p)->next)
		*p = check_expr(c, *p);

	const struct printf_fmt *fmt = check_format(c, call);
	struct args args = { c, call, &call->list->next, 1 };
	for (uint32_t i = 0; i < fmt->n; i++)
		check_conv(&args, &fmt->conv[i]);
	if (*args.next != NULL)
		err_printf_arg_extra(call->pos, call->fn->name, args.nr - 1);
}

static void (*const action_rules[NR_BA])(struct checker *, struct node *) = {
	[BA_BREAKPOINT] = check_unimplemented,
	[BA_CHILL] = check_unimplemented,
	[BA_PANIC] = check_unimplemented,
	[BA_PCAP] = check_unimplemented,
	[BA_RETURN] = check_unimplemented,
	[BA_EXIT] = check_int_arg,
	[BA_PRINT] = check_print,
	[BA_TRACE] = check_trace,
	[BA_PRINTF] = check_printf,
	[BA_PRINTA] = check_printa,
	[BA_CLEAR] = check_clear,
	[BA_TRUNC] = check_trunc,
	[BA_NORMALIZE] = check_normalize,
	[BA_DENORMALIZE] = check_normalize,
	[BA_COMMIT] = check_int_arg,
	[BA_DISCARD] = check_int_arg,
	[BA_SPECULATE] = check_int_arg,
	[BA_TRACEMEM] = check_tracemem,
	[BA_FREOPEN] = check_freopen,
	[BA_FTRUNCATE] = check_nothing,
	[BA_RAISE] = check_int_arg,
	[BA_SETOPT] = check_setopt,
	[BA_STOP] = check_nothing,
	[BA_SYSTEM] = check_printf,
	[BA_STACK] = check_nothing,		/* check_shown() was there */
	[BA_JSTACK] = check_nothing,
	[BA_USTACK] = check_nothing,
	[BA_FUNC] = check_nothing,
	[BA_MOD] = check_nothing,
	[BA_SYM] = check_nothing,
	[BA_UADDR] = check_nothing,
	[BA_UFUNC] = check_nothing,
	[BA_UMOD] = check_nothing,
	[BA_USYM] = check_nothing,
};

void
check_action(struct checker *c, struct node *call)
{
	check_arg_count(c, call);
	action_rules[call->fn->id](c, call);
	check_order(c, call->pos, call);
}
