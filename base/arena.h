/* Bump allocation for things that live as long as a compilation. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk;	/* newest first */
};

struct arena_mark {
	struct arena_chunk *chunk;
	size_t used_bytes;
};

void arena_init(struct arena *);
void arena_fini(struct arena *);

/* Zeroed memory, 16-byte aligned. Never NULL: when memory is out, it says so and exits. */
void *arena_alloc(struct arena *, size_t bytes);
char *arena_strdup(struct arena *, const char *);
char *arena_strndup(struct arena *, const char *, size_t);
char *arena_printf(struct arena *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Everything allocated after a mark goes at its reset. */
struct arena_mark arena_mark(struct arena *);
void arena_reset(struct arena *, struct arena_mark);

#define arena_new(a, T) ((T *)arena_alloc((a), sizeof(T)))

#endif
