/* A name becomes one pointer, so that names compare with ==. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"
#include "base/map.h"

struct intern {
	struct arena *arena;	/* holds the names; not owned */
	struct map map;
};

void intern_init(struct intern *, struct arena *);
void intern_fini(struct intern *);
const char *intern(struct intern *, const char *);
const char *intern_n(struct intern *, const char *, size_t);

#endif
