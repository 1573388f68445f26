/*
 * Processes, what they map, and the objects behind it.
 *
 *   process ─▶ its mappings, the latest first ─▶ region ─▶ object (by device and inode)
 *
 * Objects are opened when they are noted, while there is a process through which they can be
 * reached (deleted files, other mount namespaces), and read when a name is wanted.
 */
#include "os/usym.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/demangle.h"
#include "os/elf.h"
#include "os/proc.h"

enum { BUCKETS = 1024, GENERATIONS_MAX = 8, REGIONS_MAX = 1 << 16 };

struct object {
	unsigned dev_major, dev_minor;
	uint64_t inode;
	char *name;			/* without directories */
	struct elf *elf;		/* NULL: it is none, or cannot be read */
	struct elf *debug;		/* the file with its other symbols, if it is installed */
	bool has_looked;		/* for that */
	void *user;
};

struct region {
	uint64_t start, end, off, base;
	struct object *object;
	uint64_t is_exec;		/* without padding: regions are compared */
};

/* What was mapped at one time. */
struct generation {
	vec(struct region) region;	/* by address; those with an object only */
	struct generation *older;
};

struct process {
	pid_t pid;
	struct generation *latest;	/* NULL: it was gone when it was looked at */
	bool has_missed;		/* looked again for an address that is in nothing */
	struct process *next;
};

struct usyms {
	struct process *bucket[BUCKETS];
	vec(struct object *) object;
	struct object *vdso;
	size_t vdso_bytes;
	struct demangler *demangler;
	struct map stub;		/* name of a function → name of its stubs */
};

struct usyms *
usyms_new(void)
{
	struct usyms *u = calloc(1, sizeof(*u));

	if (u == NULL)
		BUG("out of memory");
	u->demangler = demangler_new();
	return u;
}

static void
generations_free(struct generation *g)
{
	while (g != NULL) {
		struct generation *older = g->older;

		vec_fini(&g->region);
		free(g);
		g = older;
	}
}

void
usyms_free(struct usyms *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (u->bucket[i] != NULL) {
			struct process *p = u->bucket[i];

			u->bucket[i] = p->next;
			generations_free(p->latest);
			free(p);
		}
	}
	for (size_t i = 0; i < u->object.n; i++) {
		elf_free(u->object.v[i]->elf);
		elf_free(u->object.v[i]->debug);
		free(u->object.v[i]->name);
		free(u->object.v[i]);
	}
	vec_fini(&u->object);
	demangler_free(u->demangler);
	for (size_t i = 0; i < u->stub.cap; i++)
		free(u->stub.slot[i].value);
	map_fini(&u->stub);
	free(u);
}

/* ----------------------------------------------------------------------- objects */

static struct object *
object_add(struct usyms *u, const char *path, int fd)
{
	struct object *o = calloc(1, sizeof(*o));
	const char *slash = strrchr(path, '/');
	char err[160];

	if (o == NULL)
		BUG("out of memory");
	o->name = strdup(slash != NULL && slash[1] != '\0' ? slash + 1 : path);
	if (o->name == NULL)
		BUG("out of memory");
	if (fd >= 0)
		o->elf = elf_open(fd, err, sizeof(err));
	vec_push(&u->object, o);
	return o;
}

static struct object *
object_of(struct usyms *u, pid_t pid, const struct proc_map *m)
{
	_cleanup_fd_ int fd = -1;
	struct object *o;

	for (size_t i = 0; i < u->object.n; i++) {
		o = u->object.v[i];
		if (o->inode == m->inode && o->dev_major == m->dev_major
		    && o->dev_minor == m->dev_minor)
			return o;
	}
	fd = proc_open_map(pid, m);
	o = object_add(u, m->path, fd);
	o->inode = m->inode;
	o->dev_major = m->dev_major;
	o->dev_minor = m->dev_minor;
	return o;
}

/* The kernel maps the same into all processes of our kind: the symbols are read from ours. */
static struct object *
vdso(struct usyms *u, const struct proc_map *m)
{
	const void *at = (const void *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
	_cleanup_fd_ int fd = -1;

	if (u->vdso == NULL) {
		u->vdso_bytes = m->end - m->start;
		if (at != NULL)
			fd = memfd_create("vdso", MFD_CLOEXEC);
		if (fd >= 0 && write(fd, at, u->vdso_bytes) < 0) {
			close(fd);
			fd = -1;
		}
		u->vdso = object_add(u, m->path, fd);
	}
	return u->vdso_bytes == m->end - m->start ? u->vdso : NULL;
}

/* --------------------------------------------------------------------- processes */

static struct process *
process_of(struct usyms *u, pid_t pid, bool *is_new)
{
	struct process **p = &u->bucket[(unsigned)pid % BUCKETS];

	while (*p != NULL && (*p)->pid != pid)
		p = &(*p)->next;
	*is_new = *p == NULL;
	if (*is_new) {
		*p = calloc(1, sizeof(**p));
		if (*p == NULL)
			BUG("out of memory");
		(*p)->pid = pid;
	}
	return *p;
}

struct reading {
	struct usyms *usyms;
	struct generation *generation;
	pid_t pid;
};

/* Regions of one object follow each other: the first has its base. */
static int
note_map(void *self, const struct proc_map *m)
{
	struct reading *r = self;
	struct generation *g = r->generation;
	struct region region = { m->start, m->end, m->off, m->start, NULL, m->is_exec };

	if (g->region.n >= REGIONS_MAX)
		return 0;
	if (m->path[0] == '/')
		region.object = object_of(r->usyms, r->pid, m);
	else if (strcmp(m->path, "[vdso]") == 0)
		region.object = vdso(r->usyms, m);
	if (region.object == NULL)
		return 0;
	if (g->region.n > 0 && g->region.v[g->region.n - 1].object == region.object)
		region.base = g->region.v[g->region.n - 1].base;
	vec_push(&g->region, region);
	return 0;
}

static bool
is_same(const struct generation *a, const struct generation *b)
{
	return b != NULL && a->region.n == b->region.n && memcmp(a->region.v, b->region.v,
	    a->region.n * sizeof(*a->region.v)) == 0;
}

static void
forget_oldest(struct process *p)
{
	struct generation **g = &p->latest;

	for (int n = 0; *g != NULL && n < GENERATIONS_MAX; n++)
		g = &(*g)->older;
	generations_free(*g);
	*g = NULL;
}

static void
note(struct usyms *u, struct process *p)
{
	struct generation *g = calloc(1, sizeof(*g));
	struct reading r = { u, g, p->pid };

	if (g == NULL)
		BUG("out of memory");
	(void)proc_each_mapping(p->pid, note_map, &r);
	if (g->region.n == 0 || is_same(g, p->latest)) {
		generations_free(g);
		return;
	}
	g->older = p->latest;
	p->latest = g;
	forget_oldest(p);
}

void
usyms_note(struct usyms *u, pid_t pid)
{
	bool is_new;
	struct process *p = process_of(u, pid, &is_new);

	p->has_missed = false;
	note(u, p);
}

void
usyms_each_code(struct usyms *u, pid_t pid, void (*fn)(void *self, const struct usym_code *),
    void *self)
{
	bool is_new;
	struct process *p = process_of(u, pid, &is_new);

	for (size_t i = 0; p->latest != NULL && i < p->latest->region.n; i++) {
		const struct region *r = &p->latest->region.v[i];
		struct usym_code code = { r->start, r->end, 0, r->object->elf, &r->object->user };
		uint64_t at;

		if (!r->is_exec || code.elf == NULL || !elf_address(code.elf, r->off, &at))
			continue;
		code.bias = r->start - at;
		fn(self, &code);
	}
}

/* --------------------------------------------------------------------- questions */

static const struct region *
region_at(const struct generation *g, uint64_t addr)
{
	size_t lo = 0, hi = g->region.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->region.v[mid].start <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 && addr < g->region.v[lo - 1].end ? &g->region.v[lo - 1] : NULL;
}

static const struct region *
region_find(const struct process *p, uint64_t addr)
{
	const struct region *r = NULL;

	for (const struct generation *g = p->latest; g != NULL && r == NULL; g = g->older)
		r = region_at(g, addr);
	return r;
}

/* Packages of debugging symbols are installed by build ID. */
static void
find_debug(struct object *o)
{
	char id[ELF_BUILD_ID_BYTES], path[ELF_BUILD_ID_BYTES + 64], err[160];
	_cleanup_fd_ int fd = -1;

	o->has_looked = true;
	if (elf_has_symtab(o->elf) || !elf_build_id(o->elf, id))
		return;
	snprintf(path, sizeof(path), "/usr/lib/debug/.build-id/%.2s/%s.debug", id, id + 2);
	fd = proc_open_regular(path);
	if (fd >= 0)
		o->debug = elf_open(fd, err, sizeof(err));
}

static const char *
symbol_at(struct object *o, uint64_t at, uint64_t *start)
{
	const char *name = elf_symbol_at(o->elf, at, start);

	return name != NULL || o->debug == NULL ? name : elf_symbol_at(o->debug, at, start);
}

/* "name@plt", made when it is first wanted. */
static const char *
stub_name(struct usyms *u, struct object *o, uint64_t at, uint64_t *start)
{
	const char *name = elf_plt_at(o->elf, at, start);
	char *text;

	if (name == NULL)
		return NULL;
	text = map_get(&u->stub, name);
	if (text == NULL) {
		if (asprintf(&text, "%s@plt", demangle(u->demangler, name)) < 0)
			BUG("out of memory");
		map_put(&u->stub, name, text);
	}
	return text;
}

/* A call may be the last instruction of its function; but what a signal handler returns to begins
 * at the address. */
static void
name_function(struct usyms *u, const struct region *r, uint64_t addr, bool is_return,
    struct usym *found)
{
	const uint64_t off = addr - r->start + r->off;
	struct object *o = r->object;
	uint64_t at, start = 0;
	const char *name = NULL;

	if (o->elf == NULL || !elf_address(o->elf, off, &at))
		return;
	if (!o->has_looked)
		find_debug(o);
	if (is_return)
		name = symbol_at(o, at - 1, &start);
	if (name == NULL)
		name = symbol_at(o, at, &start);
	if (name == NULL)
		name = stub_name(u, o, at, &start);
	if (name == NULL)
		return;
	found->name = demangle(u->demangler, name);
	found->start = addr - (at - start);
}

bool
usym_find(struct usyms *u, pid_t pid, uint64_t addr, bool is_return, struct usym *found)
{
	bool is_new;
	struct process *p = process_of(u, pid, &is_new);
	const struct region *r;

	if (is_new)
		note(u, p);
	r = region_find(p, addr);
	if (r == NULL && !p->has_missed) {
		p->has_missed = true;
		note(u, p);
		r = region_find(p, addr);
	}
	if (r == NULL)
		return false;
	*found = (struct usym){ .object = r->object->name, .base = r->base };
	name_function(u, r, addr, is_return, found);
	return true;
}
