/*
 * The kernel's list of trace events (tracefs): which there are, and how their records look. Only
 * read; nothing is set there.
 */
#ifndef OS_TRACEFS_H
#define OS_TRACEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A field of an event's record, as the kernel describes it: "field:int prio;". */
struct tracefs_field {
	const char *type, *name;	/* "char[16]", "__data_loc char[]": in the type */
	uint32_t off, size_bytes;
	bool is_signed;
};

/* Functions give 0 or a negative errno: -ENOENT also when there is no tracefs. */

/* fn(self, group, name) for every event, until it gives something else than 0. */
int tracefs_each_event(int (*fn)(void *, const char *group, const char *name), void *self);
/* fn(self, name) for every function of the kernel proper that may be traced. Takes long. */
int tracefs_each_function(int (*fn)(void *, const char *name), void *self);
bool tracefs_has(const char *group, const char *name);
int tracefs_id(const char *group, const char *name, uint64_t *id);	/* for perf */
/* Without those that every record begins with. */
int tracefs_fields(struct arena *, const char *group, const char *name,
    struct tracefs_field **, uint32_t *n);

#endif
