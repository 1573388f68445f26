/*
 * The stapsdt provider: probes that programs and libraries carry in .note.stapsdt (<sys/sdt.h>,
 * libstapsdt), found through the executable mappings of a process.
 *
 * A probe belongs to one process: its provider is the note's provider and the pid. Which processes
 * a description means: pids.h. Where it means all of them, now and later ("python*"), there is one
 * probe for them, a family, armed in the file: the kernel puts its breakpoints into every process
 * that maps it, before it runs an instruction of it.
 */
#include "prov/stapsdt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "prov/pids.h"
#include "prov/python.h"
#include "prov/python_site.h"
#include "prov/sdt_object.h"
#include "prov/seen.h"
#include "prov/uprobe.h"
#include "type/type.h"

extern const struct provider provider_stapsdt;

struct sdt_site {
	struct uprobe_site up;		/* first: for uprobe_attach() */
	const struct sdt_note *note;
	const char *object;		/* path, as the process has it */
	const struct py_site *python;	/* the arguments behind the note's; NULL: there are none */
};

/* One process looked through for one description. */
struct scan {
	struct prov_env *env;
	const struct pdesc *desc;
	pid_t pid;
	struct pids_found found;
};

/* One of its mappings. */
struct mapping {
	const struct proc_map *map;
	const char *mod;		/* NULL until asked for */
	bool is_main;
	const char *path, *object;	/* NULL until there is a site */
};

/* Room for n arguments. */
static void
grow_types(struct prov_env *env, struct probe *p, uint32_t n)
{
	const struct type **arg = arena_alloc(env->arena, n * sizeof(*arg));
	const char **name = arena_alloc(env->arena, n * sizeof(*name));

	if (p->narg > 0) {
		memcpy(arg, p->arg, p->narg * sizeof(*arg));
		memcpy(name, p->arg_name, p->narg * sizeof(*name));
	}
	p->arg = arg;
	p->arg_name = name;
}

/* Types and names of args[]. Sites of one probe should agree; where they don't, the type holds
 * both, and the name is the first one. */
static void
add_types(struct prov_env *env, struct probe *p, const struct sdt_note *n)
{
	const struct argspec *s = n->args->spec;

	if (s->narg > p->narg)
		grow_types(env, p, s->narg);
	for (uint32_t i = 0; i < s->narg; i++) {
		const struct type *t = type_find(env->types,
		    n->arg != NULL ? n->arg[i].type : argspec_type(&s->arg[i]));

		if (i >= p->narg) {
			p->arg[i] = t;
			p->arg_name[i] = n->arg != NULL ? n->arg[i].name : "";
		} else if (t != p->arg[i]) {
			p->arg[i] = type_find(env->types, "int64_t");
		}
	}
	if (s->narg > p->narg)
		p->narg = s->narg;
}

static struct probe *
add_probe(struct prov_env *env, const char *prov, const struct mapping *m,
    const struct sdt_note *n)
{
	struct probe *p = probe_add(env->probes, &provider_stapsdt, prov, m->mod, n->func, n->name);

	if (m->is_main)
		p->mod_alias = "a.out";
	return p;
}

/* Was this place noted for this probe before? If not, it is now. */
static bool
is_known(struct prov_env *env, const struct probe *p, const struct proc_map *map, uint64_t off)
{
	char key[128];

	snprintf(key, sizeof(key), "stapsdt site %u %x:%x %" PRIx64 " %" PRIx64, p->id,
	    map->dev_major, map->dev_minor, map->inode, off);
	if (map_get(&env->cache, key) != NULL)
		return true;
	map_put(&env->cache, arena_strdup(env->arena, key), env);
	return false;
}

static int
name_mapping(struct scan *s, struct mapping *m)
{
	char path[PATH_MAX + 64];
	int err;

	if (m->path != NULL)
		return 0;
	err = proc_map_path(s->pid, m->map, path, sizeof(path));
	if (err != 0) {
		s->env->note(s->env->note_self, 1, "%s of process %d: %s", m->map->path, s->pid,
		    strerror(-err));
		return err;
	}
	m->path = arena_strdup(s->env->arena, path);
	m->object = arena_strdup(s->env->arena, m->map->path);
	return 0;
}

static struct site *
put_site(struct prov_env *env, struct probe *p, const struct sdt_note *n, const char *object,
    const struct uprobe_site *up, const struct py_site *python)
{
	struct sdt_site *site = arena_new(env->arena, struct sdt_site);

	*site = (struct sdt_site){ .up = *up, .note = n, .object = object, .python = python };
	site->up.off = n->off;
	site->up.ref_ctr_off = n->ref_ctr_off;
	site->up.is_nop5 = n->is_nop5;
	add_types(env, p, n);
	if (python != NULL)
		python_types(env, p);
	return site_add(env->probes, p, python != NULL ? &python->shape : &n->args->shape, site);
}

/* 0; an error: the mapping is gone. */
static int
add_site(struct scan *s, struct mapping *m, const char *prov, const struct sdt_note *n)
{
	struct probe *p = add_probe(s->env, prov, m, n);
	int err;

	p->pid = s->pid;
	s->found.n++;
	if (is_known(s->env, p, m->map, n->off))
		return 0;
	err = name_mapping(s, m);
	if (err == 0)
		put_site(s->env, p, n, m->object, &(struct uprobe_site){ .path = m->path,
		    .pid = s->pid, .addr = m->map->start - m->map->off + n->off },
		    python_beside(s->env, s->pid, m->map, n));
	return err;
}

/* A file with families. */
struct family_file {
	struct family_file *next;	/* of those with the same number, size and time */
	const char *path;
	dev_t dev;
	bool is_overlay;
};

static struct family_file *
find_twin(struct family_file *f, dev_t dev, bool is_overlay)
{
	while (f != NULL && f->dev != dev && !f->is_overlay && !is_overlay)
		f = f->next;
	return f;
}

/*
 * The kernel arms what is below an overlay, once for all overlays on it, of whatever device they say
 * the file is: so files of the same number, size and time are the same if one of them is seen
 * through an overlay.
 */
static struct family_file *
add_file(struct prov_env *env, int fd)
{
	struct family_file *first, *f;
	struct statfs fs;
	struct stat st;
	char key[128];
	bool is_overlay;

	if (fstat(fd, &st) != 0)
		return NULL;
	is_overlay = fstatfs(fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
	snprintf(key, sizeof(key), "stapsdt twins %ju %jd %jd.%09ld", (uintmax_t)st.st_ino,
	    (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	first = map_get(&env->cache, key);
	f = find_twin(first, st.st_dev, is_overlay);
	if (f != NULL)
		return f;
	prov_allow_fds(env, 1);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	vec_push(&env->link, fd);
	f = arena_new(env->arena, struct family_file);
	*f = (struct family_file){ .next = first, .dev = st.st_dev, .is_overlay = is_overlay,
	    .path = arena_printf(env->arena, "/proc/self/fd/%d", fd) };
	map_put(&env->cache, arena_strdup(env->arena, key), f);
	return f;
}

/* The file stays open, so that it can be armed when the process has ended, under whatever name it
 * had there, and its number keeps its meaning. NULL: it can't be opened. */
static struct family_file *
keep_open(struct scan *s, const struct mapping *m)
{
	char key[96];
	struct family_file *f;

	snprintf(key, sizeof(key), "stapsdt file %x:%x %" PRIx64, m->map->dev_major,
	    m->map->dev_minor, m->map->inode);
	f = map_get(&s->env->cache, key);
	if (f == NULL) {
		_cleanup_fd_ int fd = proc_open_map(s->pid, m->map);

		f = fd >= 0 ? add_file(s->env, fd) : NULL;
		if (f != NULL)
			map_put(&s->env->cache, arena_strdup(s->env->arena, key), f);
	}
	return f;
}

/* A site of a family is known by its place in the file, whatever the file's name in a process. */
static int
add_family(struct scan *s, struct mapping *m, const struct sdt_note *n)
{
	struct prov_env *env = s->env;
	struct family_file *f = keep_open(s, m);
	char key[512], prov[160];
	struct probe *p;

	if (f == NULL)
		return -ESRCH;
	s->found.n++;
	snprintf(key, sizeof(key), "stapsdt family %s %" PRIx64 " %s %s", f->path, n->off, n->prov,
	    n->name);
	if (map_get(&env->cache, key) != NULL)
		return 0;
	snprintf(prov, sizeof(prov), "%s*", n->prov);
	p = add_probe(env, prov, m, n);
	p->family = n->prov;
	map_put(&env->cache, arena_strdup(env->arena, key), p);
	put_site(env, p, n, arena_strdup(env->arena, m->map->path),
	    &(struct uprobe_site){ .path = f->path }, NULL)->is_followed = env->follows;
	return 0;
}

static bool
matches(struct scan *s, struct mapping *m, const struct sdt_note *n)
{
	const struct pdesc *d = s->desc;

	s->found.has_provider = true;
	if (!glob_match(d->name, n->name) || !glob_match(d->func, n->func))
		return false;
	if (m->mod == NULL) {
		m->mod = pids_module(s->env, m->map->path);
		m->is_main = proc_is_main(s->pid, m->map);
	}
	return glob_match(d->mod, m->mod) || (m->is_main && strcmp(d->mod, "a.out") == 0);
}

/* Gives whether processes differ in what they have of it. */
static bool
on_note(struct scan *s, struct mapping *m, const struct sdt_note *n)
{
	char prov[160];

	if (pids_all(s->env) && probe_is_family(s->desc->prov, n->prov)) {
		if (matches(s, m, n))
			add_family(s, m, n);
		return strcmp(s->desc->mod, "a.out") == 0;
	}
	snprintf(prov, sizeof(prov), "%s%d", n->prov, s->pid);
	if (glob_match(s->desc->prov, prov) && matches(s, m, n))
		add_site(s, m, prov, n);
	return pids_may_match(s->desc->prov, n->prov);
}

/* What is behind a mapping, read if it was not yet; NULL: nothing that could have probes. */
static const struct sdt_object *
open_object(struct scan *s, const struct proc_map *map)
{
	_cleanup_fd_ int fd = proc_open_map(s->pid, map);

	if (fd >= 0)
		return sdt_object_get(s->env, fd, map->path);
	/* gone, or a device: no fault; anything else may hide probes */
	if (fd != -ENOENT && fd != -ESRCH && fd != -EINVAL)
		s->env->note(s->env->note_self, 1, "%s of process %d: %s", map->path,
		    s->pid, strerror(-fd));
	return NULL;
}

static int
on_map(void *self, const struct proc_map *map)
{
	struct scan *s = self;
	struct mapping m = { .map = map };
	struct seen_file *seen;
	const struct sdt_object *obj;
	bool is_done = true;

	if (!map->is_exec)
		return 0;
	seen = seen_get(s->env, map);
	if (seen->is_done)
		return 0;
	if (seen->object == NULL)
		seen->object = open_object(s, map);
	obj = seen->object;
	for (uint32_t i = 0; obj != NULL && i < obj->nnote; i++) {
		const struct sdt_note *n = &obj->note[i];

		if (n->off < map->off || n->off - map->off >= map->end - map->start)
			is_done = false;	/* in another segment */
		else if (!n->is_replaced && on_note(s, &m, n))
			is_done = false;
	}
	seen->is_done = is_done && obj != NULL;
	s->env->is_settled &= seen->is_done;
	return 0;
}

/* A process that can't be looked through has nothing. */
static struct pids_found
scan_process(struct prov_env *env, const struct pdesc *d, pid_t pid)
{
	struct scan s = { .env = env, .desc = d, .pid = pid };
	int err = pids_each_map(env, pid, on_map, &s);

	if (err != 0 && err != -ESRCH)
		env->note(env->note_self, 1, "process %d: %s", pid, strerror(-err));
	return s.found;
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	return d->id != 0 ? 0 : pids_each(env, d, scan_process);
}

static const struct argspec *
spec_of(const struct site *s)
{
	return ((const struct sdt_site *)s->data)->note->args->spec;
}

static void
enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask, ir_label fault)
{
	const struct site *site = self;

	const struct py_site *python = ((const struct sdt_site *)site->data)->python;
	const uint32_t own = python == NULL ? mask : mask & ((1u << spec_of(site)->narg) - 1);

	argspec_enter(f, spec_of(site), ctx, st, own, fault);
	if (own != mask)
		python_args(f, python, ctx, st, mask & ~own, fault);
}

static const char *
arg_refused(const struct site *site, unsigned arg, bool is_word)
{
	const struct argspec *s = spec_of(site);

	if (arg >= s->narg)
		return NULL;
	if (s->arg[arg].why == NULL && s->arg[arg].is_float && is_word)
		return "it is a floating-point value, which args[] has";
	return s->arg[arg].why;
}

static void
mechanism(const struct probe *p, struct buf *b)
{
	const struct sdt_site *first = p->site->data;

	if (first->python != NULL)
		python_mechanism(p, first->python, b);
}

static void
describe(const struct probe *p, struct buf *b)
{
	buf_puts(b, "\n\tSites\n");
	for (const struct site *s = p->site; s != NULL; s = s->next) {
		const struct sdt_site *site = s->data;
		const struct sdt_note *n = site->note;
		const struct argspec *spec = n->args->spec;

		buf_printf(b, "\t\t%s: Location: 0x%016" PRIx64 ", Base: 0x%016" PRIx64
		    ", Semaphore: 0x%016" PRIx64 ", Arguments: %s", site->object, n->pc, n->base,
		    n->semaphore, spec->text);
		if (site->up.addr != 0)
			buf_printf(b, ", Address: 0x%" PRIx64, site->up.addr);
		buf_putc(b, '\n');
		for (uint32_t i = 0; i < spec->narg; i++)
			if (spec->arg[i].why != NULL)
				buf_printf(b, "\t\t\targ%u: %s\n", i, spec->arg[i].why);
	}
}

int
stapsdt_list_file(struct prov_env *env, const char *path)
{
	_cleanup_fd_ int fd = proc_open_regular(path);
	struct proc_map map = { .path = path };
	struct mapping m = { .map = &map, .object = path };
	const struct sdt_object *obj;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		int err = fd < 0 ? fd : -errno;

		snprintf(env->err, sizeof(env->err), "failed to open %s: %s", path,
		    err == -EINVAL ? "not a regular file" : strerror(-err));
		return err;
	}
	obj = sdt_object_get(env, fd, path);
	m.mod = pids_module(env, path);
	map.inode = st.st_ino;
	for (uint32_t i = 0; i < obj->nnote; i++) {
		const struct sdt_note *n = &obj->note[i];
		struct probe *p = add_probe(env, n->prov, &m, n);

		if (!is_known(env, p, &map, n->off))
			put_site(env, p, n, path, &(struct uprobe_site){ .path = path },
			    NULL)->refused = "it was listed by file and is in no process";
	}
	return 0;
}

const struct provider provider_stapsdt = {
	.name = "stapsdt",
	.context = &uprobe_context,
	.list = list,
	.enter = enter,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
	.arg_refused = arg_refused,
	.mechanism = mechanism,
	.describe = describe,
};
