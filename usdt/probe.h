/*
 * Probes: what firing needs, apart from their declaration, which only loading needs.
 *
 * The memory of a probe is never given back, only used again for other probes (40 bytes each), so
 * that firing a probe which was freed does nothing, instead of anything.
 */
#ifndef USDT_PROBE_H
#define USDT_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/usdt.h"
#include "usdt/image.h"
#include "usdt/segment.h"

struct probe {
	struct usdt_probe pub;		/* first */
	const unsigned char *site;	/* never NULL */
	struct segment *segment;	/* NULL: not loaded yet */
	struct image_probe *decl;	/* owned, in one piece with its names; NULL: free */
	struct probe *next;		/* of those that are free */
};

/* All of these but probe_is_on() and probe_hit() require: process_lock(). */

/* gives: a probe, or an error. The name is a note's: without '-'. */
int probe_new(const char *name, unsigned nargs, const struct usdt_arg *args, struct probe **out);
void probe_free(struct probe *);
/* From now on it may fire: it is the i-th of this segment. */
void probe_attach(struct probe *, struct segment *, size_t i);

/* Has the kernel counted somebody, or put a breakpoint there? */
static inline bool
probe_is_on(const struct probe *p)
{
	const volatile uint16_t *semaphore =
	    __atomic_load_n(&p->pub.semaphore, __ATOMIC_ACQUIRE);
	const volatile unsigned char *site = __atomic_load_n(&p->site, __ATOMIC_ACQUIRE);

	return *semaphore != 0 || (*site != IMAGE_NOP1_BYTE && *site != IMAGE_NOP5_BYTE);
}

/* Is it on in this process? requires: probe_is_on(), which may be true from before a fork. */
bool probe_is_really_on(const struct probe *);

/* gives: whether the site was run. requires: probe_is_on(). */
bool probe_hit(const struct probe *, unsigned n, const uint64_t *values);

#endif
