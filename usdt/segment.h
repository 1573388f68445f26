/*
 * A segment: the probes that one load() of a provider made known, as a file (place.h) that is
 * mapped into the process. It keeps its addresses until it is freed:
 *
 *	armed	stubs and semaphores are mapped from the file: tracers see them
 *	parked	copies of them, which belong to no file: nobody sees them
 *
 * Either replaces the other in place, at once for other threads, which may be anywhere in it.
 */
#ifndef USDT_SEGMENT_H
#define USDT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usdt/image.h"
#include "usdt/place.h"

struct segment {
	struct segment *next;		/* of the process's list */
	struct place place;
	unsigned kind, copy;		/* how it was placed */
	void *handle;			/* of dlopen(), or NULL: mapped by ourselves */
	unsigned char *base;
	enum image_nop nop;
	size_t n;			/* probes */
	struct image image;		/* without its bytes */
	bool is_armed;
	uint64_t epoch;			/* of the process that mapped it: segment_enter() */
};

/* Among the flags: sites of one byte, whatever else is asked for. */
#define SEGMENT_NOP1	(1u << 31)

/* What a segment is made of. */
struct segment_plan {
	const char *provider;
	const struct image_probe **probe;
	size_t n;
	unsigned flags;			/* of include/usdt.h */
};

/* All of these but segment_enter() require: process_lock(). */

/* gives: an armed segment, the caller's; or an error, and reasons in `why`. */
int segment_new(const struct segment_plan *, struct segment **out, struct why *why);
int segment_arm(struct segment *, const struct segment_plan *, struct why *why);
int segment_park(struct segment *);
/* requires: no thread is in one of its stubs. */
void segment_free(struct segment *);

unsigned char *segment_stub(const struct segment *, size_t i);
const volatile uint16_t *segment_semaphore(const struct segment *, size_t i);

/*
 * Before a stub is called: may it be? In a child, the first call maps the segment anew, so that its
 * semaphores and sites are those of this process; whoever comes while this goes on may not. Takes
 * no lock; may be called in a signal handler.
 */
bool segment_enter(struct segment *);

#endif
