/*
 * #pragma D attributes and binding: what is said of a name that the program declares, before or
 * after it does. The checker asks for it, and whether all were of some use.
 */
#include "lang/pragma.h"

#include <stddef.h>

#include "lang/builtin.h"
#include "lang/diag.h"
#include "lang/scope.h"

void
pragma_add(struct scope *s, struct pragma p)
{
	if (builtin_find(p.name) != NULL)
		err_pragma_scope(p.pos, p.what);
	vec_push(&s->pragma, p);
}

struct attr
pragma_attr(const struct scope *s, const char *name)
{
	for (size_t i = 0; i < s->pragma.n; i++)
		if (s->pragma.v[i].name == name && s->pragma.v[i].has_attr)
			return s->pragma.v[i].attr;
	return ATTR_DEFAULT;
}

static bool
is_declared(const struct scope *s, const char *name)
{
	for (size_t i = 0; i < sizeof(s->name) / sizeof(s->name[0]); i++)
		if (map_get(&s->name[i], name) != NULL)
			return true;
	return map_get(&s->inlines, name) != NULL;
}

void
pragma_check(const struct scope *s, const struct source *src)
{
	for (size_t i = 0; i < s->pragma.n; i++) {
		const struct pragma *p = &s->pragma.v[i];
		const struct node *def = map_get(&s->inlines, p->name);

		if (p->pos.src->text != src->text)
			continue;
		if (def != NULL && def->pos.src->is_library && !src->is_library)
			err_pragma_scope(p->pos, p->what);
		if (!is_declared(s, p->name))
			err_pragma_unused(p->pos, p->what, p->name);
	}
}
