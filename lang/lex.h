/*
 * Characters → tokens. D's lexical rules depend on where in a program the text is; the parser,
 * which knows, sets ->mode before it asks for the next token.
 */
#ifndef LANG_LEX_H
#define LANG_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/env.h"
#include "lang/source.h"
#include "lang/token.h"
#include "type/type.h"

enum lex_mode {
	LEX_TOP,	/* between clauses: probe specifiers */
	LEX_PREDICATE,	/* a / may end it */
	LEX_CODE,
};

struct lexeme {
	enum token kind;
	struct pos pos;
	const char *text;	/* as written, n bytes of the source */
	uint32_t n;
	const char *str;	/* words, AGG: interned name; STR: the bytes; PSPEC: the text */
	uint32_t len;		/* of str */
	uint64_t val;		/* INT */
	const struct type *type;	/* INT */
};

struct lexer {
	struct source *src;	/* of positions; a #line with a name replaces it */
	struct source *program;
	struct lang_env *env;
	const char *p, *end;
	const char *line_start;
	uint32_t line;
	enum lex_mode mode;
	bool at_line_start;	/* only blanks so far: a # begins a control line */
	bool after_member;	/* . or -> came before: every word is a name */
	uint32_t parens, bracks, braces;	/* open ones */
};

void lex_init(struct lexer *, struct source *, struct lang_env *);
struct lexeme lex_next(struct lexer *);

char lex_peek(const struct lexer *);		/* the next character that is no blank, or NUL */

/* Where p points to. */
struct pos lex_pos(const struct lexer *, const char *p);

/* A control line, from its # to before the newline. (control.c) */
void control_line(struct lexer *, const char *line, size_t n);

#endif
