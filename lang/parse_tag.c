/* struct, union and enum: their bodies, and where the members are (System V ABI's rule). */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/parser.h"
#include "type/spell.h"

/* A member, while their number is unknown. */
struct member_link {
	struct type_member m;
	struct member_link *next;
};

struct layout {
	bool is_union;
	uint64_t bits;		/* end of the last member; union: of the longest */
	uint32_t align_bytes;
	struct member_link *first, **last;
	uint32_t n;
};

static uint64_t
round_up(uint64_t v, uint64_t to)
{
	return (v + to - 1) / to * to;
}

/*
 * Where a member goes. A bit-field shares a unit of its type with what came before it if it
 * fits, else begins the next one.
 */
static void
place(struct layout *y, struct type_member *m)
{
	const struct type *t = type_filled(m->type);
	uint64_t unit = 8ull * t->align_bytes, off = y->is_union ? 0 : y->bits;
	uint64_t size = m->bits ? m->bits : 8ull * t->size_bytes;

	if (m->bits == 0 || off / unit != (off + size - 1) / unit)
		off = round_up(off, unit);
	m->off_bits = (uint32_t)off;
	if (off + size > y->bits)
		y->bits = off + size;
	if (t->align_bytes > y->align_bytes)
		y->align_bytes = t->align_bytes;
}

/* bit-field: : constant */
static uint32_t
parse_bits(struct parser *p, const struct type *type)
{
	const struct type *t = type_real(type);
	struct node *e = parse_cond_expr(p);
	int64_t bits;

	if (!type_is_int(t))
		err_decl_bftype(e->pos);
	if (!parse_const(p, e, &bits) || bits <= 0)
		err_decl_bfconst(e->pos);
	if (bits > 8 * (int64_t)t->size_bytes)
		err_decl_bfsize(e->pos, type_spell(p->env->arena, type));
	return (uint32_t)bits;
}

static void
add_member(struct parser *p, struct layout *y, const struct type *base)
{
	struct member_link *link = arena_new(p->env->arena, struct member_link);
	struct declarator d = parse_declarator(p, base);

	if (d.name == NULL)
		err_decl_mname(d.pos);
	if (d.is_assoc)
		err_decl_arrsub(d.pos);
	parse_check_object(p, &d);
	for (struct member_link *l = y->first; l != NULL; l = l->next)
		if (l->m.name == d.name)
			err_decl_enumred(d.pos, d.name);
	link->m.name = d.name;
	link->m.type = d.type;
	if (parser_accept(p, TOK_COLON))
		link->m.bits = parse_bits(p, d.type);
	place(y, &link->m);
	if (y->bits > 8ull * TYPE_SIZE_MAX)
		err_decl_arrbig(d.pos);
	*y->last = link;
	y->last = &link->next;
	y->n++;
}

/* members: { specifiers declarator [: constant] {, …} ; {…} }   Leaves the }. */
static void
parse_members(struct parser *p, struct type *t)
{
	struct layout y = { .is_union = t->kind == TYPE_UNION, .align_bytes = 1, .last = &y.first };
	struct type_member *member;
	uint32_t i = 0;

	parser_expect(p, TOK_LBRACE);
	do {
		struct specifiers s = parse_specifiers(p);

		if (s.storage != TOK_EOF)
			err_decl_badclass(s.pos, s.storage_text);
		do
			add_member(p, &y, s.type);
		while (parser_accept(p, TOK_COMMA));
		parser_expect(p, TOK_SEMI);
	} while (p->tok.kind != TOK_RBRACE);
	member = arena_alloc(p->env->arena, (y.n + 1) * sizeof(*member));
	for (struct member_link *l = y.first; l != NULL; l = l->next)
		member[i++] = l->m;
	t->member = member;
	t->nmember = y.n;
	t->align_bytes = y.align_bytes;
	t->size_bytes = (uint32_t)(round_up(y.bits, 8ull * y.align_bytes) / 8);
}

/* An enumerator, while their number is unknown. */
struct enumerator_link {
	struct type_enumerator e;
	struct enumerator_link *next;
};

/* IDENT [= constant] */
static struct enumerator_link *
parse_enumerator(struct parser *p, int64_t *value)
{
	struct enumerator_link *link = arena_new(p->env->arena, struct enumerator_link);
	struct lexeme name = parser_expect(p, TOK_IDENT);
	struct map *known = &p->env->types->enumerators;

	if (parser_accept(p, TOK_ASGN) && !parse_const(p, parse_cond_expr(p), value))
		err_decl_enconst(name.pos, name.str);
	if (*value != (int32_t)*value)
		err_decl_enoflow(name.pos, name.str);
	if (map_get(known, name.str) != NULL)
		err_decl_enumred(name.pos, name.str);
	link->e = (struct type_enumerator){ name.str, (*value)++ };
	map_put(known, name.str, &link->e);
	return link;
}

/* enumerators: { enumerator {, enumerator} [,] }   Leaves the }. */
static void
parse_enumerators(struct parser *p, struct type *t)
{
	struct enumerator_link *first = NULL, **last = &first;
	struct type_enumerator *v;
	int64_t value = 0;
	uint32_t n = 0;

	parser_expect(p, TOK_LBRACE);
	do {
		*last = parse_enumerator(p, &value);
		last = &(*last)->next;
		n++;
	} while (parser_accept(p, TOK_COMMA) && p->tok.kind != TOK_RBRACE);
	v = arena_alloc(p->env->arena, n * sizeof(*v));
	t->enumerator = v;
	t->nenumerator = n;
	for (struct enumerator_link *l = first; l != NULL; l = l->next)
		*v++ = l->e;
	t->base = p->env->types->t_int;
	t->is_signed = true;
	t->size_bytes = t->align_bytes = t->base->size_bytes;
}

/* A name alone may mean a type of the kernel, unless it is declared: "struct x { … }", "struct x;". */
static struct type *
new_tag(struct parser *p, enum type_kind kind, const char *name)
{
	struct type *t;

	if (name != NULL && p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_SEMI)
		return type_tag(p->env->types, kind, name);
	if (name != NULL)
		return type_declare_tag(p->env->types, kind, name);
	t = arena_new(p->env->arena, struct type);
	t->kind = kind;
	t->align_bytes = 1;
	return t;
}

/* tag: (struct | union | enum) (IDENT | [IDENT] body) */
const struct type *
parse_tag(struct parser *p)
{
	enum token k = parser_next(p).kind;
	enum type_kind kind = k == TOK_STRUCT ? TYPE_STRUCT :
	    k == TOK_UNION ? TYPE_UNION : TYPE_ENUM;
	const char *name = NULL;
	struct pos pos = p->tok.pos;
	struct type *t;

	if (p->tok.kind == TOK_IDENT)
		name = parser_next(p).str;
	else if (p->tok.kind != TOK_LBRACE)
		parser_syntax(p);
	if (name != NULL && strchr(name, '`') != NULL && p->tok.kind == TOK_LBRACE)
		err_decl_scope(pos, name);
	t = new_tag(p, kind, name);
	if (p->tok.kind != TOK_LBRACE)
		return kind == TYPE_ENUM ? type_filled(t) : t;	/* it is a scalar */

	parser_enter(p);
	if (!t->is_complete && kind == TYPE_ENUM)
		parse_enumerators(p, t);
	else if (!t->is_complete)
		parse_members(p, t);
	if (t->is_complete)	/* before, or by a member of its own */
		err_decl_typered(pos, type_spell(p->env->arena, t));
	t->is_complete = true;
	parser_expect(p, TOK_RBRACE);
	parser_leave(p);
	return t;
}
