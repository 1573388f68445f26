/* Bump allocation: chunks in a list, memory zeroed when a chunk is made. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *prev;
	size_t size_bytes;
	size_t used_bytes;
	size_t unused;			/* keeps data[] aligned */
	unsigned char data[];
};

static _Noreturn void
out_of_memory(void)
{
	fputs("dtrace: Memory allocation failure\n", stderr);
	exit(1);
}

void
arena_init(struct arena *a)
{
	a->chunk = NULL;
}

void
arena_fini(struct arena *a)
{
	arena_reset(a, (struct arena_mark){0});
}

static struct arena_chunk *
chunk_new(struct arena_chunk *prev, size_t bytes)
{
	size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct arena_chunk *c = calloc(1, sizeof(*c) + size);

	if (c == NULL)
		out_of_memory();
	c->prev = prev;
	c->size_bytes = size;
	return c;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = a->chunk;
	void *p;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (c == NULL || c->size_bytes - c->used_bytes < bytes)
		c = a->chunk = chunk_new(c, bytes);
	p = c->data + c->used_bytes;
	c->used_bytes += bytes;
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

struct arena_mark
arena_mark(struct arena *a)
{
	return (struct arena_mark){
		a->chunk, a->chunk ? a->chunk->used_bytes : 0
	};
}

void
arena_reset(struct arena *a, struct arena_mark m)
{
	while (a->chunk != m.chunk) {
		struct arena_chunk *prev = a->chunk->prev;

		free(a->chunk);
		a->chunk = prev;
	}
	if (a->chunk != NULL) {
		memset(a->chunk->data + m.used_bytes, 0,
		    a->chunk->used_bytes - m.used_bytes);
		a->chunk->used_bytes = m.used_bytes;
	}
}
