/*
 * Provider definitions: the probes that a C program will have, for dtrace -h and -G. D guide,
 * "Statically Defined Tracing for User Applications". They make no probes to trace here; those
 * are in the program that was built with them.
 *
 * The types of arguments may be the program's own: a name that is no type yet becomes one.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/parser.h"
#include "type/convert.h"
#include "type/spell.h"

enum { NAME_MAX_LEN = 63, ARGS_MAX = 255 };

static void
check_name(const struct lexeme *t, const char *what)
{
	if (strchr(t->str, '`') != NULL)
		err_prov_scope(t->pos, what, t->str);
	if (t->len > NAME_MAX_LEN)
		err_prov_long(t->pos, what, NAME_MAX_LEN, t->str);
}

/* ( params ), after a name or a colon: a function type. */
static const struct type *
parse_prototype(struct parser *p, const char *probe, const char *which)
{
	struct declarator d;
	struct pos pos = p->tok.pos;

	p->in_probe = true;
	d = parse_declarator(p, p->env->types->t_void);
	p->in_probe = false;
	if (d.type->kind != TYPE_FUNC || d.type->base != p->env->types->t_void)
		parser_syntax(p);
	if (d.type->is_variadic)
		err_prov_varargs(pos, probe);
	if (d.type->nmember > ARGS_MAX)
		err_prov_prarglen(pos, probe, which, ARGS_MAX, d.type->nmember);
	return d.type;
}

/* The input argument that an output argument is made from: that of its name, else its place. */
static const struct type_member *
input_of(const struct type *in, const struct type *out, uint32_t i)
{
	for (uint32_t k = 0; out->member[i].name != NULL && k < in->nmember; k++)
		if (in->member[k].name == out->member[i].name)
			return &in->member[k];
	return i < in->nmember ? &in->member[i] : NULL;
}

static bool
is_translated(const struct type *t)
{
	t = type_real(t);
	if (t->kind == TYPE_PTR)
		t = type_real(t->base);
	return t->kind == TYPE_STRUCT || t->kind == TYPE_UNION;
}

/*
 * Each output argument needs an input of a type that converts to it. A struct may come from a
 * translator, which is known only where the probe is traced.
 */
static void
check_output(struct parser *p, const struct node *probe, struct pos pos)
{
	const struct type *out = probe->ctype;

	for (uint32_t i = 0; i < out->nmember; i++) {
		const struct type_member *from = input_of(probe->type, out, i);
		const struct type *to = out->member[i].type;

		if (from == NULL)
			err_prov_prxlator_none(pos, probe->str, i + 1);
		if (is_translated(to) || convert_assignable(to, from->type))
			continue;
		err_prov_prxlator(pos, probe->str, i + 1, type_spell(p->env->arena, from->type),
		    type_spell(p->env->arena, to));
	}
}

/* probe: PROBE name ( params ) [: ( params )] ; */
static struct node *
parse_probe(struct parser *p, const struct node *provider)
{
	struct node *n = node_new(p->env->arena, NODE_PROBE, p->tok.pos);
	struct pos pos;

	parser_expect(p, TOK_PROBE);
	if (p->tok.kind != TOK_IDENT)
		parser_syntax(p);
	check_name(&p->tok, "probe");
	n->str = p->tok.str;
	for (const struct node *other = provider->list; other != NULL; other = other->next)
		if (other->str == n->str)
			err_prov_prdup(p->tok.pos, provider->str, n->str);
	n->type = parse_prototype(p, n->str, "input");
	pos = p->tok.pos;
	if (parser_accept(p, TOK_COLON)) {
		n->ctype = parse_prototype(p, n->str, "output");
		check_output(p, n, pos);
	}
	parser_expect(p, TOK_SEMI);
	return n;
}

static const char *
spell_probe(struct arena *a, const struct node *n)
{
	if (n == NULL)
		return "no more probes";
	return arena_printf(a, n->ctype != NULL ? "probe %s(%s) : (%s)" : "probe %s(%s)", n->str,
	    type_spell_params(a, n->type),
	    n->ctype != NULL ? type_spell_params(a, n->ctype) : "");
}

/* A provider that was defined before must be the same. */
static void
check_same(struct parser *p, const struct node *now, const struct node *was)
{
	const struct node *a = now->list, *b = was->list;

	for (; a != NULL || b != NULL; a = a->next, b = b->next) {
		const char *now_text = spell_probe(p->env->arena, a);
		const char *was_text = spell_probe(p->env->arena, b);

		if (strcmp(now_text, was_text) != 0)
			err_prov_incompat(a ? a->pos : now->pos, now->str, now_text, was_text);
	}
}

/* provider: PROVIDER name { {probe} } */
void
parse_provider(struct parser *p, struct node_list *l)
{
	struct node *n = node_new(p->env->arena, NODE_PROVIDER, p->tok.pos), *was;
	struct node_list probes = {0};
	struct map *known = &p->env->scope->provider;

	parser_expect(p, TOK_PROVIDER);
	if (p->tok.kind != TOK_IDENT)
		parser_syntax(p);
	check_name(&p->tok, "provider");
	if (isdigit((unsigned char)p->tok.str[p->tok.len - 1]))
		err_prov_digit(p->tok.pos, p->tok.str);
	n->str = parser_next(p).str;
	parser_expect(p, TOK_LBRACE);
	while (p->tok.kind != TOK_RBRACE) {
		node_list_add(&probes, parse_probe(p, n));
		n->list = probes.first;
	}
	parser_expect(p, TOK_RBRACE);
	was = map_get(known, n->str);
	if (was != NULL) {
		check_same(p, n, was);
		return;
	}
	map_put(known, n->str, n);
	node_list_add(l, n);
}
