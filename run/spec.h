/*
 * What speculations hold: the records of clauses that called speculate(), until commit() or
 * discard() is read. Both may be read before a record of the same speculation: its firing began
 * earlier, or later, on another CPU. Such a record is told what became of the speculation.
 */
#ifndef RUN_SPEC_H
#define RUN_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rec/rec.h"

struct specs;

/* n: how many there may be at a time; bytes: what each may hold. */
struct specs *specs_new(uint32_t n, uint64_t bytes);
void specs_free(struct specs *);

/* A record of a speculation. true: it has been committed already, show it now. */
bool specs_add(struct specs *, struct rec_spec, const void *record, size_t bytes);

/* commit(), discard(): the records, in their order, are shown or not. gives: 0, or show's error,
 * after which no more are shown. */
int specs_end(struct specs *, struct rec_spec, bool is_commit,
    int (*show)(void *self, const void *record, size_t bytes), void *self);

/* Records for which there was no room, since the last call. */
uint64_t specs_drops(struct specs *);

#endif
