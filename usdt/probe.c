/*
 * Probes: see probe.h. The parts that threads read while they fire are published in an order in
 * which each state of them is valid: who sees the semaphore or the byte at the site that says that
 * the probe is on, sees the segment and the site that belong to it.
 */
#include "usdt/probe.h"

#include <stdlib.h>
#include <string.h>

static const volatile uint16_t nobody;		/* the semaphore of what isn't loaded */
static struct probe *unused, **unused_end = &unused;	/* first in, first out */

static struct image_probe *
decl_new(const char *name, unsigned nargs, const struct usdt_arg *args)
{
	size_t bytes = sizeof(struct image_probe) + strlen(name) + 1;

	for (unsigned i = 0; i < nargs; i++)
		bytes += args[i].name != NULL ? strlen(args[i].name) + 1 : 0;
	struct image_probe *decl = calloc(1, bytes);
	if (decl == NULL)
		return NULL;
	char *at = (char *)(decl + 1);
	decl->name = at;
	decl->nargs = nargs;
	at = stpcpy(at, name) + 1;
	for (unsigned i = 0; i < nargs; i++) {
		decl->type[i] = args[i].type;
		if (args[i].name != NULL) {
			decl->arg_name[i] = at;
			at = stpcpy(at, args[i].name) + 1;
		}
	}
	return decl;
}

static struct probe *
probe_get(void)
{
	struct probe *p = unused;

	if (p == NULL)
		return calloc(1, sizeof(*p));
	unused = p->next;
	if (unused == NULL)
		unused_end = &unused;
	return p;
}

static void
probe_put(struct probe *p)
{
	p->next = NULL;
	*unused_end = p;
	unused_end = &p->next;
}

static void
detach(struct probe *p)
{
	__atomic_store_n(&p->pub.semaphore, &nobody, __ATOMIC_RELEASE);
	__atomic_store_n(&p->site, image_stub_code(IMAGE_NOP1), __ATOMIC_RELEASE);
	__atomic_store_n(&p->segment, NULL, __ATOMIC_RELEASE);
}

int
probe_new(const char *name, unsigned nargs, const struct usdt_arg *args, struct probe **out)
{
	struct image_probe *decl = decl_new(name, nargs, args);
	struct probe *p = decl != NULL ? probe_get() : NULL;

	*out = p;
	if (p == NULL) {
		free(decl);
		return USDT_E_MEMORY;
	}
	detach(p);
	p->decl = decl;
	return 0;
}

void
probe_free(struct probe *p)
{
	detach(p);
	free(p->decl);
	p->decl = NULL;
	probe_put(p);
}

void
probe_attach(struct probe *p, struct segment *s, size_t i)
{
	__atomic_store_n(&p->segment, s, __ATOMIC_RELEASE);
	__atomic_store_n(&p->site, segment_stub(s, i), __ATOMIC_RELEASE);
	__atomic_store_n(&p->pub.semaphore, segment_semaphore(s, i), __ATOMIC_RELEASE);
}

bool
probe_is_really_on(const struct probe *p)
{
	struct segment *s = __atomic_load_n(&p->segment, __ATOMIC_ACQUIRE);

	return s != NULL && segment_enter(s) && probe_is_on(p);
}

/* A stub is a function of as many integers as its note says: the compiler's call is what puts
 * them where the note says that they are. */
bool
probe_hit(const struct probe *p, unsigned n, const uint64_t *values)
{
	uint64_t v[USDT_MAX_ARGS];

	if (!probe_is_really_on(p))
		return false;
	const unsigned char *site = __atomic_load_n(&p->site, __ATOMIC_ACQUIRE);
	unsigned nargs = p->decl->nargs;
	unsigned passed = nargs <= 6 ? 6 : USDT_MAX_ARGS;
	for (unsigned i = 0; i < passed; i++)
		v[i] = i < nargs && i < n ? values[i] : 0;
	if (passed == 6) {
		void (*stub)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
		memcpy(&stub, &site, sizeof(stub));
		stub(v[0], v[1], v[2], v[3], v[4], v[5]);
	} else {
		void (*stub)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
		    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
		memcpy(&stub, &site, sizeof(stub));
		stub(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11]);
	}
	return true;
}
