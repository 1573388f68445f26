/*
 * Aggregations (D guide, "Aggregations"): one function and one kind of key for each name, the
 * constants of lquantize() and llquantize(), and the actions that take aggregations as arguments.
 */
#include "lang/checker.h"

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/printf.h"

/* An integer constant, folded: its value as a signed number, if it fits one. */
static bool
is_constant(const struct node *n)
{
	return n->kind == NODE_INT && type_is_int(n->type);
}

static bool
is_within(const struct node *n, int64_t min, int64_t max)
{
	int64_t v = (int64_t)n->val;

	if (v < 0 && !type_is_signed(n->type))
		return false;
	return v >= min && v <= max;
}

static void
match_lquantize(const struct node *call, const struct var *var, const int64_t arg[3])
{
	typedef void match_fn(struct pos, unsigned, long long, long long);
	static match_fn *const err[3] = {
		err_lquant_matchbase, err_lquant_matchlim, err_lquant_matchstep,
	};

	for (int i = 0; i < 3; i++) {
		if (var->aggarg[i] != arg[i])
			err[i](call->pos, var->pos.line, var->aggarg[i], arg[i]);
	}
}

/* lquantize(e, base, limit [, step [, incr]]) */
static void
check_lquantize(const struct node *call, struct var *var, bool is_first)
{
	const struct node *base = call->list->next, *limit = base->next, *step = limit->next;
	int64_t arg[3];

	if (!is_constant(base))
		err_lquant_basetype(base->pos);
	if (!is_within(base, INT32_MIN, INT32_MAX))
		err_lquant_baseval(base->pos);
	if (!is_constant(limit))
		err_lquant_limtype(limit->pos);
	if (!is_within(limit, INT32_MIN, INT32_MAX))
		err_lquant_limval(limit->pos);
	arg[0] = (int64_t)base->val;
	arg[1] = (int64_t)limit->val;
	arg[2] = 1;
	if (arg[0] >= arg[1])
		err_lquant_mismatch(call->pos);
	if (step != NULL) {
		if (!is_constant(step) || !is_within(step, 1, INT64_MAX))
			err_lquant_steptype(step->pos);
		if (!is_within(step, 1, UINT16_MAX))
			err_lquant_stepval(step->pos);
		arg[2] = (int64_t)step->val;
	}
	int64_t levels = (arg[1] - arg[0]) / arg[2];
	if (levels == 0)
		err_lquant_steplarge(call->pos);
	if (levels > UINT16_MAX)
		err_lquant_stepsmall(call->pos);
	if (!is_first)
		match_lquantize(call, var, arg);
	for (int i = 0; i < 3; i++)
		var->aggarg[i] = arg[i];
}

/* factor^n; 0: it does not fit 64 bits. */
static uint64_t
power(uint64_t factor, int64_t n)
{
	uint64_t p = 1;

	while (n-- > 0)
		if (__builtin_mul_overflow(p, factor, &p))
			return 0;
	return p;
}

/* Bins must begin at integers in every magnitude. */
static void
check_steps(const struct node *at, uint64_t factor, int64_t low, uint64_t steps)
{
	uint64_t whole = power(factor, low == 0 ? 2 : low + 1);

	if (steps < factor ? factor % steps != 0 : steps % factor != 0)
		err_llquant_stepfactor(at->pos);
	if (steps > factor && (whole == 0 || whole % steps != 0))
		err_llquant_steppower(at->pos);
}

static void
match_llquantize(const struct node *call, const struct var *var, const int64_t arg[4])
{
	typedef void match_fn(struct pos, unsigned, long long, long long);
	static match_fn *const err[4] = {
		err_llquant_matchfactor, err_llquant_matchlmag, err_llquant_matchhmag,
		err_llquant_matchsteps,
	};

	for (int i = 0; i < 4; i++) {
		if (var->aggarg[i] != arg[i])
			err[i](call->pos, var->pos.line, var->aggarg[i], arg[i]);
	}
}

/* llquantize(e, factor, low magnitude, high magnitude, steps [, incr]) */
static void
check_llquantize(const struct node *call, struct var *var, bool is_first)
{
	typedef void arg_fn(struct pos);
	static arg_fn *const err_type[4] = {
		err_llquant_factortype, err_llquant_lmagtype, err_llquant_hmagtype,
		err_llquant_steptype,
	};
	static arg_fn *const err_val[4] = {
		err_llquant_factorval, err_llquant_lmagval, err_llquant_hmagval,
		err_llquant_stepval,
	};
	const struct node *n = call->list->next;
	int64_t arg[4];

	for (int i = 0; i < 4; i++, n = n->next) {
		if (!is_constant(n))
			err_type[i](n->pos);
		if (!is_within(n, 0, UINT16_MAX))
			err_val[i](n->pos);
		arg[i] = (int64_t)n->val;
	}
	if (arg[0] < 2)
		err_llquant_factorsmall(call->pos);
	if (arg[1] > arg[2])
		err_llquant_magrange(call->pos);
	if (power((uint64_t)arg[0], arg[2] + 1) == 0)
		err_llquant_magtoobig(call->pos, arg[0], arg[2]);
	if (arg[3] == 0)
		err_llquant_stepzero(call->pos);
	check_steps(call, (uint64_t)arg[0], arg[1], (uint64_t)arg[3]);
	if (!is_first)
		match_llquantize(call, var, arg);
	for (int i = 0; i < 4; i++)
		var->aggarg[i] = arg[i];
}

static void
check_aggfn(struct checker *c, struct node *call, struct var *var, bool is_first)
{
	int nr = 1;

	check_arg_count(c, call);
	for (struct node **p = &call->list; *p != NULL; p = &(*p)->next, nr++) {
		*p = check_expr(c, *p);
		if (nr == 1 && !type_is_scalar((*p)->type))
			err_agg_scalar((*p)->pos, call->fn->name);
		if (nr > call->fn->min && nr == call->fn->max && !type_is_scalar((*p)->type))
			err_quant_proto((*p)->pos, call->fn->name, nr);
	}
	if (call->fn->id == AGG_LQUANTIZE)
		check_lquantize(call, var, is_first);
	if (call->fn->id == AGG_LLQUANTIZE)
		check_llquantize(call, var, is_first);
	if (is_first && call->list != NULL)
		var->is_signed_aggr = type_is_signed(call->list->type);
}

void
check_aggr(struct checker *c, struct node *n)
{
	struct var *var = scope_find(c->env->scope, VAR_AGGR, n->str), fresh = { 0 };
	bool is_first = var == NULL;
	struct node *call = n->b = check_expr(c, n->b);

	if (call->kind != NODE_CALL || call->fn->kind != BUILTIN_AGG)
		err_agg_func(n->pos, n->str);
	if (!is_first && var->aggfn != call->fn)
		err_agg_redef(n->pos, n->str, call->fn->name, var->aggfn->name, var->pos.line);
	if (is_first)
		var = &fresh;
	check_keys(c, var, is_first, n, &n->list,
	    arena_printf(c->env->arena, "@%s[ ]", n->str));
	check_aggfn(c, call, var, is_first);
	if (is_first) {
		var = scope_add(c->env->scope, VAR_AGGR, n->str, n->pos);
		var->aggfn = call->fn;
		var->is_assoc = fresh.nkey != 0;
		var->key = fresh.key;
		var->nkey = fresh.nkey;
		var->is_signed_aggr = fresh.is_signed_aggr;
		for (int i = 0; i < 4; i++)
			var->aggarg[i] = fresh.aggarg[i];
	}
	n->var = var;
	n->str = NULL;
}

/* An aggregation as an argument of an action. false: there is none of that name. */
static bool
resolve(struct checker *c, struct node *n)
{
	if (n->list != NULL)
		err_agg_mdim(n->pos, n->str);
	n->type = c->types->t_dyn;
	n->var = scope_find(c->env->scope, VAR_AGGR, n->str);
	return n->var != NULL;
}

/* How an argument that should have been an aggregation appears in messages. */
static const char *
spell_arg(struct checker *c, struct node *n)
{
	return spell_node(c, check_expr(c, n));
}

void
check_clear(struct checker *c, struct node *call)
{
	struct node *a = call->list;

	if (a->kind != NODE_AGGREF)
		err_clear_aggarg(a->pos, spell_arg(c, a));
	if (!resolve(c, a))
		err_clear_aggbad(a->pos, a->str);
	a->str = NULL;
}

void
check_trunc(struct checker *c, struct node *call)
{
	struct node *a = call->list;

	if (a->kind != NODE_AGGREF)
		err_trunc_aggarg(a->pos, spell_arg(c, a));
	if (!resolve(c, a))
		err_trunc_aggbad(a->pos, a->str);
	a->str = NULL;
	if (a->next == NULL)
		return;
	a->next = check_expr(c, a->next);
	if (!type_is_int(a->next->type))
		err_trunc_scalar(a->next->pos);
}

/* normalize(@a, factor), denormalize(@a) */
void
check_normalize(struct checker *c, struct node *call)
{
	struct node *a = call->list;

	if (a->kind != NODE_AGGREF)
		err_normalize_aggarg(a->pos, call->fn->name, spell_arg(c, a));
	if (!resolve(c, a))
		err_normalize_aggbad(a->pos, a->str);
	a->str = NULL;
	if (a->next == NULL)
		return;
	a->next = check_expr(c, a->next);
	if (!type_is_scalar(a->next->type))
		err_normalize_scalar(a->next->pos);
}

/* Aggregations that are printed together are joined by their keys. */
static void
match_keys(struct checker *c, const struct node *n, const struct var *first)
{
	const struct var *var = n->var;

	if (var->nkey != first->nkey)
		err_printa_aggproto(n->pos, var->name, var->nkey, first->name, first->nkey);
	for (uint32_t i = 0; i < var->nkey; i++) {
		if (!type_same(var->key[i], first->key[i]))
			err_printa_aggkey(n->pos, var->name, i + 1, spell(c, var->key[i]),
			    first->name, spell(c, first->key[i]));
	}
}

static bool
is_histogram(const struct var *var)
{
	return var->aggfn->max > var->aggfn->min;
}

/* Conversions take the keys in order; %@ the aggregations, the last one again and again. */
static void
check_printa_format(struct checker *c, const struct node *call)
{
	const struct printf_fmt *fmt = check_format(c, call);
	const struct node *aggr = call->list->next;
	const struct var *first = aggr->var;
	uint32_t key = 0;

	for (uint32_t i = 0; i < fmt->n; i++) {
		const struct printf_conv *conv = &fmt->conv[i];
		const struct printf_row *row = conv->row;
		const struct type *t = c->types->t_int64;

		if (row == NULL || row->class == PRINTF_PERCENT)
			continue;
		if (conv->star_width || conv->star_prec)
			err_printf_dyn_proto(call->pos, "printa", conv->number, row->name);
		if (conv->is_agg) {
			if (!is_histogram(aggr->var) && !printf_accepts(row, t))
				err_printf_arg_type(call->pos, "printa", "argument", 2,
				    conv->number, arena_printf(c->env->arena, "@%s", row->name),
				    row->prototype, "aggregation");
			if (aggr->next != NULL)
				aggr = aggr->next;
			continue;
		}
		if (key == first->nkey)
			err_printf_arg_proto(call->pos, "printa", conv->number, row->name);
		t = first->key[key++];
		if (!accepts_conv(c, row, t))
			err_printf_arg_type(call->pos, "printa", "key", (int)key, conv->number,
			    row->name, row->prototype, spell(c, t));
	}
}

/* printa(["format",] @a [, @b …]) */
void
check_printa(struct checker *c, struct node *call)
{
	struct node *a = call->list;
	bool has_format = a->kind == NODE_STR;
	const struct var *first = NULL;
	int nr = 1;

	if (has_format) {
		call->list = check_expr(c, a);
		a = a->next;
		nr++;
	}
	if (a == NULL)
		err_printa_proto(call->pos);
	for (; a != NULL; a = a->next, nr++) {
		if (a->kind != NODE_AGGREF)
			err_printa_aggarg(a->pos, nr, spell_arg(c, a));
		if (!resolve(c, a))
			err_printa_aggbad(a->pos, a->str);
		a->str = NULL;
		if (first == NULL)
			first = a->var;
		match_keys(c, a, first);
	}
	if (has_format)
		check_printa_format(c, call);
}
