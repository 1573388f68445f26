/* Hash map from strings to pointers. Keys are not copied: they must outlive the map. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

struct map_slot {
	const char *key;
	void *value;
};

struct map {
	struct map_slot *slot;
	size_t n, cap;
};

void map_fini(struct map *);				/* a zeroed struct map is empty */
void *map_get(const struct map *, const char *key);	/* NULL when absent */
void map_put(struct map *, const char *key, void *value);

#endif
