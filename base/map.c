/* Open addressing, FNV-1a, at most 3/4 full. */
#include "base/map.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

static struct map_slot *
slot_find(struct map_slot *slot, size_t cap, const char *key)
{
	size_t i = hash(key) & (cap - 1);

	while (slot[i].key != NULL && strcmp(slot[i].key, key) != 0)
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

void
map_fini(struct map *m)
{
	free(m->slot);
	*m = (struct map){0};
}

void *
map_get(const struct map *m, const char *key)
{
	return m->cap ? slot_find(m->slot, m->cap, key)->value : NULL;
}

static void
map_grow(struct map *m)
{
	size_t cap = m->cap ? 2 * m->cap : 16;
	struct map_slot *slot = calloc(cap, sizeof(*slot));

	if (slot == NULL) {
		fputs("dtrace: Memory allocation failure\n", stderr);
		exit(1);
	}
	for (size_t i = 0; i < m->cap; i++)
		if (m->slot[i].key != NULL)
			*slot_find(slot, cap, m->slot[i].key) = m->slot[i];
	free(m->slot);
	m->slot = slot;
	m->cap = cap;
}

void
map_put(struct map *m, const char *key, void *value)
{
	struct map_slot *s;

	if (4 * (m->n + 1) > 3 * m->cap)
		map_grow(m);
	s = slot_find(m->slot, m->cap, key);
	if (s->key == NULL)
		m->n++;
	*s = (struct map_slot){ key, value };
}
