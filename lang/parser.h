/* What the files of the parser share; not for others. */
#ifndef LANG_PARSER_H
#define LANG_PARSER_H

#include <stdbool.h>

#include "lang/env.h"
#include "lang/lex.h"
#include "lang/node.h"

struct parser {
	struct lexer lx;
	struct lang_env *env;
	struct lexeme tok;	/* the next token, not yet consumed */
	unsigned depth;		/* of recursion; see parser_enter() */
	bool in_probe;		/* parameters of a probe: they may have types that D can't know */
	bool in_inline;		/* the declarator of an inline: its keys have names */
};

/* A list of nodes under construction. */
struct node_list {
	struct node *first, **last;
};

void node_list_add(struct node_list *, struct node *);

/* The text that recursion deeper than this would need is refused (D_UNKNOWN). */
#define PARSER_DEPTH_MAX 256

void parser_enter(struct parser *);
void parser_leave(struct parser *);

struct lexeme parser_next(struct parser *);			/* consume, and return it */
bool parser_accept(struct parser *, enum token);		/* consume it if it is next */
struct lexeme parser_expect(struct parser *, enum token);	/* … or throw */
_Noreturn void parser_syntax(struct parser *);	/* syntax error near the next token */

/* parse_expr.c */
struct node *parse_expr(struct parser *);		/* with commas */
struct node *parse_assign_expr(struct parser *);	/* without */
struct node *parse_cond_expr(struct parser *);		/* constant expressions */

/* parse_decl.c */
bool parse_is_type(const struct parser *);		/* does a type begin here? */
const struct type *parse_type_name(struct parser *);
void parse_declaration(struct parser *, struct node_list *);	/* to before the ; */

/* The words before the declarators: what kind of thing, and the type that declarators modify. */
struct specifiers {
	enum token storage;		/* TOK_TYPEDEF, TOK_SELF, … or TOK_EOF: none */
	const char *storage_text;
	const struct type *type;
	struct pos pos;
	bool has_tag;			/* declares something even without a declarator */
};

struct declarator {
	const char *name;		/* NULL: none (a type name, a parameter) */
	struct pos pos;
	const struct type *type;
	bool is_assoc;			/* T x[K1, K2] */
	const struct type **key;
	const struct type_member *param;	/* the keys again, with their names or NULL */
	uint32_t nkey;
};

struct specifiers parse_specifiers(struct parser *);
struct declarator parse_declarator(struct parser *, const struct type *base);

/* An object or member can have this type, or throw. name: for the message. */
void parse_check_object(struct parser *, const struct declarator *);

/* parse_tag.c: struct …, union …, enum …, from its keyword */
const struct type *parse_tag(struct parser *);

/* parse_provider.c: provider NAME { … } to before the ; */
void parse_provider(struct parser *, struct node_list *);

/* parse_define.c: to before the ; and an xlate expression */
void parse_inline(struct parser *, struct node_list *);
void parse_translator(struct parser *, struct node_list *);
struct node *parse_xlate(struct parser *);

/* parse_const.c: the value of an integer constant expression; false: it is none. */
bool parse_const(struct parser *, const struct node *, int64_t *value);

/* parse_pdesc.c */
struct pdesc *parse_pdesc(struct lang_env *, const struct lexeme *);

#endif
