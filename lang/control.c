/*
 * Control lines: #!, #line, #pragma, #error, #ident. They stand between tokens, so the lexer
 * carries them out where it meets them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/lex.h"
#include "lang/option.h"

/* A control line being read. */
struct control {
	struct lexer *lx;
	struct pos pos;		/* of the # */
	const char *s, *end;	/* what is left */
};

/* The next word; "" at the end. */
static const char *
next_word(struct control *c)
{
	const char *start;

	while (c->s < c->end && isspace((unsigned char)*c->s))
		c->s++;
	start = c->s;
	while (c->s < c->end && !isspace((unsigned char)*c->s))
		c->s++;
	return arena_strndup(c->lx->env->arena, start, (size_t)(c->s - start));
}

/* All that is left, without blanks around it. */
static const char *
rest(struct control *c)
{
	while (c->s < c->end && isspace((unsigned char)*c->s))
		c->s++;
	while (c->end > c->s && isspace((unsigned char)c->end[-1]))
		c->end--;
	return arena_strndup(c->lx->env->arena, c->s, (size_t)(c->end - c->s));
}

/* #pragma D option name[=value] */
static void
pragma_option(struct control *c)
{
	struct lang_env *env = c->lx->env;
	char *name = arena_strdup(env->arena, next_word(c)), *value = strchr(name, '=');
	const char *more = rest(c);
	int err;

	if (*name == '\0' || *name == '=' || *more != '\0')
		err_pragma_malform(c->pos, "option");
	if (value != NULL)
		*value++ = '\0';
	err = env->option ? env->option(env->self, name, value) : -ENOENT;
	if (err != 0) {
		const char *why = option_strerror(err);

		if (value != NULL)
			err_pragma_optset(c->pos, name, value, why);
		err_pragma_optset_flag(c->pos, name, why);
	}
	if (env->options != NULL && strcmp(name, "strsize") == 0)
		types_set_strsize(env->types, (uint32_t)options_get(env->options, OPT_STRSIZE));
}

static void
add_pragma(struct control *c, struct pragma p)
{
	const char *name = next_word(c);

	if (*name == '\0' || *rest(c) != '\0')
		err_pragma_malform(c->pos, p.what);
	if (strchr(name, '`') != NULL)
		err_pragma_scope(c->pos, p.what);
	p.name = intern(c->lx->env->intern, name);
	p.pos = c->pos;
	pragma_add(c->lx->env->scope, p);
}

/* attributes N/D/C provider NAME PART: of a provider that the program defines for -h and -G,
 * where nothing asks for them. */
static void
provider_attributes(struct control *c)
{
	static const char *const parts[] = { "provider", "module", "function", "name", "args" };
	const char *provider = next_word(c), *part = next_word(c);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (*provider != '\0' && strcmp(part, parts[i]) == 0 && *rest(c) == '\0')
			return;
	err_pragma_malform(c->pos, "attributes");
}

/* #pragma D attributes names/data/class name */
static void
pragma_attributes(struct control *c)
{
	struct pragma p = { .what = "attributes", .has_attr = true };
	const char *attr = next_word(c), *at;

	if (!attr_parse(attr, &p.attr))
		err_pragma_attr(c->pos, attr);
	at = c->s;
	if (strcmp(next_word(c), "provider") == 0) {
		provider_attributes(c);
		return;
	}
	c->s = at;
	add_pragma(c, p);
}

/* #pragma D binding "version" name: all versions of the language are one here */
static void
pragma_binding(struct control *c)
{
	const char *version = next_word(c);
	size_t n = strlen(version);

	if (n < 3 || version[0] != '"' || version[n - 1] != '"')
		err_pragma_malform(c->pos, "binding");
	if (strspn(version + 1, "0123456789.") != n - 2)
		err_pragma_version(c->pos, version);
	add_pragma(c, (struct pragma){ .what = "binding" });
}

/* #pragma D depends_on provider|module|library NAME: only a library can be left out, from here */
static void
pragma_depends_on(struct control *c)
{
	struct lang_env *env = c->lx->env;
	const char *kind = next_word(c), *name = next_word(c);
	bool is_library = strcmp(kind, "library") == 0;

	if (!c->lx->program->is_library && is_library)
		err_pragma_depend(c->pos, "main program may not explicitly depend on a library");
	if (!c->lx->program->is_library)
		err_pragma_depend(c->pos, "only a library may depend on a provider or module");
	if (*name == '\0' || *rest(c) != '\0' ||
	    (!is_library && strcmp(kind, "provider") != 0 && strcmp(kind, "module") != 0))
		err_pragma_malform(c->pos, "depends_on");
	if (env->depends != NULL && env->depends(env->self, kind, name))
		return;
	c->lx->program->is_skipped = true;
	c->lx->end = c->end;
}

static const struct pragma_row {
	const char *word;
	void (*run)(struct control *);
} pragma_table[] = {
	{ "attributes", pragma_attributes },
	{ "binding", pragma_binding },
	{ "depends_on", pragma_depends_on },
	{ "option", pragma_option },
};

static void
control_error(struct control *c)
{
	err_pragerr(c->pos, rest(c));
}

/* #pragma other is a C compiler's business */
static void
control_pragma(struct control *c)
{
	const char *word = next_word(c);

	if (strcmp(word, "error") == 0)
		control_error(c);
	if (strcmp(word, "D") != 0)
		return;
	word = next_word(c);
	for (size_t i = 0; i < sizeof(pragma_table) / sizeof(pragma_table[0]); i++)
		if (strcmp(pragma_table[i].word, word) == 0) {
			pragma_table[i].run(c);
			return;
		}
	err_pragma_inval(c->pos, word);
}

static void
control_ident(struct control *c)
{
	(void)c;
}

/* #line N ["file"]: what the next line is called */
static void
control_line_number(struct control *c)
{
	const char *number = next_word(c), *name = next_word(c);
	size_t digits = strspn(number, "0123456789"), n = strlen(name);
	struct source *src;

	if (digits == 0 || digits > 9 || number[digits] != '\0')
		err_pragctl_inval(c->pos, "line");
	c->lx->line = (uint32_t)strtoul(number, NULL, 10) - 1;
	if (n < 2 || name[0] != '"' || name[n - 1] != '"')
		return;
	name = arena_strndup(c->lx->env->arena, name + 1, n - 2);
	if (*name == '\0' || strcmp(name, c->lx->program->name) == 0
	    || strcmp(name, "<stdin>") == 0) {		/* what cpp calls it */
		c->lx->src = c->lx->program;
		return;
	}
	src = arena_new(c->lx->env->arena, struct source);
	*src = *c->lx->program;
	src->is_other = true;
	src->name = name;
	c->lx->src = src;
}

static const struct pragma_row control_table[] = {
	{ "error", control_error },
	{ "ident", control_ident },
	{ "line", control_line_number },
	{ "pragma", control_pragma },
};

void
control_line(struct lexer *lx, const char *line, size_t n)
{
	struct control c = { lx, lex_pos(lx, line), line + 1, line + n };
	const char *word;

	if (n > 1 && line[1] == '!')
		return;
	word = next_word(&c);
	if (*word == '\0')		/* a lone # */
		return;
	if (isdigit((unsigned char)*word)) {	/* as cpp writes it: # N "file" flags */
		c.s -= strlen(word);
		control_line_number(&c);
		return;
	}
	for (size_t i = 0; i < sizeof(control_table) / sizeof(control_table[0]); i++)
		if (strcmp(control_table[i].word, word) == 0) {
			control_table[i].run(&c);
			return;
		}
	err_pragctl_inval(c.pos, word);
}
