/* Types in C's syntax. */
#include "type/spell.h"

static const char *
qualifiers(const struct type *t)
{
	if (t->is_const)
		return t->is_volatile ? "const volatile" : "const";
	return "volatile";
}

/* Parameters of functions that are parameters of functions are not spelled deeper than that. */
enum { NEST_MAX = 3 };

static const char *spell(struct arena *, const struct type *, const char *decl, int depth);

static const char *
spell_params(struct arena *a, const struct type *t, int depth)
{
	const char *s = "";

	if (depth > NEST_MAX)
		return "...";
	for (uint32_t i = 0; i < t->nmember; i++)
		s = arena_printf(a, "%s%s%s", s, i ? ", " : "",
		    spell(a, t->member[i].type, "", depth));
	if (t->is_variadic)
		s = arena_printf(a, "%s%s...", s, t->nmember ? ", " : "");
	return s;
}

const char *
type_spell_params(struct arena *a, const struct type *t)
{
	return spell_params(a, t, 0);
}

/* A type with a name of its own, before its declarator. */
static const char *
spell_named(struct arena *a, const struct type *t, const char *decl)
{
	const char *word = t->kind == TYPE_STRUCT ? "struct " : t->kind == TYPE_UNION ? "union " :
	    t->kind == TYPE_ENUM ? "enum " : "";

	return arena_printf(a, "%s%s%s%s", word, t->name != NULL ? t->name : "<anonymous>",
	    *decl ? " " : "", decl);
}

/* C's declarators are read inside out: decl is what has been spelled of it so far. */
static const char *
spell(struct arena *a, const struct type *t, const char *decl, int depth)
{
	const char *qual = "";

	for (;; t = t->base) {
		bool in_parens = decl[0] == '*';	/* [] and () bind closer than * */

		switch (t->kind) {
		case TYPE_PTR:
			decl = arena_printf(a, "*%s%s%s", qual, *qual && *decl ? " " : "", decl);
			qual = "";
			break;
		case TYPE_ARRAY:
			decl = arena_printf(a, in_parens ? "(%s)" : "%s", decl);
			decl = t->nelem ? arena_printf(a, "%s[%u]", decl, t->nelem) :
			    arena_printf(a, "%s[]", decl);
			break;
		case TYPE_FUNC:
			decl = arena_printf(a, in_parens ? "(%s)(%s)" : "%s(%s)", decl,
			    spell_params(a, t, depth + 1));
			break;
		case TYPE_TYPEDEF:
			if (t->name == NULL) {
				qual = qualifiers(t);
				break;
			}
			/* fallthrough */
		case TYPE_VOID:
		case TYPE_INT:
		case TYPE_FLOAT:
		case TYPE_STRUCT:
		case TYPE_UNION:
		case TYPE_ENUM:
		case TYPE_STRING:
		case TYPE_STACK:
		case TYPE_SYM:
		case TYPE_USYM:
		case TYPE_DYN:
			return arena_printf(a, "%s%s%s", qual, *qual ? " " : "",
			    spell_named(a, t, decl));
		}
	}
}

const char *
type_spell(struct arena *a, const struct type *t)
{
	return spell(a, t, "", 0);
}
