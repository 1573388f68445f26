/*
 * Inlines and translators (D guide, "Inline Definitions", "Translators"). Neither is there for
 * gen: where one is used, a copy of its value takes the place, with its parameters replaced by
 * what they stand for, and is checked like any expression. What they say is checked where they
 * are defined, too, but in libraries only where it is used: most of a library never is.
 */
#include "lang/checker.h"

#include "lang/builtin.h"
#include "lang/diag.h"
#include "type/convert.h"

/* A text may define what grows with each level: this many nodes for a clause are enough. */
enum { COPY_MAX = 1 << 20 };

static uint32_t
count_nodes(const struct node *n)
{
	uint32_t sum = 0;

	for (; n != NULL; n = n->next)
		sum += 1 + count_nodes(n->a) + count_nodes(n->b) + count_nodes(n->c) +
		    count_nodes(n->list);
	return sum;
}

static struct node *
copy(struct checker *c, const struct node *n, struct pos pos)
{
	struct node one = *n;

	one.next = NULL;
	c->ncopied += count_nodes(&one);
	if (c->ncopied > COPY_MAX)
		err_inline_big(pos);
	return node_copy(c->env->arena, &one);
}

bool
is_param(const struct checker *c, const char *name)
{
	for (const struct node *p = c->params; p != NULL; p = p->next)
		if (p->str == name)
			return true;
	return false;
}

/* The parameter of the inline or translator that is being expanded; NULL: no such one. */
struct node *
check_param(struct checker *c, const struct node *ident)
{
	const struct node *arg = c->args;

	for (const struct node *p = c->params; p != NULL; p = p->next, arg = arg->next) {
		if (p->str != ident->str)
			continue;
		struct node *n = copy(c, arg, ident->pos);
		if (c->depth + n->height > NODE_HEIGHT_MAX)
			err_too_deep(ident->pos);
		return n;
	}
	return NULL;
}

/* The value of a definition for these arguments, which are checked already. */
static struct node *
expand(struct checker *c, const struct node *value, const struct node *params,
    const struct node *args, struct pos pos)
{
	const struct node *outer_params = c->params, *outer_args = c->args;
	struct node *n = copy(c, value, pos);

	c->params = params;
	c->args = args;
	n = check_expr(c, n);
	if (n->kind != NODE_XLATE && type_real(n->type)->kind != TYPE_STRUCT &&
	    type_real(n->type)->kind != TYPE_UNION)
		require_value(c, n, "=");
	c->params = outer_params;
	c->args = outer_args;
	return n;
}

/* While a definition is checked, something of its type stands for each parameter. */
static struct node *
stand_ins(struct checker *c, const struct node *params)
{
	struct node *first = NULL, **last = &first;

	for (; params != NULL; params = params->next) {
		*last = node_new(c->env->arena, NODE_ARG, params->pos);
		(*last)->type = params->type;
		last = &(*last)->next;
	}
	return first;
}

const struct node *
find_inline(const struct checker *c, const char *name)
{
	const struct node *def = map_get(&c->env->scope->inlines, name);

	return def != NULL && def->is_known ? def : NULL;
}

/* A text may set the size of strings after the type was read. */
static const struct type *
current_type(const struct checker *c, const struct type *t)
{
	return type_is_string(t) ? c->types->t_string : t;
}

static struct node *
inline_value(struct checker *c, const struct node *def, const struct node *args, struct pos pos)
{
	struct node *n = expand(c, def->a, def->list, args, pos);

	check_attr(c, pos, def->list != NULL ? "associative array" : "scalar", def->str,
	    pragma_attr(c->env->scope, def->str));
	if (!is_assignable(def->type, n))
		err_inline_incompat(def->a->pos, def->str, spell(c, def->type), spell_node(c, n));
	return convert_value(c, n, current_type(c, def->type));
}

struct node *
check_inline(struct checker *c, struct node *at, const struct node *def)
{
	if (def->list != NULL)
		err_ident_badref(at->pos, "associative array", def->str, "scalar");
	return inline_value(c, def, NULL, at->pos);
}

struct node *
check_inline_index(struct checker *c, struct node *at, const struct node *def)
{
	struct var var = { .name = def->str, .is_assoc = true };
	const struct type *key[16];

	for (const struct node *p = def->list; p != NULL; p = p->next) {
		if (var.nkey == sizeof(key) / sizeof(*key))
			err_too_deep(at->pos);
		key[var.nkey++] = current_type(c, p->type);
	}
	var.key = key;
	check_keys(c, &var, false, at, &at->list,
	    arena_printf(c->env->arena, at->kind == NODE_CALL ? "%s( )" : "%s[ ]", def->str));
	return inline_value(c, def, at->list, at->pos);
}

void
check_inline_def(struct checker *c, struct node *def)
{
	const struct var *var = scope_find(c->env->scope, VAR_GLOBAL, def->str);
	const char *was = builtin_find(def->str) != NULL ? "built-in identifier" :
	    map_get(&c->env->scope->inlines, def->str) != def ? "inline definition" :
	    var != NULL ? "variable" : NULL;

	if (was != NULL)
		err_decl_inline(def->pos, def->str, was);
	c->item = NULL;
	if (!def->pos.src->is_other)
		inline_value(c, def, stand_ins(c, def->list), def->pos);
	def->is_known = true;
}

static bool
is_struct(const struct type *t)
{
	return type_real(t)->kind == TYPE_STRUCT || type_real(t)->kind == TYPE_UNION;
}

/* Is there a translator for values of this type? gives: its number, or -1 */
static int
find_xlator(const struct checker *c, const struct type *from, const struct type *to)
{
	const struct type *f = type_real(from);

	for (size_t i = 0; i < c->env->scope->xlator.n; i++) {
		const struct node *x = c->env->scope->xlator.v[i];
		const struct type *in = type_real(x->b->type);

		if (type_same(x->type, to) && (type_same(in, from) || (in->kind == TYPE_PTR &&
		    f->kind == TYPE_PTR && type_same(in->base, f->base))))
			return (int)i;
	}
	return -1;
}

/* xlate <T>(a), xlate <T *>(a): it has no value until a member of it is named. */
struct node *
check_xlate(struct checker *c, struct node *n)
{
	const struct type *to = type_real(n->type);
	int i;

	n->a = check_expr(c, n->a);
	if (!is_struct(n->a->type))
		require_value(c, n->a, "xlate");
	if (to->kind == TYPE_PTR)
		to = type_real(to->base);
	if (!is_struct(to))
		err_xlate_sou(n->pos);
	i = find_xlator(c, n->a->type, to);
	if (i < 0 && n->is_known)
		err_args_xlator(n->pos, (long long)n->a->val, spell_node(c, n->a),
		    spell(c, n->type));
	if (i < 0)
		err_xlate_none(n->pos, spell_node(c, n->a), spell(c, n->type));
	n->val = (uint64_t)i;
	return n;
}

/* The value of a member of a translator's output, from a value of its input. */
static struct node *
member_value(struct checker *c, const struct node *x, const struct node *member,
    const struct node *in, struct pos pos)
{
	uint32_t off;
	const struct type_member *m = type_member(x->type, member->str, &off);
	struct node *n = expand(c, member->a, x->b, in, pos);

	if (!is_assignable(m->type, n))
		err_xlate_incompat(member->pos, member->str, spell(c, m->type),
		    spell_node(c, n));
	if (type_real(m->type)->kind == TYPE_ARRAY || is_struct(m->type))
		return n;	/* by value as it is: text in an array is text */
	return convert_value(c, n, current_type(c, m->type));
}

/* (xlate …).name, (xlate …)->name: n->a is checked. */
struct node *
check_xlate_member(struct checker *c, struct node *n)
{
	const struct node *x = c->env->scope->xlator.v[n->a->val], *member = x->list;
	bool is_ptr = type_real(n->a->type)->kind == TYPE_PTR;
	uint32_t off;

	if (is_ptr != n->is_arrow)
		err_op_sou(n->pos, n->is_arrow ? "->" : ".", spell_node(c, n->a));
	if (type_member(x->type, n->str, &off) == NULL)
		err_type_member(n->pos, n->str, spell(c, x->type));
	while (member != NULL && member->str != n->str)
		member = member->next;
	if (member == NULL)
		err_xlate_noconv(n->pos, n->str);
	return member_value(c, x, member, n->a->a, n->pos);
}

void
check_xlator_def(struct checker *c, struct node *x)
{
	const struct node *in;
	uint32_t off;

	if (!is_struct(x->type))
		err_xlate_sou(x->pos);
	if (!type_filled(x->type)->is_complete)
		err_decl_incomplete(x->pos, spell(c, x->type));
	if (find_xlator(c, x->b->type, x->type) >= 0)
		err_xlate_redecl(x->pos, spell(c, x->b->type), spell(c, x->type));
	c->item = NULL;
	in = stand_ins(c, x->b);
	for (const struct node *m = x->list; m != NULL; m = m->next) {
		if (type_member(x->type, m->str, &off) == NULL)
			err_xlate_memb(m->pos, m->str, spell(c, x->type));
		if (!x->pos.src->is_other)
			member_value(c, x, m, in, m->pos);
	}
	vec_push(&c->env->scope->xlator, x);
}
