/*
 * Declarations. C's declarators are read inside out: parse_layers() lists what stands around the
 * name, nearest first; make_type() applies that from the far end to the type of the specifiers.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/parser.h"
#include "type/spell.h"

static const unsigned word_table[TOK_MAX] = {
	[TOK_VOID] = WORD_VOID, [TOK_CHAR] = WORD_CHAR, [TOK_SHORT] = WORD_SHORT,
	[TOK_KWINT] = WORD_INT, [TOK_LONG] = WORD_LONG, [TOK_FLOAT] = WORD_FLOAT,
	[TOK_DOUBLE] = WORD_DOUBLE, [TOK_SIGNED] = WORD_SIGNED, [TOK_UNSIGNED] = WORD_UNSIGNED,
};

static const bool is_storage[TOK_MAX] = {
	[TOK_AUTO] = true, [TOK_REGISTER] = true, [TOK_STATIC] = true, [TOK_EXTERN] = true,
	[TOK_TYPEDEF] = true, [TOK_SELF] = true, [TOK_THIS] = true,
};

/* A type of the C program that will have the probe: all that matters is its name. */
static const struct type *
opaque_type(const struct parser *p, const char *name)
{
	struct type *t = arena_new(p->env->arena, struct type);

	t->kind = TYPE_STRUCT;
	t->align_bytes = 1;
	t->name = name;
	return type_typedef(p->env->types, name, t);
}

/* Whether the kernel has a type of that name is asked only where the name of a type can stand: who
 * uses no types of the kernel does not wait for them. */
static bool
may_be_foreign(const struct parser *p)
{
	char next = lex_peek(&p->lx);

	return (strchr(")*],(", next) != NULL || isalpha((unsigned char)next) ||
	    next == '_') &&
	    builtin_find(p->tok.str) == NULL;
}

static const struct type *
typedef_next(const struct parser *p)
{
	const struct type *t;

	if (p->tok.kind != TOK_IDENT)
		return NULL;
	t = map_get(&p->env->types->typedefs, p->tok.str);
	if (t == NULL && !p->in_probe && may_be_foreign(p))
		t = type_find_typedef(p->env->types, p->tok.str);
	if (t == NULL && p->in_probe && strchr(p->tok.str, '`') == NULL)
		t = opaque_type(p, p->tok.str);
	return t;
}

bool
parse_is_type(const struct parser *p)
{
	switch ((int)p->tok.kind) {
	case TOK_CONST:
	case TOK_VOLATILE:
	case TOK_RESTRICT:
	case TOK_STRUCT:
	case TOK_UNION:
	case TOK_ENUM:
	case TOK_KWSTRING:
		return true;
	default:
		return word_table[p->tok.kind] != 0 || typedef_next(p) != NULL;
	}
}

/* The words make no type: say what is wrong with them. */
_Noreturn static void
bad_words(unsigned words, bool has_type, struct pos pos)
{
	const unsigned sign = WORD_SIGNED | WORD_UNSIGNED, width = WORD_SHORT | WORD_LONG;

	if (words & WORD_VOID)
		err_decl_voidattr(pos);
	if (has_type ? words & sign : words & sign && words & (WORD_FLOAT | WORD_DOUBLE))
		err_decl_signint(pos);
	if (words & WORD_CHAR && words & width)
		err_decl_charattr(pos);
	if (has_type ? words & width : words & width && words & (WORD_FLOAT | WORD_DOUBLE))
		err_decl_longint(pos);
	err_decl_combo(pos);
}

static void
add_word(struct parser *p, unsigned *words)
{
	unsigned flag = word_table[p->tok.kind];

	if (flag == WORD_LONG && *words & WORD_LONG)
		flag = WORD_LLONG;
	if (*words & flag)
		err_decl_combo(p->tok.pos);
	*words |= flag;
}

static void
add_storage(struct parser *p, struct specifiers *s)
{
	if (s->storage != TOK_EOF)
		err_decl_class(p->tok.pos);
	s->storage = p->tok.kind;
	s->storage_text = p->tok.str;
}

/* specifiers: {storage | const | volatile | word | string | TYPEDEF | struct … } */
struct specifiers
parse_specifiers(struct parser *p)
{
	struct specifiers s = { .pos = p->tok.pos };
	bool is_const = false, is_volatile = false;
	unsigned words = 0;

	for (;;) {
		enum token k = p->tok.kind;

		if (k == TOK_STRUCT || k == TOK_UNION || k == TOK_ENUM) {
			if (s.type != NULL)
				err_decl_combo(p->tok.pos);
			s.type = parse_tag(p);
			s.has_tag = true;
			continue;
		}
		if (is_storage[k]) {
			add_storage(p, &s);
		} else if (word_table[k] != 0) {
			add_word(p, &words);
		} else if (k == TOK_CONST) {
			is_const = true;
		} else if (k == TOK_VOLATILE) {
			is_volatile = true;
		} else if (k == TOK_KWSTRING) {
			if (s.type != NULL)
				err_decl_combo(p->tok.pos);
			s.type = p->env->types->t_string;
		} else if (s.type == NULL && words == 0 && typedef_next(p) != NULL) {
			s.type = typedef_next(p);
		} else if (k != TOK_RESTRICT) {
			break;
		}
		parser_next(p);
	}
	if (s.type == NULL && words == 0)
		parser_syntax(p);
	if (s.type != NULL && words != 0)
		bad_words(words, true, s.pos);
	if (s.type == NULL && (s.type = type_basic(p->env->types, words)) == NULL)
		bad_words(words, false, s.pos);
	s.type = type_qualified(p->env->types, s.type, is_const, is_volatile);
	return s;
}

/* What a declarator puts between a name and the type of the specifiers. */
struct layer {
	enum { LAYER_PTR, LAYER_ARRAY, LAYER_KEYS, LAYER_FUNC } kind;
	struct pos pos;
	bool is_const, is_volatile;	/* PTR */
	bool is_variadic;		/* FUNC */
	int64_t nelem;			/* ARRAY; 0: [] */
	struct type_member *member;	/* KEYS, FUNC */
	uint32_t n;
};

#define LAYERS_MAX 32

struct layers {
	struct layer v[LAYERS_MAX];	/* nearest to the name first */
	uint32_t n;
};

static struct layer *
add_layer(struct layers *l, struct pos pos)
{
	if (l->n == LAYERS_MAX)
		err_too_deep(pos);
	l->v[l->n] = (struct layer){ .pos = pos };
	return &l->v[l->n++];
}

#define PARAMS_MAX 255

static void
add_param(struct parser *p, struct layer *y, const struct declarator *d)
{
	if (y->n == PARAMS_MAX && !p->in_probe)	/* parse_provider.c has a sentence for it */
		err_too_deep(d->pos);
	if ((y->n & (y->n - 1)) == 0) {		/* full: the room is a power of two */
		size_t bytes = y->n * sizeof(*y->member);
		void *more = arena_alloc(p->env->arena, bytes ? 2 * bytes : sizeof(*y->member));

		y->member = bytes ? memcpy(more, y->member, bytes) : more;
	}
	y->member[y->n++] = (struct type_member){ .name = d->name, .type = d->type };
}

/* A key of an inline has a name, which its value uses. */
static struct declarator
parse_key(struct parser *p)
{
	struct specifiers s;

	if (!p->in_inline)
		return (struct declarator){ .pos = p->tok.pos, .type = parse_type_name(p) };
	s = parse_specifiers(p);
	if (s.storage != TOK_EOF)
		err_decl_parmclass(s.pos, s.storage_text);
	return parse_declarator(p, s.type);
}

/* keys: type [name] {, type [name]} */
static void
parse_keys(struct parser *p, struct layer *y)
{
	y->kind = LAYER_KEYS;
	do {
		struct declarator d = parse_key(p);

		add_param(p, y, &d);
	} while (parser_accept(p, TOK_COMMA));
}

/* [ ] | [ keys ] | [ constant ] */
static void
parse_dimension(struct parser *p, struct layers *l)
{
	struct layer *y = add_layer(l, parser_expect(p, TOK_LBRAC).pos);
	struct node *e;

	if (parse_is_type(p)) {
		parse_keys(p, y);
	} else if (p->tok.kind != TOK_RBRAC) {
		e = parse_cond_expr(p);
		if (!parse_const(p, e, &y->nelem) || y->nelem <= 0)
			err_decl_arrsub(e->pos);
		y->kind = LAYER_ARRAY;
	} else {
		y->kind = LAYER_ARRAY;
	}
	parser_expect(p, TOK_RBRAC);
}

/* params: ) | void ) | param {, param} [, ...] )      param: specifiers declarator */
static void
parse_params(struct parser *p, struct layers *l, struct pos pos)
{
	struct layer *y = add_layer(l, pos);
	const struct type *t;
	bool has_void = false;

	y->kind = LAYER_FUNC;
	while (p->tok.kind != TOK_RPAR) {
		struct specifiers s;
		struct declarator d;

		if (p->tok.kind == TOK_ELLIPSIS) {
			if (y->n == 0)
				err_decl_proto_varargs(p->tok.pos);
			y->is_variadic = true;
			parser_next(p);
			break;
		}
		s = parse_specifiers(p);
		if (s.storage != TOK_EOF)
			err_decl_parmclass(s.pos, s.storage_text);
		d = parse_declarator(p, s.type);
		t = type_real(d.type);
		if (d.is_assoc)
			err_decl_arrsub(d.pos);
		has_void |= t->kind == TYPE_VOID;
		if (t->kind == TYPE_ARRAY)
			d.type = type_ptr(p->env->types, t->base);
		add_param(p, y, &d);
		if (p->tok.kind != TOK_RPAR)
			parser_expect(p, TOK_COMMA);
	}
	if (has_void && (y->n != 1 || y->is_variadic || y->member[0].name != NULL))
		err_decl_proto_void(pos);
	if (has_void)
		y->n = 0;
	parser_expect(p, TOK_RPAR);
}

/* layers: {* {const}} [IDENT | ( layers )] { [dimension] | (params) } */
static void
parse_layers(struct parser *p, struct layers *l, struct declarator *d)
{
	struct layers stars = {0};

	parser_enter(p);
	while (p->tok.kind == TOK_MUL) {
		struct layer *y = add_layer(&stars, parser_next(p).pos);

		for (;; parser_next(p))
			if (p->tok.kind == TOK_CONST)
				y->is_const = true;
			else if (p->tok.kind == TOK_VOLATILE)
				y->is_volatile = true;
			else if (p->tok.kind != TOK_RESTRICT)
				break;
	}
	d->pos = p->tok.pos;
	if (p->tok.kind == TOK_IDENT) {
		d->name = parser_next(p).str;
		if (p->tok.kind == TOK_IDENT)	/* what came first was meant as a type */
			err_decl_ident(d->pos);
	} else if (p->tok.kind == TOK_LPAR) {
		parser_next(p);
		if (p->tok.kind == TOK_RPAR || parse_is_type(p)) {
			parse_params(p, l, d->pos);
		} else {
			parse_layers(p, l, d);
			parser_expect(p, TOK_RPAR);
		}
	}
	while (p->tok.kind == TOK_LBRAC || p->tok.kind == TOK_LPAR)
		if (p->tok.kind == TOK_LBRAC)
			parse_dimension(p, l);
		else
			parse_params(p, l, parser_next(p).pos);
	while (stars.n > 0) {
		const struct layer *y = &stars.v[--stars.n];

		*add_layer(l, y->pos) = *y;
	}
	parser_leave(p);
}

static const struct type *
make_array(struct parser *p, const struct layer *y, const struct type *of)
{
	const struct type *t = type_filled(of);

	if (t->kind == TYPE_VOID || t->kind == TYPE_FUNC)
		err_decl_combo(y->pos);
	if (!t->is_complete || (t->kind == TYPE_ARRAY && t->nelem == 0))
		err_decl_incomplete(y->pos, type_spell(p->env->arena, of));
	if (y->nelem > TYPE_SIZE_MAX || y->nelem * t->size_bytes > TYPE_SIZE_MAX)
		err_decl_arrbig(y->pos);
	return type_array(p->env->types, of, (uint32_t)y->nelem);
}

static const struct type *
make_func(struct parser *p, const struct layer *y, const struct type *result)
{
	struct type *f = arena_new(p->env->arena, struct type);
	const struct type *t = type_real(result);

	if (t->kind == TYPE_ARRAY || t->kind == TYPE_FUNC)
		err_decl_combo(y->pos);
	f->kind = TYPE_FUNC;
	f->is_complete = true;
	f->align_bytes = 1;
	f->base = result;
	f->member = y->member;
	f->nmember = y->n;
	f->is_variadic = y->is_variadic;
	return f;
}

static void
set_keys(struct parser *p, struct declarator *d, const struct layer *y)
{
	d->is_assoc = true;
	d->nkey = y->n;
	d->param = y->member;
	d->key = arena_alloc(p->env->arena, y->n * sizeof(*d->key));
	for (uint32_t i = 0; i < y->n; i++)
		d->key[i] = y->member[i].type;
}

struct declarator
parse_declarator(struct parser *p, const struct type *base)
{
	struct declarator d = { .type = base };
	struct layers l = {0};

	parse_layers(p, &l, &d);
	for (uint32_t i = l.n; i-- > 0;) {
		const struct layer *y = &l.v[i];

		switch (y->kind) {
		case LAYER_PTR:
			d.type = type_qualified(p->env->types, type_ptr(p->env->types, d.type),
			    y->is_const, y->is_volatile);
			break;
		case LAYER_ARRAY:
			d.type = make_array(p, y, d.type);
			break;
		case LAYER_FUNC:
			d.type = make_func(p, y, d.type);
			break;
		case LAYER_KEYS:	/* keys make no type: only a variable can have them */
			if (i != 0)
				err_decl_arrsub(y->pos);
			set_keys(p, &d, y);
			break;
		}
	}
	return d;
}

const struct type *
parse_type_name(struct parser *p)
{
	struct specifiers s = parse_specifiers(p);
	struct declarator d;

	if (s.storage != TOK_EOF)
		err_decl_badclass(s.pos, s.storage_text);
	d = parse_declarator(p, s.type);
	if (d.name != NULL)
		err_syntax_near(d.pos, (int)strlen(d.name), d.name);
	if (d.is_assoc)
		err_decl_arrsub(d.pos);
	return d.type;
}

void
parse_check_object(struct parser *p, const struct declarator *d)
{
	const struct type *t = type_filled(d->type);

	if (strchr(d->name, '`') != NULL)
		err_decl_scope(d->pos, d->name);
	if (t->kind == TYPE_VOID)
		err_decl_voidobj(d->pos, d->name);
	if (t->kind == TYPE_FUNC)
		err_unsupported(d->pos, "declarations of functions are");
	if (!t->is_complete)
		err_decl_incomplete(d->pos, type_spell(p->env->arena, d->type));
}

/* What a library calls by a name, a program may call otherwise: it includes C's headers, perhaps. */
static bool
is_of_library(const struct parser *p, const char *name, const struct type *t)
{
	const struct type *was = map_get(&p->env->scope->library_type, name);

	return was != NULL && type_same(was, t);
}

static void
declare_typedef(struct parser *p, const struct declarator *d)
{
	const struct type *old = map_get(&p->env->types->typedefs, d->name);

	if (d->is_assoc)
		err_decl_arrsub(d->pos);
	if (strchr(d->name, '`') != NULL)
		err_decl_scope(d->pos, d->name);
	if (old != NULL && type_same(old, d->type))
		return;
	if (old != NULL && !(is_of_library(p, d->name, old) && !p->lx.program->is_library))
		err_decl_typered(d->pos, d->name);
	type_typedef(p->env->types, d->name, d->type);
	if (p->lx.program->is_library)
		map_put(&p->env->scope->library_type, d->name, (void *)(uintptr_t)d->type);
}

/* D guide, "Variables": the checker enters it into the scope. */
static struct node *
declare_var(struct parser *p, enum token storage, const struct declarator *d)
{
	struct node *n = node_new(p->env->arena, NODE_DECL, d->pos);
	struct var *v = arena_new(p->env->arena, struct var);

	parse_check_object(p, d);
	if (d->type->kind == TYPE_ARRAY && d->type->nelem == 0)
		err_decl_arrnull(d->pos, d->name);
	if (d->is_assoc && storage == TOK_THIS)
		err_decl_locassc(d->pos, d->name);
	for (uint32_t i = 0; i < d->nkey; i++)
		if (type_real(d->key[i])->kind == TYPE_VOID)
			err_decl_voidobj(d->pos, d->name);
	*v = (struct var){
		.name = d->name, .type = d->type, .pos = d->pos, .is_declared = true,
		.scope = storage == TOK_SELF ? VAR_SELF :
		    storage == TOK_THIS ? VAR_THIS : VAR_GLOBAL,
		.is_assoc = d->is_assoc, .key = d->key, .nkey = d->nkey,
	};
	n->var = v;
	return n;
}

/* C's headers declare functions. There is nothing that D could do with them. */
static bool
is_function(enum token storage, const struct declarator *d)
{
	return type_real(d->type)->kind == TYPE_FUNC && !d->is_assoc &&
	    (storage == TOK_EOF || storage == TOK_EXTERN);
}

/* declaration: specifiers [declarator {, declarator}] */
void
parse_declaration(struct parser *p, struct node_list *l)
{
	struct specifiers s;

	s = parse_specifiers(p);
	if (s.storage == TOK_AUTO || s.storage == TOK_REGISTER || s.storage == TOK_STATIC)
		err_decl_badclass(s.pos, s.storage_text);
	if (p->tok.kind == TOK_SEMI) {
		if (!s.has_tag)
			err_decl_useless(s.pos);
		return;
	}
	do {
		struct declarator d = parse_declarator(p, s.type);

		if (d.name == NULL)
			parser_syntax(p);
		if (s.storage == TOK_TYPEDEF)
			declare_typedef(p, &d);
		else if (is_function(s.storage, &d))
			continue;
		else
			node_list_add(l, declare_var(p, s.storage, &d));
	} while (parser_accept(p, TOK_COMMA));
}
