/*
 * The interface of libstapsdt, over that of libusdt. Programs read its structures, so that each of
 * them is the beginning of one of ours. They call and test what `_fire` points at, too: hence a
 * site of one byte, whatever else may be chosen (see USDT_NOP5).
 *
 * As with probes (probe.h), the memory of these structures is only used again, never given back,
 * and marked while it is free: handles of what was destroyed do nothing.
 */
#include "include/libstapsdt.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "usdt/process.h"
#include "usdt/provider.h"

#undef errno	/* a field is meant */

struct compat_probe {
	SDTProbeList_t pub;		/* first; in the list of its provider, or of free ones */
	struct usdt_probe *real;	/* NULL: free */
};

struct compat {
	SDTProvider_t pub;		/* first */
	struct usdt_provider *real;	/* NULL: its name is bad, as is `error` */
	bool is_living;
	struct compat *next;		/* of those that are free */
};

static struct compat *free_providers;		/* these two under process_lock() */
static SDTProbeList_t *free_probes;

static struct compat *
compat_of(SDTProvider_t *pub)
{
	struct compat *c = (struct compat *)pub;

	return c != NULL && c->is_living ? c : NULL;
}

/* gives: -1. Without memory for the sentence there is at least the number. */
static int
fail(struct compat *c, SDTError_t error, const char *message)
{
	free(c->pub.error);
	c->pub.error = strdup(message);
	c->pub.errno = error;
	return -1;
}

static SDTError_t
error_of(int err)
{
	switch (err) {
	case USDT_E_PLACE:
		return tmpCreationError;
	case USDT_E_LOAD:
		return sharedLibraryOpenError;
	default:
		return elfCreationError;
	}
}

SDTProvider_t *
providerInit(const char *name)
{
	if (name == NULL || process_lock() != 0)
		return NULL;
	struct compat *c = free_providers;
	if (c != NULL)
		free_providers = c->next;
	process_unlock();
	if (c == NULL)
		c = malloc(sizeof(*c));
	if (c == NULL)
		return NULL;
	*c = (struct compat){
		.pub = { .name = strdup(name), .errno = noError, ._memfd = -1 },
		.is_living = true,
	};
	if (c->pub.name == NULL) {
		providerDestroy(&c->pub);
		return NULL;
	}
	int err = usdt_provider_new(name, USDT_ANY_NAME, &c->real);
	if (err != 0)
		fail(c, error_of(err), usdt_strerror(err));
	else
		c->real->flags |= SEGMENT_NOP1;
	return &c->pub;
}

int
providerUseMemfd(SDTProvider_t *provider, const MemFDOption_t use_memfd)
{
	struct compat *c = compat_of(provider);

	if (c == NULL || c->real == NULL || usdt_provider_is_loaded(c->real))
		return 0;
	c->real->flags &= ~(USDT_MEMFD | USDT_NO_MEMFD);
	c->real->flags |= use_memfd == memfd_enabled ? USDT_MEMFD : USDT_NO_MEMFD;
	c->pub._use_memfd = use_memfd;
	return 1;
}

/* The probe of this name if it has the same arguments. */
static struct usdt_probe *
find_same(struct compat *c, const char *name, unsigned nargs, const struct usdt_arg *args)
{
	struct usdt_probe *probe = usdt_provider_find(c->real, name);

	if (probe == NULL || usdt_probe_nargs(probe) != nargs)
		return NULL;
	for (unsigned i = 0; i < nargs; i++)
		if (usdt_probe_type(probe, i) != (int)args[i].type)
			return NULL;
	return probe;
}

static struct compat_probe *
probe_get(void)
{
	if (process_lock() != 0)
		return NULL;
	SDTProbeList_t *node = free_probes;
	if (node != NULL)
		free_probes = node->next;
	process_unlock();
	return node != NULL ? (struct compat_probe *)node : malloc(sizeof(struct compat_probe));
}

static SDTProbe_t *
add(struct compat *c, const char *name, unsigned nargs, const struct usdt_arg *args)
{
	struct usdt_probe *real = NULL;
	int err = usdt_provider_add(c->real, name, nargs, args, &real);

	if (err == USDT_E_DUPLICATE)
		real = find_same(c, name, nargs, args);
	if (real == NULL) {
		fail(c, error_of(err), usdt_provider_message(c->real));
		return NULL;
	}
	struct compat_probe *p = probe_get();
	if (p == NULL) {
		fail(c, elfCreationError, usdt_strerror(USDT_E_MEMORY));
		return NULL;
	}
	*p = (struct compat_probe){ .real = real };
	SDTProbe_t *pub = &p->pub.probe;
	memcpy(&pub->name, &((struct probe *)real)->decl->name, sizeof(pub->name));
	pub->provider = &c->pub;
	pub->argCount = (int)nargs;
	for (unsigned i = 0; i < nargs && i < MAX_ARGUMENTS; i++)
		pub->argFmt[i] = (ArgType_t)args[i].type;
	p->pub.next = c->pub.probes;
	c->pub.probes = &p->pub;
	return pub;
}

SDTProbe_t *
providerAddProbe(SDTProvider_t *provider, const char *name, int argCount, ...)
{
	struct compat *c = compat_of(provider);
	struct usdt_arg args[USDT_MAX_ARGS] = {{0}};
	va_list ap;

	if (c == NULL || c->real == NULL)
		return NULL;
	if (argCount < 0 || argCount > USDT_MAX_ARGS) {
		fail(c, elfCreationError, usdt_strerror(USDT_E_ARG_COUNT));
		return NULL;
	}
	va_start(ap, argCount);
	for (int i = 0; i < argCount; i++)
		args[i].type = (enum usdt_type)va_arg(ap, int);
	va_end(ap);
	return add(c, name, (unsigned)argCount, args);
}

/* What the structures say of a provider that is loaded, or not. */
static void
show(struct compat *c, bool is_loaded)
{
	const struct usdt_provider *real = c->real;
	struct segment *s = is_loaded && real->nparts > 0 ?
	    real->part[real->nparts - 1].segment : NULL;

	for (SDTProbeList_t *node = c->pub.probes; node != NULL; node = node->next) {
		const struct probe *p = (struct probe *)((struct compat_probe *)node)->real;
		void *site = NULL;
		if (is_loaded && p->segment != NULL)
			memcpy(&site, &p->site, sizeof(site));
		__atomic_store_n(&node->probe._fire, site, __ATOMIC_RELEASE);
	}
	c->pub._handle = is_loaded ? (s != NULL ? (void *)s->base : (void *)c) : NULL;
	c->pub._filename = s != NULL ? s->place.path : NULL;
	c->pub._memfd = s != NULL ? s->place.fd : -1;
}

int
providerLoad(SDTProvider_t *provider)
{
	struct compat *c = compat_of(provider);

	if (c == NULL || c->real == NULL)	/* then errno and error are set */
		return -1;
	int err = usdt_provider_load(c->real);
	if (err != 0)
		return fail(c, error_of(err), usdt_provider_message(c->real));
	show(c, true);
	return 0;
}

int
providerUnload(SDTProvider_t *provider)
{
	struct compat *c = compat_of(provider);

	if (c == NULL)
		return -1;
	if (c->real == NULL)
		return 0;
	show(c, false);
	int err = usdt_provider_unload(c->real);
	return err == 0 ? 0 : fail(c, sharedLibraryCloseError, usdt_provider_message(c->real));
}

void
providerDestroy(SDTProvider_t *provider)
{
	struct compat *c = compat_of(provider);

	if (c == NULL || process_lock() != 0)
		return;
	c->is_living = false;
	for (SDTProbeList_t *node = c->pub.probes; node != NULL;) {
		SDTProbeList_t *next = node->next;
		*(struct compat_probe *)node = (struct compat_probe){ .pub.next = free_probes };
		free_probes = node;
		node = next;
	}
	process_unlock();
	usdt_provider_free(c->real);
	free(c->pub.name);
	free(c->pub.error);
	*c = (struct compat){0};
	if (process_lock() != 0)
		return;
	c->next = free_providers;
	free_providers = c;
	process_unlock();
}

int
probeIsEnabled(SDTProbe_t *probe)
{
	if (probe == NULL || __atomic_load_n(&probe->_fire, __ATOMIC_ACQUIRE) == NULL)
		return 0;
	return usdt_is_enabled(((struct compat_probe *)probe)->real);
}

void
probeFire(SDTProbe_t *probe, ...)
{
	uint64_t value[USDT_MAX_ARGS];
	va_list ap;

	if (!probeIsEnabled(probe))
		return;
	const struct usdt_probe *real = ((struct compat_probe *)probe)->real;
	unsigned nargs = usdt_probe_nargs(real);
	va_start(ap, probe);
	for (unsigned i = 0; i < nargs; i++)
		value[i] = va_arg(ap, uint64_t);
	va_end(ap);
	usdt_fire(real, nargs, value);
}
