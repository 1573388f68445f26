/*
 * The C++ ABI's own function for it, __cxa_demangle(), out of libstdc++, which is opened when the
 * first such name appears. Where there is no libstdc++, names stay as they are.
 */
#include "os/demangle.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/map.h"

enum { NAME_MAX_BYTES = 4096 };	/* what is longer was made to take long */

struct demangler {
	bool is_open;
	void *library;
	char *(*fn)(const char *name, char *to, size_t *bytes, int *status);
	struct map known;		/* name → text; both are the same for what is no name */
};

struct demangler *
demangler_new(void)
{
	struct demangler *d = calloc(1, sizeof(*d));

	if (d == NULL)
		BUG("out of memory");
	return d;
}

void
demangler_free(struct demangler *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->known.cap; i++)
		if (d->known.slot[i].value != d->known.slot[i].key)
			free(d->known.slot[i].value);
	map_fini(&d->known);
	if (d->library != NULL)
		dlclose(d->library);
	free(d);
}

static void
open_library(struct demangler *d)
{
	void *fn;

	d->is_open = true;
	d->library = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
	fn = d->library != NULL ? dlsym(d->library, "__cxa_demangle") : NULL;
	memcpy(&d->fn, &fn, sizeof(fn));
}

const char *
demangle(struct demangler *d, const char *name)
{
	char *text;
	int status;

	if (name[0] != '_' || name[1] != 'Z')
		return name;
	text = map_get(&d->known, name);
	if (text != NULL)
		return text;
	if (!d->is_open)
		open_library(d);
	if (d->fn == NULL || strnlen(name, NAME_MAX_BYTES) == NAME_MAX_BYTES)
		return name;
	text = d->fn(name, NULL, NULL, &status);
	map_put(&d->known, name, text != NULL ? text : (void *)(uintptr_t)name);
	return text != NULL ? text : name;
}
