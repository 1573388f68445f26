/*
 * Probe descriptions: "a:b" and where it stands → four fields. A field is a pattern; macros in
 * it are replaced by their text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/parser.h"

static bool
is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static struct pdesc *
by_id(struct lang_env *env, const struct lexeme *t)
{
	static const char *const what[] = {
		[SPEC_PROVIDER] = "providers", [SPEC_MODULE] = "modules",
		[SPEC_FUNCTION] = "functions", [SPEC_NAME] = NULL,
	};
	struct pdesc *d = arena_new(env->arena, struct pdesc);
	enum source_spec spec = t->pos.src->kind == SOURCE_ARG ? t->pos.src->spec : SPEC_NAME;
	const char *digits = t->str + strspn(t->str, "0");

	if (what[spec] != NULL)
		err_pdesc_id_spec(t->pos, t->str, what[spec]);
	if (strlen(digits) > 9)		/* ids are int32_t at DTrace's */
		err_pdesc_id_max(t->pos, t->str);
	d->id = (uint32_t)strtoul(digits, NULL, 10);
	if (d->id == 0)
		err_pdesc_id(t->pos, t->str);
	d->prov = d->mod = d->func = d->name = "";
	d->text = t->str;
	return d;
}

/* The value of the macro at *s, which moves behind it. NULL: not defined. */
static const char *
macro_value(struct lang_env *env, const char **s, const char *end, size_t *n)
{
	const char *p = *s + 1, *name, *value;

	if (p < end && *p == '$')
		p++;
	name = p;
	if (p < end && isdigit((unsigned char)*p))
		while (p < end && isdigit((unsigned char)*p))
			p++;
	else
		while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
			p++;
	*s = p;
	if (p == name || env->macro == NULL)
		return NULL;
	value = env->macro(env->self, intern_n(env->intern, name, (size_t)(p - name)));
	if (value == NULL)
		return NULL;
	*n = strlen(value);
	if (*n >= 2 && value[0] == '"' && value[*n - 1] == '"') {
		*n -= 2;
		return value + 1;
	}
	return value;
}

/* A field holds at most one macro, joined with the text around it. */
static const char *
expand(struct lang_env *env, const struct lexeme *t, const char *s, const char *end)
{
	const char *dollar = memchr(s, '$', (size_t)(end - s)), *rest = dollar, *value;
	size_t n = 0;

	if (dollar == NULL)
		return intern_n(env->intern, s, (size_t)(end - s));
	value = macro_value(env, &rest, end, &n);
	if (value == NULL)
		err_pdesc_inval(t->pos, t->str, "Undefined macro variable in probe description");
	if (memchr(rest, '$', (size_t)(end - rest)) != NULL)
		err_pdesc_inval(t->pos, t->str, "Invalid probe specification");
	return intern(env->intern, arena_printf(env->arena, "%.*s%.*s%.*s",
	    (int)(dollar - s), s, (int)n, value, (int)(end - rest), rest));
}

/* requires: t is a PSPEC. */
struct pdesc *
parse_pdesc(struct lang_env *env, const struct lexeme *t)
{
	struct pdesc *d;
	int last = t->pos.src->kind == SOURCE_ARG ? (int)t->pos.src->spec : SPEC_NAME;
	const char *field[4] = { "", "", "", "" }, *end = t->str + t->len, *s = end;

	if (is_number(t->str))
		return by_id(env, t);
	for (int i = last;; i--) {
		while (s > t->str && s[-1] != ':')
			s--;
		if (i < 0)
			err_pdesc_inval(t->pos, t->str, "Overspecified probe description");
		field[i] = expand(env, t, s, end);
		if (s == t->str)
			break;
		end = --s;
	}
	d = arena_new(env->arena, struct pdesc);
	*d = (struct pdesc){
		.prov = field[0], .mod = field[1], .func = field[2], .name = field[3],
	};
	d->text = arena_printf(env->arena, "%s:%s:%s:%s", d->prov, d->mod, d->func, d->name);
	return d;
}
