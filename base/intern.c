/* Interned names: a map from a name to itself. */
#include "base/intern.h"

void
intern_init(struct intern *in, struct arena *a)
{
	*in = (struct intern){ .arena = a };
}

void
intern_fini(struct intern *in)
{
	map_fini(&in->map);
}

const char *
intern_n(struct intern *in, const char *s, size_t n)
{
	struct arena_mark m = arena_mark(in->arena);
	char *copy = arena_strndup(in->arena, s, n);
	const char *old = map_get(&in->map, copy);

	if (old != NULL) {
		arena_reset(in->arena, m);
		return old;
	}
	map_put(&in->map, copy, copy);
	return copy;
}

const char *
intern(struct intern *in, const char *s)
{
	const char *old = map_get(&in->map, s);
	char *copy;

	if (old != NULL)
		return old;
	copy = arena_strdup(in->arena, s);
	map_put(&in->map, copy, copy);
	return copy;
}
