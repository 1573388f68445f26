/* The table of variables: one name space per scope, numbered in order of appearance. */
#include "lang/scope.h"

#include <stdlib.h>
#include <string.h>

void
scope_init(struct scope *s, struct arena *arena)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena;
	s->last = &s->first;
}

void
scope_fini(struct scope *s)
{
	for (int i = 0; i < 4; i++)
		map_fini(&s->name[i]);
	map_fini(&s->provider);
	map_fini(&s->inlines);
	map_fini(&s->library_type);
	vec_fini(&s->xlator);
	vec_fini(&s->pragma);
}

struct var *
scope_find(struct scope *s, enum var_scope scope, const char *name)
{
	return map_get(&s->name[scope], name);
}

struct var *
scope_add(struct scope *s, enum var_scope scope, const char *name, struct pos pos)
{
	struct var *v = arena_new(s->arena, struct var);

	v->name = name;
	v->scope = scope;
	v->pos = pos;
	v->id = s->n[scope]++;
	map_put(&s->name[scope], name, v);
	*s->last = v;
	s->last = &v->next;
	return v;
}
