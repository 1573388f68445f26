/*
 * The lexer. What makes D's hard is where it is in the program:
 *
 * - between clauses a run of characters like a*b:c-d is one probe specifier, unless it begins a
 *   declaration (top_word());
 * - in a predicate a / ends it when what follows can only follow a predicate (ends_predicate());
 * - after . and -> keywords are names;
 * - $macros are replaced here, so that the parser sees only their values.
 */
#include "lang/lex.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/literal.h"
#include "lang/option.h"

static bool
is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Names may hold backticks: module`symbol. */
static bool
is_scoped_name(char c)
{
	return is_name(c) || c == '`';
}

static bool
is_spec(char c)
{
	return is_scoped_name(c) || (c != '\0' && strchr("-$:.?*\\[]!", c) != NULL);
}

void
lex_init(struct lexer *lx, struct source *src, struct lang_env *env)
{
	*lx = (struct lexer){
		.src = src, .program = src, .env = env,
		.p = src->text, .end = src->text + src->len,
		.line_start = src->text, .line = 1, .mode = LEX_TOP, .at_line_start = true,
	};
}

struct pos
lex_pos(const struct lexer *lx, const char *p)
{
	return (struct pos){
		.src = lx->src, .line = lx->line, .col = (uint32_t)(p - lx->line_start) + 1,
		.off = (uint32_t)(p - lx->src->text),
	};
}

_Noreturn static void
bad_char(struct lexer *lx, const char *p)
{
	char text[8];

	if (isprint((unsigned char)*p))
		snprintf(text, sizeof(text), "%c", *p);
	else
		snprintf(text, sizeof(text), "\\x%02x", (unsigned char)*p);
	err_syntax_near(lex_pos(lx, p), (int)strlen(text), text);
}

static void
newline(struct lexer *lx, const char *after)
{
	lx->line++;
	lx->line_start = after;
}

/* From the slash of a comment to behind it. Lines are counted only when the lexer itself skips. */
static const char *
skip_comment(struct lexer *lx, const char *p, bool is_counting)
{
	const char *start = p;

	if (p[1] == '/') {
		while (p < lx->end && *p != '\n')
			p++;
		return p;
	}
	for (p += 2; p < lx->end; p++) {
		if (p[0] == '*' && p[1] == '/')
			return p + 2;
		if (!is_counting)
			continue;
		if (p[0] == '/' && p[1] == '*')
			err_syntax(lex_pos(lx, p), "/* encountered inside a comment");
		if (*p == '\n')
			newline(lx, p + 1);
	}
	if (is_counting)
		err_syntax(lex_pos(lx, start < lx->line_start ? lx->end : start),
		    "end-of-file encountered before matching */");
	return p;
}

static bool
is_comment(const char *p)
{
	return p[0] == '/' && (p[1] == '/' || p[1] == '*');
}

static void
skip_blanks(struct lexer *lx)
{
	while (lx->p < lx->end) {
		char c = *lx->p;

		if (c == '\n') {
			newline(lx, ++lx->p);
			lx->at_line_start = true;
		} else if (isspace((unsigned char)c)) {
			lx->p++;
		} else if (c == '\\' && lx->p[1] == '\n') {
			lx->p += 2;
			newline(lx, lx->p);
		} else if (is_comment(lx->p)) {
			lx->p = skip_comment(lx, lx->p, true);
		} else if (c == '#' && lx->at_line_start) {
			const char *line = lx->p;

			while (lx->p < lx->end && *lx->p != '\n')
				lx->p++;
			control_line(lx, line, (size_t)(lx->p - line));
		} else {
			return;
		}
	}
}

/* What the next token begins with, comments and blanks apart; '\0' at the end. */
static char
peek_char(struct lexer *lx, const char *p)
{
	while (p < lx->end) {
		if (is_comment(p))
			p = skip_comment(lx, p, false);
		else if (isspace((unsigned char)*p))
			p++;
		else
			return *p;
	}
	return '\0';
}

char
lex_peek(const struct lexer *lx)
{
	return peek_char((struct lexer *)(uintptr_t)lx, lx->p);
}

/* D guide, "Predicates": a / before end of input, ; { or another / is not division. */
static bool
ends_predicate(struct lexer *lx, const char *p)
{
	char c = peek_char(lx, p + 1);

	return c == '\0' || c == ';' || c == '{' || c == '/';
}

static const struct token_row {
	const char *text;
	int word;	/* see token.def */
} token_table[] = {
#define TOKEN(NAME, TEXT, WORD) { TEXT, WORD },
#include "lang/token.def"
#undef TOKEN
};

static enum token
keyword_find(const char *s, size_t n)
{
	for (int k = 0; k < TOK_MAX; k++)
		if (token_table[k].word && token_table[k].text[0] == s[0] &&
		    strncmp(token_table[k].text, s, n) == 0 && token_table[k].text[n] == '\0')
			return (enum token)k;
	return TOK_IDENT;
}

static void
take(struct lexer *lx, struct lexeme *t, const char *end)
{
	t->n = (uint32_t)(end - t->text);
	lx->p = end;
}

static void
lex_word(struct lexer *lx, struct lexeme *t, const char *end)
{
	size_t n = (size_t)(end - t->text);

	t->kind = lx->after_member ? TOK_IDENT : keyword_find(t->text, n);
	t->str = intern_n(lx->env->intern, t->text, n);
	t->len = (uint32_t)n;
	take(lx, t, end);
}

static void
lex_number(struct lexer *lx, struct lexeme *t)
{
	struct literal_int r = literal_int(lx->env->types, t->text);
	const char *p = t->text;
	int n = (int)(r.end - t->text);

	while (isdigit((unsigned char)*p))
		p++;
	if (*p == '.' || ((*p == 'e' || *p == 'E') && (isdigit((unsigned char)p[1]) ||
	    ((p[1] == '+' || p[1] == '-') && isdigit((unsigned char)p[2])))))
		err_syntax(t->pos, "floating-point constants are not permitted");
	if (r.bad_digit != 0)
		err_int_digit(t->pos, n, t->text, r.bad_digit);
	if (r.type == NULL)
		err_int_oflow(t->pos, n, t->text);
	t->kind = TOK_INT;
	t->val = r.val;
	t->type = r.type;
	take(lx, t, r.end);
}

/* The quote that ends a constant; escaped characters don't. */
static const char *
find_quote(struct lexer *lx, struct lexeme *t, void (*err_newline)(struct pos))
{
	const char *p = t->text + 1;
	char quote = *t->text;

	for (; p < lx->end && *p != quote; p++) {
		if (*p == '\\' && p + 1 < lx->end)
			p++;
		if (*p == '\n')
			err_newline(t->pos);
	}
	if (p >= lx->end)
		err_syntax(t->pos, quote == '"' ? "end-of-file encountered before matching \"" :
		    "end-of-file encountered before matching '");
	return p;
}

static void
lex_string(struct lexer *lx, struct lexeme *t)
{
	const char *quote = find_quote(lx, t, err_str_nl);

	t->kind = TOK_STR;
	t->str = literal_str(lx->env->arena, t->text + 1, (size_t)(quote - t->text - 1), &t->len);
	take(lx, t, quote + 1);
}

/* 'ab' is 0x6162: the first character is the most significant. */
static void
lex_char(struct lexer *lx, struct lexeme *t)
{
	const char *quote = find_quote(lx, t, err_chr_nl), *s;
	uint32_t len;

	s = literal_str(lx->env->arena, t->text + 1, (size_t)(quote - t->text - 1), &len);
	if (len == 0)
		err_chr_null(t->pos);
	if (len > sizeof(t->val))
		err_chr_oflow(t->pos);
	t->kind = TOK_INT;
	for (uint32_t i = 0; i < len; i++)
		t->val = t->val << 8 | (unsigned char)s[i];
	t->type = len <= sizeof(int) ? lx->env->types->t_int : lx->env->types->t_long;
	take(lx, t, quote + 1);
}

/* The value of a macro as an integer constant with a sign; false: it is none. */
static bool
macro_int(struct lexer *lx, struct lexeme *t, const char *value, const char *dollar,
    const char *name)
{
	const struct types *ts = lx->env->types;
	bool is_neg = *value == '-';
	struct literal_int r;

	if (*value == '+' || *value == '-')
		value++;
	if (!isdigit((unsigned char)*value))
		return false;
	r = literal_int(ts, value);
	if (*r.end != '\0' || r.bad_digit != 0)
		return false;
	if (r.type == NULL || (is_neg && r.val > INT64_MAX))
		err_macro_oflow(t->pos, dollar, name);
	t->kind = TOK_INT;
	t->val = is_neg ? -r.val : r.val;
	t->type = r.type;
	return true;
}

static const char *
macro_value(struct lexer *lx, const struct lexeme *t, const char *dollar, const char *name)
{
	const struct lang_env *env = lx->env;
	const char *value = env->macro ? env->macro(env->self, name) : NULL;

	if (value != NULL)
		return value;
	if (!isdigit((unsigned char)name[0]))
		err_macro_undef(t->pos, dollar, name);
	if (env->options == NULL || !options_on(env->options, OPT_DEFAULTARGS))
		err_macro_arg_undef(t->pos, dollar, name);
	return dollar[1] == '$' ? "" : "0";
}

/* $1: an integer, else a name, else a string; $$1: a string. */
static void
lex_macro(struct lexer *lx, struct lexeme *t)
{
	bool is_text = t->text[1] == '$';
	const char *dollar = is_text ? "$$" : "$", *s = t->text + 1 + is_text, *end = s;
	const char *name, *value;
	size_t n;

	if (isdigit((unsigned char)*s))
		while (isdigit((unsigned char)*end))
			end++;
	else
		while (is_name(*end))
			end++;
	if (end == s)
		bad_char(lx, t->text);
	take(lx, t, end);
	name = intern_n(lx->env->intern, s, (size_t)(end - s));
	value = macro_value(lx, t, dollar, name);
	if (!is_text && macro_int(lx, t, value, dollar, name))
		return;
	for (n = 0; is_name(value[n]) && (n > 0 || is_name_start(value[0])); n++)
		;
	if (!is_text && n > 0 && value[n] == '\0') {
		t->kind = keyword_find(value, n);
		t->str = intern(lx->env->intern, value);
		t->len = (uint32_t)n;
		return;
	}
	n = strlen(value);
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value++;
		n -= 2;
	}
	t->kind = TOK_STR;
	t->str = literal_str(lx->env->arena, value, n, &t->len);
}

/* Count brackets, so that one too many is named. */
static void
count(const struct lexeme *t, uint32_t *open, const char *what)
{
	char text[40];

	if (strchr("([{", *t->text) != NULL) {
		++*open;
		return;
	}
	if (*open == 0) {
		snprintf(text, sizeof(text), "extra %s in input stream", what);
		err_syntax(t->pos, text);
	}
	--*open;
}

static void
lex_operator(struct lexer *lx, struct lexeme *t)
{
	size_t best = 0;

	for (int k = TOK_COMMA; k < TOK_EPRED; k++) {
		const char *text = token_table[k].text;
		size_t n;

		if (text[0] != t->text[0])
			continue;
		n = strlen(text);
		if (n > best && n <= (size_t)(lx->end - t->text) &&
		    memcmp(text, t->text, n) == 0) {
			best = n;
			t->kind = (enum token)k;
		}
	}
	if (best == 0)
		bad_char(lx, t->text);
	take(lx, t, t->text + best);
	if (t->kind == TOK_LPAR || t->kind == TOK_RPAR)
		count(t, &lx->parens, ")");
	else if (t->kind == TOK_LBRAC || t->kind == TOK_RBRAC)
		count(t, &lx->bracks, "]");
	else if (t->kind == TOK_LBRACE || t->kind == TOK_RBRACE)
		count(t, &lx->braces, "}");
	else if (t->kind == TOK_DIV && lx->mode == LEX_PREDICATE && ends_predicate(lx, t->text))
		t->kind = TOK_EPRED;
	if (t->kind == TOK_EPRED && lx->parens != 0)
		err_syntax(t->pos, "closing ) expected in predicate before /");
	if (t->kind == TOK_EPRED && lx->bracks != 0)
		err_syntax(t->pos, "closing ] expected in predicate before /");
}

/* The kernel is asked only about what looks like a declaration. */
static bool
is_typedef(struct lexer *lx, const char *word, char next)
{
	return map_get(&lx->env->types->typedefs, word) != NULL ||
	    ((is_name_start(next) || next == '*') &&
	    type_find_typedef(lx->env->types, word) != NULL);
}

/*
 * Does a declaration begin here, with this word? In a script a keyword or type says so. In an
 * argument probes come first (-n return, -P self), and only what follows tells them apart.
 */
static bool
is_declaration(struct lexer *lx, const char *word, const char *word_end, bool is_alone)
{
	size_t n = (size_t)(word_end - word);
	enum token k = keyword_find(word, n);
	char next;

	next = peek_char(lx, word_end);
	if (token_table[k].word != 2 && !is_typedef(lx, intern_n(lx->env->intern, word, n), next))
		return false;
	if (lx->src->kind == SOURCE_FILE)
		return true;
	if (!is_alone)
		return false;
	if (k == TOK_STRUCT || k == TOK_UNION || k == TOK_ENUM)
		return is_name_start(next) || next == '{';
	return is_name_start(next) || next == '*' || next == '(';
}

/* A probe specifier, or the first word of a declaration. */
static void
lex_top_word(struct lexer *lx, struct lexeme *t)
{
	const char *end = t->text, *word_end = t->text;

	while (is_spec(*end))
		end++;
	while (is_name(*word_end))
		word_end++;
	if ((word_end == end || *word_end == '*') && word_end > t->text &&
	    strcspn(t->text, ":-.?!`") >= (size_t)(end - t->text) &&
	    is_declaration(lx, t->text, word_end, word_end == end)) {
		lex_word(lx, t, word_end);
		return;
	}
	t->kind = TOK_PSPEC;
	t->len = (uint32_t)(end - t->text);
	t->str = arena_strndup(lx->env->arena, t->text, t->len);
	take(lx, t, end);
}

static void
lex_code(struct lexer *lx, struct lexeme *t)
{
	const char *p = t->text, *end = p;

	while (is_scoped_name(*end))
		end++;
	if (is_name_start(*p) || memchr(p, '`', (size_t)(end - p)) != NULL)
		lex_word(lx, t, end);
	else if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1])))
		lex_number(lx, t);
	else if (*p == '"')
		lex_string(lx, t);
	else if (*p == '\'')
		lex_char(lx, t);
	else if (*p == '$')
		lex_macro(lx, t);
	else if (*p == '@') {
		for (end = p + 1; is_name(*end); end++)
			;
		t->kind = TOK_AGG;
		t->str = end == p + 1 ? intern(lx->env->intern, "_") :
		    intern_n(lx->env->intern, p + 1, (size_t)(end - p - 1));
		take(lx, t, end);
	} else {
		lex_operator(lx, t);
	}
}

struct lexeme
lex_next(struct lexer *lx)
{
	struct lexeme t = { .kind = TOK_EOF };

	skip_blanks(lx);
	t.pos = lex_pos(lx, lx->p);
	t.text = lx->p;
	if (lx->p >= lx->end)
		return t;
	if (lx->mode == LEX_TOP && is_spec(*lx->p))
		lex_top_word(lx, &t);
	else
		lex_code(lx, &t);
	lx->at_line_start = false;
	lx->after_member = t.kind == TOK_DOT || t.kind == TOK_ARROW;
	return t;
}
