/*
 * Definitions that have no storage: inlines and translators. They stay as they are read; the
 * checker puts a copy where they are used (check_xlate.c).
 */
#include <stddef.h>

#include "lang/diag.h"
#include "lang/parser.h"
#include "type/convert.h"

/* The parameters of an inline: [type name {, type name}] */
static struct node *
new_params(struct parser *p, const struct declarator *d)
{
	struct node_list l = {0};

	for (uint32_t i = 0; i < d->nkey; i++) {
		struct node *param = node_new(p->env->arena, NODE_PARAM, d->pos);

		if (d->param[i].name == NULL)
			err_decl_proto_name(d->pos, d->name, i + 1);
		for (const struct node *other = l.first; other != NULL; other = other->next)
			if (other->str == d->param[i].name)
				err_decl_proto_form(d->pos, d->name, other->str);
		param->str = d->param[i].name;
		param->type = d->key[i];
		node_list_add(&l, param);
	}
	return l.first;
}

/*
 * inline: INLINE specifiers declarator = assign
 *
 * Its value is needed at once where it is a constant: in dimensions of arrays, for example.
 */
void
parse_inline(struct parser *p, struct node_list *l)
{
	struct node *n = node_new(p->env->arena, NODE_INLINE, p->tok.pos);
	struct specifiers s;
	struct declarator d;
	int64_t val;

	parser_expect(p, TOK_INLINE);
	s = parse_specifiers(p);
	if (s.storage != TOK_EOF)
		err_decl_badclass(s.pos, s.storage_text);
	p->in_inline = true;
	d = parse_declarator(p, s.type);
	p->in_inline = false;
	if (d.name == NULL)
		parser_syntax(p);
	parse_check_object(p, &d);
	if (d.type->kind == TYPE_ARRAY)
		err_decl_arrnull(d.pos, d.name);
	n->pos = d.pos;
	n->str = d.name;
	n->type = d.type;
	n->list = new_params(p, &d);
	parser_expect(p, TOK_ASGN);
	n->a = parse_assign_expr(p);
	if (n->list == NULL && type_is_int(n->type) && parse_const(p, n->a, &val)) {
		n->b = node_new(p->env->arena, NODE_INT, n->a->pos);
		n->b->type = n->type;
		n->b->val = (uint64_t)convert_int(n->type, val);
	}
	if (map_get(&p->env->scope->inlines, n->str) == NULL)
		map_put(&p->env->scope->inlines, n->str, n);
	node_list_add(l, n);
}

/* member: IDENT = assign ; */
static struct node *
parse_conversion(struct parser *p, const struct node *xlator)
{
	struct node *n = node_new(p->env->arena, NODE_MEMBER, p->tok.pos);

	n->str = parser_expect(p, TOK_IDENT).str;
	for (const struct node *other = xlator->list; other != NULL; other = other->next)
		if (other->str == n->str)
			err_xlate_twice(n->pos, n->str);
	parser_expect(p, TOK_ASGN);
	n->a = parse_assign_expr(p);
	parser_expect(p, TOK_SEMI);
	return n;
}

/* translator: TRANSLATOR type < type IDENT > { {member} } */
void
parse_translator(struct parser *p, struct node_list *l)
{
	struct node *n = node_new(p->env->arena, NODE_XLATOR, p->tok.pos);
	struct node_list members = {0};
	struct specifiers s;
	struct declarator d;

	parser_expect(p, TOK_TRANSLATOR);
	n->type = parse_type_name(p);
	parser_expect(p, TOK_LT);
	s = parse_specifiers(p);
	if (s.storage != TOK_EOF)
		err_decl_parmclass(s.pos, s.storage_text);
	d = parse_declarator(p, s.type);
	if (d.name == NULL)
		parser_syntax(p);
	n->b = node_new(p->env->arena, NODE_PARAM, d.pos);
	n->b->str = d.name;
	n->b->type = d.type;
	parser_expect(p, TOK_GT);
	parser_expect(p, TOK_LBRACE);
	while (p->tok.kind != TOK_RBRACE) {
		node_list_add(&members, parse_conversion(p, n));
		n->list = members.first;
	}
	parser_expect(p, TOK_RBRACE);
	node_list_add(l, n);
}

/* xlate: XLATE < type > ( expr ) */
struct node *
parse_xlate(struct parser *p)
{
	struct node *n = node_new(p->env->arena, NODE_XLATE, p->tok.pos);

	parser_expect(p, TOK_XLATE);
	parser_expect(p, TOK_LT);
	n->type = parse_type_name(p);
	parser_expect(p, TOK_GT);
	parser_expect(p, TOK_LPAR);
	n->a = parse_expr(p);
	n->height = (uint16_t)(n->a->height + 1);
	parser_expect(p, TOK_RPAR);
	return n;
}
