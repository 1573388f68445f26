/*
 * Names and variables (D guide, "Variables"). A variable comes into being with its first
 * assignment, which fixes its type, or with a declaration; a name that is read before is an
 * error. What may stand on the left of an assignment is decided here too.
 */
#include "lang/checker.h"

#include <errno.h>
#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/fold.h"
#include "lang/token.h"
#include "type/convert.h"

static const char *const var_kind[] = { "scalar", "associative array" };

static const char *const builtin_kind[] = {
	[BUILTIN_VAR] = "scalar",
	[BUILTIN_FUNC] = "function",
	[BUILTIN_ACT] = "tracing function",
	[BUILTIN_AGG] = "aggregating function",
};

static bool
is_assignment_to(const struct node *n, const void *name)
{
	if (n->kind != NODE_ASSIGN)
		return false;
	n = n->a->kind == NODE_INDEX ? n->a->a : n->a;
	return n->kind == NODE_IDENT && n->str == name;
}

/* A global that is assigned further down was only used too early; others don't exist. */
static _Noreturn void
undefined(struct checker *c, const struct node *at, enum var_scope scope, const char *name)
{
	if (scope != VAR_GLOBAL || node_any(c->item, is_assignment_to, name))
		err_var_undef(at->pos, name);
	err_ident_undef(at->pos, name, "Unknown variable name");
}

/* By value, and compared byte by byte. */
static bool
is_key_bytes(const struct type *t)
{
	t = type_real(t);
	return (t->kind == TYPE_STRUCT || t->kind == TYPE_UNION) && t->size_bytes > 0;
}

void
check_keys(struct checker *c, struct var *var, bool is_first, struct node *at,
    struct node **list, const char *name)
{
	bool is_call = at->kind == NODE_CALL;
	uint32_t n = 0;

	for (struct node **p = list; *p != NULL; p = &(*p)->next, n++) {
		*p = check_expr(c, *p);
		if (type_is_shown((*p)->type) && *name == '@')
			continue;
		if (!type_is_scalar((*p)->type) && !type_is_strcompat((*p)->type) &&
		    !is_key_bytes((*p)->type))
			err_key_type((*p)->pos, spell(c, (*p)->type), name, (int)n + 1);
		require_value(c, *p, name);
	}
	if (is_first) {
		var->nkey = n;
		var->key = arena_alloc(c->env->arena, n * sizeof(*var->key));
		n = 0;
		for (const struct node *k = *list; k != NULL; k = k->next)
			var->key[n++] = value_type(c, k);
	}
	if (n != var->nkey)
		err_proto_len(at->pos, name, (int)n, is_call ? "arg" : "key", "", (int)var->nkey);
	n = 0;
	for (struct node **p = list; *p != NULL; p = &(*p)->next, n++) {
		if (!is_assignable(var->key[n], *p))
			err_proto_arg((*p)->pos, name, is_call ? "argument" : "key", (int)n + 1,
			    spell(c, var->key[n]), spell_node(c, *p));
		*p = convert_value(c, *p, var->key[n]);
	}
}

static struct var *
define(struct checker *c, enum var_scope scope, const char *name, struct pos pos,
    const struct var *as)
{
	struct var *var = scope_add(c->env->scope, scope, name, pos);

	var->type = as->type;
	var->is_declared = as->is_declared;
	var->is_assoc = as->is_assoc;
	var->key = as->key;
	var->nkey = as->nkey;
	return var;
}

/* A use of a variable. `create` is the type that it gets when it is new; NULL: it is read. */
struct use {
	enum var_scope scope;
	const char *name;
	struct node **keys;		/* NULL: without [ ] */
	const struct type *create;
};

static struct node *
check_var(struct checker *c, struct node *n, const struct use *use)
{
	struct var *var = scope_find(c->env->scope, use->scope, use->name);
	struct var fresh = { .type = use->create, .is_assoc = use->keys != NULL };
	bool is_new = var == NULL;

	if (is_new && use->create == NULL && n->pos.src->is_library)
		fresh.type = c->types->t_uint64;	/* a clause that the tracer adds assigns it */
	else if (is_new && use->create == NULL)
		undefined(c, n, use->scope, use->name);
	if (is_new && use->scope == VAR_THIS && use->keys != NULL)
		err_arr_local(n->pos, use->name);
	if (!is_new && var->is_assoc != (use->keys != NULL))
		err_ident_badref(n->pos, var_kind[var->is_assoc], use->name,
		    var_kind[!var->is_assoc]);
	if (is_new)
		var = &fresh;
	if (var->is_assoc)
		check_keys(c, var, is_new, n, use->keys,
		    arena_printf(c->env->arena, "%s[ ]", use->name));
	if (is_new)	/* only now: its own keys could not name it */
		var = define(c, use->scope, use->name, n->pos, var);

	check_attr(c, n->pos, var_kind[var->is_assoc], use->name,
	    pragma_attr(c->env->scope, use->name));
	struct node *keys = use->keys != NULL ? *use->keys : NULL;
	n->kind = var->is_assoc ? NODE_ELEM : NODE_VAR;
	n->var = var;
	n->type = var->type;
	n->a = NULL;
	n->str = NULL;
	n->is_arrow = false;
	n->list = keys;
	return n;
}

static bool
is_thread_or_clause(const struct checker *c, const struct node *n)
{
	return n->kind == NODE_MEMBER && n->a->kind == NODE_IDENT &&
	    (n->a->str == c->name_self || n->a->str == c->name_this);
}

/* Which variable does a name, self->name or this->name mean, and not a built-in one? */
static bool
use_of(const struct checker *c, const struct node *n, struct use *use)
{
	if (is_thread_or_clause(c, n))
		use->scope = n->a->str == c->name_self ? VAR_SELF : VAR_THIS;
	else if (n->kind == NODE_IDENT && builtin_find(n->str) == NULL && !is_symbol(n) &&
	    find_inline(c, n->str) == NULL && !is_param(c, n->str))
		use->scope = VAR_GLOBAL;
	else
		return false;
	use->name = n->str;
	return true;
}

void
check_attr(struct checker *c, struct pos pos, const char *kind, const char *name, struct attr a)
{
	c->attr = attr_min(c->attr, a);
	if (attr_is_below(a, c->amin))
		err_attr_min(pos, kind, name, attr_spell(c->env->arena, a));
}

/* What the kernel has may be otherwise in the next one. */
static struct attr
builtin_attr(const struct builtin *b)
{
	return b->id == BV_CURTHREAD ? (struct attr){ ATTR_STABLE, ATTR_PRIVATE, ATTR_COMMON } :
	    ATTR_DEFAULT;
}

static struct node *
check_builtin(struct checker *c, struct node *n, const struct builtin *b)
{
	if (b->kind != BUILTIN_VAR)
		err_ident_badref(n->pos, builtin_kind[b->kind], n->str, "scalar");
	if (b->id == BV_ARGS || b->id == BV_UREGS)
		err_ident_badref(n->pos, "associative array", n->str, "scalar");
	check_attr(c, n->pos, "scalar", n->str, builtin_attr(b));
	n->type = type_find(c->types, b->result);
	if (b->id >= BV_ARG0 && b->id <= BV_ARG9) {
		n->kind = NODE_ARG;
		n->val = (uint64_t)(b->id - BV_ARG0);
		n->str = NULL;
	} else {
		n->kind = NODE_BUILTIN;
		n->bvar = (uint8_t)b->id;
	}
	return n;
}

struct node *
check_ident(struct checker *c, struct node *n)
{
	const struct builtin *b = builtin_find(n->str);
	const struct node *def;
	struct node *param = check_param(c, n);
	int64_t value = 0;

	if (param != NULL)
		return param;
	if (b != NULL)
		return check_builtin(c, n, b);
	if (n->str == c->name_self || n->str == c->name_this)
		err_ident_badref(n->pos, "variable class", n->str, "scalar");

	if ((def = find_inline(c, n->str)) != NULL)
		return check_inline(c, n, def);
	if (is_symbol(n))
		return check_symbol(c, n);
	bool is_null = n->str == c->name_null;
	if (scope_find(c->env->scope, VAR_GLOBAL, n->str) == NULL &&
	    (is_null || type_find_enumerator(c->types, n->str, &value))) {
		n->kind = NODE_INT;
		n->type = is_null || value != (int32_t)value ? c->types->t_long : c->types->t_int;
		n->val = (uint64_t)value;
		n->str = NULL;
		return n;
	}
	return check_var(c, n, &(struct use){ .scope = VAR_GLOBAL, .name = n->str });
}

struct node *
check_member(struct checker *c, struct node *n)
{
	struct use use = { 0 };

	if (use_of(c, n, &use))
		return check_var(c, n, &use);
	n->a = check_expr(c, n->a);
	if (n->a->kind == NODE_XLATE)
		return check_xlate_member(c, n);
	require_value(c, n->a, n->is_arrow ? "->" : ".");
	return check_object_member(c, n);
}

/* An argument that is not what args[] shows: xlate <type>(it), or copyinstr(it). */
static struct node *
check_translated(struct checker *c, struct node *arg, const struct type *type)
{
	struct node *n = node_new(c->env->arena,
	    type_is_string(type) ? NODE_CALL : NODE_XLATE, arg->pos);

	if (n->kind == NODE_CALL) {
		n->str = intern(c->env->intern, "copyinstr");
		n->list = arg;
	} else {
		n->type = type;
		n->a = arg;
		n->is_known = true;	/* not the program's: see node.def */
	}
	return check_expr(c, n);
}

/* args[N]: every probe that the clause's description matches must have it, with one type. */
static struct node *
check_args_index(struct checker *c, struct node *n)
{
	struct node *idx = n->list = check_expr(c, n->list);
	const struct pdesc *desc;
	const struct type *type = NULL, *from = NULL;
	unsigned nargs = 0;

	if (c->item == NULL)
		err_args_none(n->pos);
	desc = c->item->list->pdesc;
	if (idx->next != NULL)
		err_proto_len(n->pos, "args[ ]", list_len(idx), "arg", "", 1);
	if (idx->kind != NODE_INT)
		err_proto_arg(idx->pos, "args[ ]", "argument", 1, "integer constant",
		    spell_node(c, idx));
	int err = c->env->arg_type == NULL || idx->val > UINT32_MAX ? -ENOENT :
	    c->env->arg_type(c->env->self, desc, (unsigned)idx->val, &type, &from, &nargs);
	if (err == -EINVAL)
		err_args_multi(n->pos, desc->text);
	if (err != 0)
		err_args_idx(n->pos, (long long)idx->val, desc->text);
	n->kind = NODE_ARG;
	n->type = from != NULL ? from : type;
	n->val = idx->val;
	n->a = n->list = NULL;
	if (is_array(n))	/* the argument is where it begins */
		return check_array_arg(c, n);
	return from != NULL ? check_translated(c, n, type) : n;
}

/* struct pt_regs, word for word; behind it, on x86-64, what the kernel keeps with the thread. */
#if defined(__x86_64__)
enum { UREGS = 21 };
static const char *const thread_reg[] = { "ds", "es", "fsindex", "gsindex", "trap_nr" };
enum { THREAD_REGS = sizeof(thread_reg) / sizeof(thread_reg[0]) };
#else
enum { UREGS = 34, THREAD_REGS = 0 };
static const char *const thread_reg[] = { NULL };
#endif

/* curthread->thread.NAME */
static struct node *
check_thread_reg(struct checker *c, const struct node *n, const char *name)
{
	struct node *member = node_new(c->env->arena, NODE_MEMBER, n->pos), *thread, *task;

	thread = member->a = node_new(c->env->arena, NODE_MEMBER, n->pos);
	task = thread->a = node_new(c->env->arena, NODE_IDENT, n->pos);
	task->str = intern(c->env->intern, "curthread");
	thread->str = intern(c->env->intern, "thread");
	thread->is_arrow = true;
	member->str = intern(c->env->intern, name);
	return convert_value(c, check_expr(c, member), type_find(c->types, "uint64_t"));
}

/* uregs[N] */
static struct node *
check_uregs(struct checker *c, struct node *n)
{
	struct node *idx = check_value(c, n->list, "[ ]");

	if (idx->next != NULL)
		err_proto_len(n->pos, "uregs[ ]", list_len(idx), "arg", "", 1);
	if (!type_is_int(idx->type))
		err_proto_arg(idx->pos, "uregs[ ]", "argument", 1, "integer", spell_node(c, idx));
	if (idx->kind == NODE_INT && idx->val >= UREGS + THREAD_REGS)
		err_regs_idx(n->pos, (long long)idx->val);
	if (idx->kind == NODE_INT && idx->val >= UREGS)
		return check_thread_reg(c, n, thread_reg[idx->val - UREGS]);
	n->kind = NODE_BUILTIN;
	n->bvar = BV_UREGS;
	n->type = type_find(c->types, "uint64_t");
	n->val = UREGS;
	n->a = convert_value(c, idx, n->type);
	n->list = NULL;
	n->str = NULL;
	return n;
}

/* A variable whose value has elements: a pointer or a string. */
static bool
is_indexable(const struct checker *c, const struct use *use)
{
	const struct var *var = scope_find(c->env->scope, use->scope, use->name);

	return var != NULL && !var->is_assoc
	    && (type_is_ptr(var->type) || type_is_string(var->type));
}

/* a[keys], read, or to be assigned when create is not NULL. */
static struct node *
check_element(struct checker *c, struct node *n, const struct type *create)
{
	struct use use = { .keys = &n->list, .create = create };

	if (n->a->kind == NODE_AGGREF)
		err_agg_mdim(n->pos, n->a->str);
	const struct node *def = n->a->kind == NODE_IDENT && !is_param(c, n->a->str) ?
	    find_inline(c, n->a->str) : NULL;
	if (def != NULL && def->list != NULL)
		return check_inline_index(c, n, def);
	if (use_of(c, n->a, &use) && !is_indexable(c, &use))
		return check_var(c, n, &use);
	if (n->a->kind == NODE_IDENT && n->a->str == c->name_args)
		return check_args_index(c, n);
	const struct builtin *b = n->a->kind == NODE_IDENT ? builtin_find(n->a->str) : NULL;
	if (b != NULL && b->kind == BUILTIN_VAR && b->id == BV_UREGS)
		return check_uregs(c, n);
	n->a = check_value(c, n->a, "[ ]");
	return check_value_index(c, n);
}

struct node *
check_index(struct checker *c, struct node *n)
{
	return check_element(c, n, NULL);
}

/* The left side of an assignment; `create` is the type of a new variable. */
static struct node *
check_target(struct checker *c, struct node *n, const char *op, const struct type *create)
{
	struct use use = { .create = create };
	const struct builtin *b = n->kind == NODE_IDENT ? builtin_find(n->str) : NULL;

	if ((b != NULL && b->kind == BUILTIN_VAR) || (n->kind == NODE_IDENT &&
	    (find_inline(c, n->str) != NULL || is_param(c, n->str))))
		err_op_write(n->pos, op);
	if (b != NULL)
		err_ident_badref(n->pos, builtin_kind[b->kind], n->str, "scalar");
	if (n->kind == NODE_IDENT && (n->str == c->name_null ||
	    map_get(&c->types->enumerators, n->str) != NULL))
		err_op_lval(n->pos, op);
	if (use_of(c, n, &use))
		n = check_var(c, n, &use);
	else if (n->kind == NODE_INDEX)
		n = check_element(c, n, create);
	else
		n = check_expr(c, n);
	const struct node *place = n->kind == NODE_BITS ? n->a : n;
	if (place->kind == NODE_ARG || (place->kind == NODE_DEREF && !is_scratch(place->a)))
		err_op_write(n->pos, op);
	if ((!is_own(place) && place->kind != NODE_DEREF) || type_is_const(n->type))
		err_op_lval(n->pos, op);

	const struct type *t = type_real(n->type);
	if (t->kind == TYPE_ARRAY || t->kind == TYPE_FUNC)
		err_op_arrfun(n->pos, op, spell(c, n->type));
	if (!type_is_scalar(t) && !type_is_string(t) && !type_is_bytes(t))
		err_unsupported(n->pos, arena_printf(c->env->arena,
		    "assignment to a variable of type %s is", spell(c, n->type)));
	return n;
}

static void
check_plain_assign(struct checker *c, struct node *n)
{
	bool is_literal = n->b->kind == NODE_INT ||
	    (n->b->kind == NODE_IDENT && n->b->str == c->name_null);

	n->b = check_expr(c, n->b);
	if (!type_is_shown(n->b->type))
		require_value(c, n->b, "=");
	n->a = check_target(c, n->a, "=", value_type(c, n->b));

	const struct var *var = n->a->var;
	n->type = n->a->type;
	n->is_delete = is_literal && is_zero(n->b) && var != NULL &&
	    (var->is_assoc || var->scope == VAR_SELF);
	if (!is_assignable(n->type, n->b) && !n->is_delete)
		err_op_incompat(n->pos, spell(c, n->type), "=", spell_node(c, n->b));
	check_scratch_assign(n);
	if (!type_is_bytes(n->type))
		n->b = convert_value(c, n->b, n->type);
}

/* The name of the operator in the source: ++ and -- come as += and -= of 1. */
static const char *
assign_op(struct checker *c, const struct node *n)
{
	if (n->is_post)
		return n->op == TOK_ADD ? "++" : "--";
	return arena_printf(c->env->arena, "%s=", token_text((enum token)n->op));
}

struct node *
check_assign(struct checker *c, struct node *n)
{
	if (n->op == 0) {
		check_plain_assign(c, n);
		return n;
	}
	const char *op = assign_op(c, n);
	n->b = check_value(c, n->b, op);
	n->a = check_target(c, n->a, op, c->types->t_int64);
	n->type = n->a->type;
	n->ctype = check_arith(c, n, op);
	fold(n);
	return n;
}

static bool
is_same_decl(const struct var *a, const struct var *b)
{
	if (a->is_assoc != b->is_assoc || a->nkey != b->nkey || !type_same(a->type, b->type))
		return false;
	for (uint32_t i = 0; i < a->nkey; i++) {
		if (!type_same(a->key[i], b->key[i]))
			return false;
	}
	return true;
}

/* "int", "int [string, int]" */
static const char *
spell_var(struct checker *c, const struct var *v)
{
	const char *s = spell(c, v->type);

	for (uint32_t i = 0; i < v->nkey; i++)
		s = arena_printf(c->env->arena, "%s%s%s", s, i == 0 ? " [" : ", ",
		    spell(c, v->key[i]));
	return v->is_assoc ? arena_printf(c->env->arena, "%s]", s) : s;
}

void
check_decl(struct checker *c, struct node *n)
{
	const struct var *decl = n->var, *was;

	if (decl->scope == VAR_GLOBAL && builtin_find(decl->name) != NULL)
		err_decl_builtin(n->pos, decl->name);
	if (decl->scope == VAR_GLOBAL && find_inline(c, decl->name) != NULL)
		err_decl_idred(n->pos, decl->name, var_kind[decl->is_assoc], spell_var(c, decl),
		    "inline", "definition");
	was = scope_find(c->env->scope, decl->scope, decl->name);
	if (was == NULL)
		define(c, decl->scope, decl->name, n->pos, decl);
	else if (!is_same_decl(decl, was))
		err_decl_idred(n->pos, decl->name, var_kind[decl->is_assoc], spell_var(c, decl),
		    var_kind[was->is_assoc], spell_var(c, was));
}
