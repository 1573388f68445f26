/*
 * The checker's top: declarations and clauses in the order of the text, since a name must have
 * been assigned above its use. What operators and calls require is in check_*.c (checker.h).
 */
#include "lang/check.h"

#include "lang/builtin.h"
#include "lang/checker.h"
#include "lang/diag.h"
#include "lang/fold.h"
#include "lang/option.h"

static void check_stmts(struct checker *, struct node *);

/* What a branch has done holds behind it, but not in the other one. */
static void
check_branches(struct checker *c, struct node *n)
{
	unsigned before = c->seen, yes;

	check_stmts(c, n->b);
	yes = c->seen;
	c->seen = before;
	check_stmts(c, n->c);
	c->seen |= yes;
}

static void
check_stmt(struct checker *c, struct node *n)
{
	switch (n->kind) {
	case NODE_AGGR:
		check_aggr(c, n);
		check_order(c, n->pos, NULL);
		break;
	case NODE_IF:
		n->a = check_value(c, n->a, "if");
		if (!type_is_scalar(n->a->type))
			err_op_scalar(n->a->pos, "if");
		check_branches(c, n);
		break;
	default:	/* NODE_EXPR */
		if (n->a->kind == NODE_AGGREF)
			err_agg_null(n->pos, n->a->str);
		n->a = check_expr(c, n->a);
		if (n->a->kind == NODE_CALL && n->a->fn->kind == BUILTIN_ACT)
			check_action(c, n->a);
		else if (n->a->kind != NODE_CALL || n->a->fn->kind != BUILTIN_FUNC)
			require_value(c, n->a, ";");
		check_order_value(c, n->a);
		break;
	}
}

static void
check_stmts(struct checker *c, struct node *n)
{
	for (; n != NULL; n = n->next)
		check_stmt(c, n);
}

static void
enter_region(struct checker *c, enum diag_region region)
{
	c->diag->region = region;
}

static void
check_predicate(struct checker *c, struct node *clause)
{
	if (clause->a == NULL)
		return;
	enter_region(c, REGION_PREDICATE);
	clause->a = check_value(c, clause->a, "/");
	if (!type_is_scalar(clause->a->type))
		err_pred_scalar(clause->a->pos);
}

static void
check_body(struct checker *c, struct node *clause)
{
	enter_region(c, REGION_ACTIONS);
	c->seen = 0;
	check_stmts(c, clause->b);
}

static const struct node *
name_node(const struct node *n)
{
	return n->kind == NODE_INDEX ? n->a : n;
}

static bool
is_named_like(const struct node *n, const void *arg)
{
	const struct node *name = arg;

	return n->kind == name->kind && n->str == name->str &&
	    (n->kind != NODE_MEMBER || n->a->str == name->a->str);
}

/* The predicate assigns a variable that is new here and that the body mentions. */
static bool
is_first_assignment(const struct node *n, const void *arg)
{
	const struct checker *c = arg;

	if (n->kind != NODE_ASSIGN)
		return false;
	n = name_node(n->a);
	enum var_scope scope = VAR_GLOBAL;
	if (n->kind == NODE_MEMBER && n->a->kind == NODE_IDENT)
		scope = n->a->str == c->name_self ? VAR_SELF : VAR_THIS;
	else if (n->kind != NODE_IDENT)
		return false;
	return scope_find(c->env->scope, scope, n->str) == NULL &&
	    node_any(c->item->b, is_named_like, n);
}

/*
 * The body comes before the predicate, so that a variable that the body makes can be used in
 * the predicate. The other way round only when the body uses one that the predicate makes.
 */
static void
check_clause(struct checker *c, struct node *clause)
{
	c->item = clause;
	if (clause->a != NULL && node_any(clause->a, is_first_assignment, c)) {
		check_predicate(c, clause);
		check_body(c, clause);
	} else {
		check_body(c, clause);
		check_predicate(c, clause);
	}
	enter_region(c, REGION_NONE);
}

static bool
is_args(const struct node *n, const void *name)
{
	return n->kind == NODE_IDENT && n->str == name;
}

/*
 * args[] may have other types for every description of a clause: a clause that uses it becomes
 * one clause for each.
 */
static void
split_clause(struct checker *c, struct node *clause)
{
	if (clause->list->next == NULL || (!node_any(clause->a, is_args, c->name_args) &&
	    !node_any(clause->b, is_args, c->name_args)))
		return;
	while (clause->list->next != NULL) {
		struct node *rest = arena_new(c->env->arena, struct node);

		*rest = *clause;
		rest->list = clause->list->next;
		rest->a = node_copy(c->env->arena, clause->a);
		rest->b = node_copy(c->env->arena, clause->b);
		clause->list->next = NULL;
		clause->next = rest;
		clause = rest;
	}
}

static void
define(struct checker *c, struct node *n)
{
	if (n->kind == NODE_DECL)
		check_decl(c, n);
	else if (n->kind == NODE_INLINE)
		check_inline_def(c, n);
	else
		check_xlator_def(c, n);
}

void
check(struct program *program, struct lang_env *env)
{
	struct checker c = {
		.env = env,
		.types = env->types,
		.diag = program->src->diag,
		.name_self = intern(env->intern, "self"),
		.name_this = intern(env->intern, "this"),
		.name_args = intern(env->intern, "args"),
		.name_null = intern(env->intern, "NULL"),
		.attr = ATTR_DEFAULT,
	};
	const char *amin = env->options != NULL ? env->options->str[OPT_AMIN] : NULL;

	if (amin != NULL)
		attr_parse(amin, &c.amin);

	for (struct node **p = &program->clause; *p != NULL;) {
		if ((*p)->kind != NODE_CLAUSE) {
			define(&c, *p);
			*p = (*p)->next;	/* the scope knows it now */
			continue;
		}
		c.ncopied = 0;
		split_clause(&c, *p);
		check_clause(&c, *p);
		p = &(*p)->next;
	}
	pragma_check(env->scope, program->src);
	program->attr = c.attr;
}
