/*
 * The functions of include/usdt.h. A provider is a list of probes, and a list of segments that hold
 * those which have been loaded. Loading arms the segments there are, and makes one for the probes
 * that have none.
 *
 * Handles are looked up among the living, so that one that was freed is an error.
 */
#include "include/usdt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usdt/name.h"
#include "usdt/process.h"
#include "usdt/provider.h"

static struct usdt_provider *living;	/* under process_lock() */

/* Between these two, errno is ours. gives: whether the provider lives; then, and only then, the
 * lock is held. */
static int
enter(const struct usdt_provider *provider, int *saved)
{
	*saved = errno;
	int err = process_lock();
	if (err != 0)
		return err;
	for (const struct usdt_provider *p = living; p != NULL; p = p->next)
		if (p == provider)
			return 0;
	process_unlock();
	errno = *saved;
	return USDT_E_HANDLE;
}

static int
leave(int saved, int err)
{
	process_unlock();
	errno = saved;
	return err;
}

static int __attribute__((format(printf, 3, 4)))
complain(struct usdt_provider *p, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(p->message, sizeof(p->message), format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(p->message))
		snprintf(p->message + n, sizeof(p->message) - (size_t)n, ": %s",
		    usdt_strerror(err));
	return err;
}

static int
check_flags(unsigned flags)
{
	const unsigned known = USDT_ANY_NAME | USDT_NO_MEMFD | USDT_MEMFD | USDT_NOP5;
	const unsigned either = USDT_NO_MEMFD | USDT_MEMFD;

	return (flags & ~known) != 0 || (flags & either) == either ? USDT_E_FLAGS : 0;
}

int
usdt_provider_new(const char *name, unsigned flags, struct usdt_provider **out)
{
	int saved = errno;

	if (out == NULL)
		return USDT_E_HANDLE;
	*out = NULL;
	int err = check_flags(flags);
	if (err == 0)
		err = name_check_provider(name, (flags & USDT_ANY_NAME) != 0);
	if (err != 0)
		return err;
	struct usdt_provider *p = calloc(1, sizeof(*p));
	char *copy = strdup(name);
	err = p == NULL || copy == NULL ? USDT_E_MEMORY : process_lock();
	if (err != 0) {
		free(copy);
		free(p);
		errno = saved;
		return err;
	}
	p->name = copy;
	p->flags = flags;
	p->next = living;
	living = p;
	*out = p;
	return leave(saved, 0);
}

static uint32_t
hash_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

/* gives: the number of the probe, or p->n. */
static size_t
index_of(const struct usdt_provider *p, const char *name)
{
	uint32_t hash = hash_of(name);

	for (size_t i = 0; i < p->n; i++)
		if (p->hash[i] == hash && strcmp(p->probe[i]->decl->name, name) == 0)
			return i;
	return p->n;
}

static int
make_room(struct usdt_provider *p)
{
	if (p->n < p->room)
		return 0;
	size_t room = p->room > 0 ? 2 * p->room : 8;
	struct probe **probe = realloc(p->probe, room * sizeof(*probe));
	if (probe == NULL)
		return USDT_E_MEMORY;
	p->probe = probe;
	uint32_t *hash = realloc(p->hash, room * sizeof(*hash));
	if (hash == NULL)
		return USDT_E_MEMORY;
	p->hash = hash;
	p->room = room;
	return 0;
}

static int
check_args(unsigned nargs, const struct usdt_arg *args, unsigned *bad)
{
	*bad = 0;
	if (nargs > USDT_MAX_ARGS || (nargs > 0 && args == NULL))
		return USDT_E_ARG_COUNT;
	for (unsigned i = 0; i < nargs; i++) {
		*bad = i;
		if (image_type_name(args[i].type) == NULL)
			return USDT_E_ARG_TYPE;
		if (args[i].name != NULL && name_check_arg(args[i].name) != 0)
			return USDT_E_ARG_NAME;
	}
	return 0;
}

static int
add(struct usdt_provider *p, const char *given, unsigned nargs, const struct usdt_arg *args,
    struct usdt_probe **out)
{
	char name[2 * NAME_ANY_MAX + 3];
	unsigned bad;
	struct probe *probe;
	int err = name_of_probe(given, (p->flags & USDT_ANY_NAME) != 0, name, sizeof(name));

	if (err == 0 && index_of(p, name) < p->n)
		err = USDT_E_DUPLICATE;
	if (err != 0)
		return complain(p, err, "%s: probe '%s'", p->name, given != NULL ? given : "");
	err = check_args(nargs, args, &bad);
	if (err == USDT_E_ARG_COUNT)
		return complain(p, err, "%s: probe '%s', %u arguments", p->name, given, nargs);
	if (err != 0)
		return complain(p, err, "%s: probe '%s', argument %u", p->name, given, bad);
	err = make_room(p);
	if (err == 0)
		err = probe_new(name, nargs, args, &probe);
	if (err != 0)
		return complain(p, err, "%s: probe '%s'", p->name, given);
	p->probe[p->n] = probe;
	p->hash[p->n++] = hash_of(name);
	*out = &probe->pub;
	return 0;
}

int
usdt_provider_add(struct usdt_provider *p, const char *name, unsigned nargs,
    const struct usdt_arg *args, struct usdt_probe **out)
{
	int saved;
	struct usdt_probe *probe = NULL;

	if (out != NULL)
		*out = NULL;
	int err = enter(p, &saved);
	if (err != 0)
		return err;
	err = add(p, name, nargs, args, &probe);
	if (out != NULL)
		*out = probe;
	return leave(saved, err);
}

/* What segment `part` is made of; as many probes as it has, or all that remain. The list is the
 * caller's to free. */
static int
plan_of(const struct usdt_provider *p, size_t first, size_t n, struct segment_plan *plan)
{
	const struct image_probe **list = calloc(n, sizeof(*list));

	if (list == NULL)
		return USDT_E_MEMORY;
	for (size_t i = 0; i < n; i++)
		list[i] = p->probe[first + i]->decl;
	*plan = (struct segment_plan){
		.provider = p->name, .probe = list, .n = n, .flags = p->flags,
	};
	return 0;
}

static int
load_new(struct usdt_provider *p, struct why *why)
{
	struct segment_plan plan;
	size_t first = p->nloaded;

	if (first == p->n)
		return 0;
	struct part *part = realloc(p->part, (p->nparts + 1) * sizeof(*part));
	if (part == NULL)
		return USDT_E_MEMORY;
	p->part = part;
	int err = plan_of(p, first, p->n - first, &plan);
	if (err != 0)
		return err;
	part += p->nparts;
	part->first = first;
	err = segment_new(&plan, &part->segment, why);
	free(plan.probe);
	if (err != 0)
		return err;
	p->nparts++;
	for (size_t i = first; i < p->n; i++)
		probe_attach(p->probe[i], part->segment, i - first);
	p->nloaded = p->n;
	return 0;
}

static int
load_again(struct usdt_provider *p, const struct part *part, struct why *why)
{
	struct segment_plan plan;

	if (part->segment->is_armed)
		return 0;
	int err = plan_of(p, part->first, part->segment->n, &plan);
	if (err != 0)
		return err;
	err = segment_arm(part->segment, &plan, why);
	free(plan.probe);
	return err;
}

int
usdt_provider_load(struct usdt_provider *p)
{
	int saved, err = enter(p, &saved);
	char reasons[MESSAGE_BYTES - 300] = "";
	struct why why = { reasons, sizeof(reasons) };

	if (err != 0)
		return err;
	for (size_t i = 0; i < p->nparts && err == 0; i++)
		err = load_again(p, &p->part[i], &why);
	if (err == 0)
		err = load_new(p, &why);
	if (err == 0)
		p->is_loaded = true;
	else if (*reasons != '\0')
		complain(p, err, "%s: %s", p->name, reasons);
	else
		complain(p, err, "%s", p->name);
	return leave(saved, err);
}

int
usdt_provider_unload(struct usdt_provider *p)
{
	int saved, err = enter(p, &saved);

	if (err != 0)
		return err;
	for (size_t i = 0; i < p->nparts; i++) {
		int failed = segment_park(p->part[i].segment);
		if (failed != 0)
			err = complain(p, failed, "%s", p->name);
	}
	if (err == 0)
		p->is_loaded = false;
	return leave(saved, err);
}

void
usdt_provider_free(struct usdt_provider *p)
{
	int saved;

	if (enter(p, &saved) != 0)
		return;
	for (struct usdt_provider **at = &living; *at != NULL; at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			break;
		}
	for (size_t i = 0; i < p->n; i++)
		probe_free(p->probe[i]);
	for (size_t i = 0; i < p->nparts; i++)
		segment_free(p->part[i].segment);
	free(p->part);
	free(p->probe);
	free(p->hash);
	free(p->name);
	free(p);
	leave(saved, 0);
}

const char *
usdt_provider_name(const struct usdt_provider *p)
{
	int saved;

	if (enter(p, &saved) != 0)
		return "";
	const char *name = p->name;
	leave(saved, 0);
	return name;
}

int
usdt_provider_is_loaded(const struct usdt_provider *p)
{
	int saved;

	if (enter(p, &saved) != 0)
		return 0;
	return leave(saved, p->is_loaded);
}

const char *
usdt_provider_file(const struct usdt_provider *p)
{
	int saved;

	if (enter(p, &saved) != 0)
		return "";
	const char *path = p->nparts > 0 ? p->part[p->nparts - 1].segment->place.path : "";
	leave(saved, 0);
	return path;
}

const char *
usdt_provider_message(const struct usdt_provider *p)
{
	int saved, err = enter(p, &saved);

	if (err != 0)
		return usdt_strerror(err);
	const char *message = p->message;
	leave(saved, 0);
	return message;
}

struct usdt_probe *
usdt_provider_find(const struct usdt_provider *p, const char *given)
{
	int saved;
	char name[2 * NAME_ANY_MAX + 3];
	struct usdt_probe *found = NULL;

	if (enter(p, &saved) != 0)
		return NULL;
	if (name_of_probe(given, (p->flags & USDT_ANY_NAME) != 0, name, sizeof(name)) == 0) {
		size_t i = index_of(p, name);
		if (i < p->n)
			found = &p->probe[i]->pub;
	}
	leave(saved, 0);
	return found;
}

/* The declaration; NULL of no probe, or of one that was freed. */
static const struct image_probe *
decl_of(const struct usdt_probe *probe)
{
	return probe != NULL ? ((const struct probe *)probe)->decl : NULL;
}

const char *
usdt_probe_name(const struct usdt_probe *probe)
{
	const struct image_probe *decl = decl_of(probe);

	return decl != NULL ? decl->name : "";
}

unsigned
usdt_probe_nargs(const struct usdt_probe *probe)
{
	const struct image_probe *decl = decl_of(probe);

	return decl != NULL ? decl->nargs : 0;
}

int
usdt_probe_type(const struct usdt_probe *probe, unsigned i)
{
	const struct image_probe *decl = decl_of(probe);

	return decl != NULL && i < decl->nargs ? decl->type[i] : 0;
}

const char *
usdt_probe_arg_name(const struct usdt_probe *probe, unsigned i)
{
	const struct image_probe *decl = decl_of(probe);

	return decl != NULL && i < decl->nargs && decl->arg_name[i] != NULL ?
	    decl->arg_name[i] : "";
}

int
usdt_is_enabled(const struct usdt_probe *probe)
{
	const struct probe *p = (const struct probe *)probe;

	return p != NULL && __builtin_expect(probe_is_on(p), 0) && probe_is_really_on(p);
}

int
usdt_fire(const struct usdt_probe *probe, unsigned n, const uint64_t *values)
{
	const struct probe *p = (const struct probe *)probe;

	if (p == NULL || !__builtin_expect(probe_is_on(p), 0))
		return 0;
	return probe_hit(p, values != NULL ? n : 0, values);
}
