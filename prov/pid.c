/*
 * The pid provider: entry, return and every instruction of the functions of a process, by
 * breakpoints on them:
 *
 *   pid123:libc.so.6:malloc:entry    its arguments: arg0 …
 *   pid123:libc.so.6:malloc:return   where it ends: arg0 the offset of the place, arg1 the value
 *   pid123:libc.so.6:malloc:1f       the instruction at that offset (hexadecimal)
 *   pid123:a.out:-:401136            the instruction at that address of the program
 *
 * A return is a `ret`, or a jump to another function, which returns in its place. The kernel's own
 * way (uretprobes) replaces return addresses on the program's stack, where unwinders, runtimes
 * that look at their own stacks, and hardware that guards them find it.
 *
 * Functions are decoded (interp/func.c): where that can't be done for certain, only the entry can
 * be probed.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "interp/x86.h"
#include "prov/pid_object.h"
#include "prov/pid_site.h"
#include "prov/pids.h"

enum { PROBES_MAX = 250000 };		/* of a session; each is some 400 bytes of ours */

extern const struct provider provider_pid;

static const char not_inside[] = "it is shorter";

/* Which names are asked for. */
struct wanted {
	bool is_all;			/* by a pattern */
	bool has_entry, has_return, has_offset;
	uint64_t off;			/* has_offset, not is_all */
};

/* One process looked through for one description. */
struct scan {
	struct prov_env *env;
	const struct pdesc *desc;
	struct wanted want;
	pid_t pid;
	const char *prov;
	bool is_one;			/* the function is named, not by a pattern */
	bool has_module;		/* … was found */
	bool has_func, has_place;
	bool is_full;
	const char *mod;		/* the last that was found */
	const char *why;		/* a function has no such places: the last reason … */
	const char *why_func;
	uint32_t nwhy;			/* … and how many have none */
};

/* One mapping of code. */
struct mapping {
	struct scan *scan;
	const struct proc_map *map;
	const struct pid_object *object;
	struct elf *elf;
	const char *mod, *path, *file;	/* file: by which the kernel finds it */
	bool is_main;
};

/* A function of it. */
struct subject {
	struct mapping *m;
	struct pid_code *code;
	const char *name;
	uint64_t addr;			/* offsets count from here */
	const struct func *part;	/* for on_end() */
};

static int __attribute__((format(printf, 3, 4)))
error(struct prov_env *env, enum prov_error kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(env->err, sizeof(env->err), fmt, ap);
	va_end(ap);
	env->err_kind = kind;
	return -EINVAL;
}

static bool
is_known(const struct probe *p, const struct pid_object *o, uint64_t off)
{
	for (const struct site *s = p->site; s != NULL; s = s->next) {
		const struct pid_site *site = s->data;

		if (site->object == o && site->up.off == off)
			return true;
	}
	return false;
}

static bool
name_file(struct mapping *m)
{
	char path[PATH_MAX + 64];
	struct prov_env *env = m->scan->env;

	if (m->file != NULL)
		return true;
	if (proc_map_path(m->scan->pid, m->map, path, sizeof(path)) != 0)
		return false;
	m->file = arena_strdup(env->arena, path);
	m->path = arena_strdup(env->arena, m->map->path);
	return true;
}

/* A function has no place that was asked for. */
static void
refuse(struct scan *s, const char *func, const char *why)
{
	s->why = why;
	s->why_func = func;
	s->nwhy++;
}

/* The place at an address, for a probe; its shape tells what it is. */
static void
add_place(const struct subject *s, const char *name, uint64_t addr, const struct shape *shape)
{
	struct mapping *m = s->m;
	struct scan *scan = m->scan;
	const struct proc_map *map = m->map;
	struct x86_insn in;
	struct pid_site *site;
	struct probe *p;
	uint8_t code[X86_MAX_BYTES];
	size_t n;
	uint64_t off;

	if (!elf_file_offset(m->elf, addr, true, &off) || off < map->off ||
	    off - map->off >= map->end - map->start || scan->is_full || !name_file(m))
		return;
	if (scan->env->probes->n >= PROBES_MAX) {
		scan->is_full = true;
		return;
	}
	for (n = sizeof(code); n > 0 && !elf_read(m->elf, addr, code, n);)
		n--;
	if (!x86_decode(code, n, addr, &in) || in.is_unprobed) {
		refuse(scan, s->name, "the kernel takes no probe on that instruction");
		return;
	}
	scan->has_place = true;
	p = probe_add(scan->env->probes, &provider_pid, scan->prov, m->mod, s->name, name);
	p->pid = scan->pid;
	p->object = m->path;
	if (m->is_main)
		p->mod_alias = "a.out";
	if (is_known(p, m->object, off))
		return;
	site = arena_new(scan->env->arena, struct pid_site);
	*site = (struct pid_site){
		.up = {
			.path = m->file,
			.off = off,
			.pid = scan->pid,
			.addr = map->start - map->off + off,
			.is_nop5 = in.kind == X86_NOP && in.bytes == 5,
			.data = (int32_t)(addr - s->addr),
		},
		.object = m->object,
		.path = m->path,
	};
	site_add(scan->env->probes, p, shape, site);
}

static void
on_end(void *self, const struct func_end *end)
{
	const struct subject *s = self;

	add_place(s, "return", s->part->addr + end->off, pid_shape_return(end->condition));
}

static void
add_returns(struct subject *s)
{
	const struct func_ask ask = pid_code_ask(s->code);

	s->part = &s->code->f;
	func_each_end(s->part, &ask, on_end, s);
	s->part = &s->code->cold;
	func_each_end(s->part, &ask, on_end, s);
}

static void
add_offsets(const struct subject *s, const char *pattern)
{
	const struct func *f = &s->code->f;
	char name[20];

	for (size_t off = 0; off < f->n; off++) {
		if ((f->flag[off] & FUNC_INSN) == 0)
			continue;
		snprintf(name, sizeof(name), "%zx", off);
		if (glob_match(pattern, name))
			add_place(s, name, f->addr + off, &pid_shape_entry);
	}
}

static void
add_offset(const struct subject *s, uint64_t off)
{
	const struct func *f = &s->code->f;
	struct scan *scan = s->m->scan;

	if (off >= f->n || (f->flag[off] & FUNC_INSN) == 0)
		refuse(scan, s->name, off >= f->n ? not_inside : "no instruction begins there");
	else
		add_place(s, scan->desc->name, f->addr + off, &pid_shape_entry);
}

static void
add_places(struct mapping *m, const struct pid_func *f, struct pid_code *code)
{
	struct scan *scan = m->scan;
	const struct wanted *w = &scan->want;
	struct subject s = { .m = m, .code = code, .name = f->name, .addr = f->addr };

	if (w->has_entry)
		add_place(&s, "entry", f->addr + (code->why == NULL ? func_entry(&code->f) : 0),
		    &pid_shape_entry);
	if ((w->has_return || w->has_offset) && code->why != NULL) {
		refuse(scan, f->name, code->why);
		return;
	}
	if (w->has_return)
		add_returns(&s);
	if (w->has_offset && w->is_all)
		add_offsets(&s, scan->desc->name);
	else if (w->has_offset)
		add_offset(&s, w->off);
}

static void
add_function(void *self, const struct pid_func *f)
{
	struct mapping *m = self;
	struct pid_code code;

	m->scan->has_func = true;
	pid_code_read(&code, m->object, m->elf, f);
	if (f->is_ifunc)
		pid_code_implementations(&code, f->name, add_function, m);
	else
		add_places(m, f, &code);
	pid_code_fini(&code);
}

/* Versions, and clones that compilers make, have names that are no identifiers: found only by
 * those who ask for such a name. */
static bool
is_name(const struct scan *s, const char *name)
{
	return (strpbrk(name, "@.") == NULL || strpbrk(s->desc->func, "@.") != NULL) &&
	    glob_match(s->desc->func, name);
}

/* Of several names of one address the best that matches. */
static void
add_functions(struct mapping *m)
{
	const struct pid_object *o = m->object;

	for (uint32_t i = 0, next; i < o->n; i = next) {
		for (next = i + 1; next < o->n && o->func[next].addr == o->func[i].addr;)
			next++;
		for (uint32_t k = next; k-- > i;)
			if (is_name(m->scan, o->func[k].name)) {
				add_function(m, &o->func[k]);
				break;
			}
	}
}

/* "-": an address, as it is in the process or as the program was linked for. */
static void
add_address(struct mapping *m)
{
	struct scan *scan = m->scan;
	uint64_t addr = scan->want.off, off, begin, end;
	const struct pid_func *f;
	struct pid_func found = { .name = "-" };

	if (!m->is_main)
		return;
	scan->has_func = true;
	if (addr >= m->map->start && addr < m->map->end &&
	    elf_file_offset(m->elf, elf_entry(m->elf), true, &off))
		addr -= m->map->start - m->map->off + off - elf_entry(m->elf);
	if (!elf_file_offset(m->elf, addr, true, &off)) {
		refuse(scan, "-", "no code is at that address");
		return;
	}
	f = pid_object_at(m->object, addr);
	if (f != NULL && addr - f->addr < f->bytes) {
		found.addr = f->addr;
		found.bytes = f->bytes;
	} else if (elf_frame_bounds(m->elf, addr, &begin, &end)) {
		found.addr = begin;
		found.bytes = end - begin;
	} else {
		refuse(scan, "-", "it is in no known function");
		return;
	}
	scan->want.off = addr - found.addr;
	add_function(m, &found);
}

static int
on_map(void *self, const struct proc_map *map)
{
	struct scan *s = self;
	struct mapping m = { .scan = s, .map = map };
	_cleanup_fd_ int fd = -1;
	char err[256];

	if (!map->is_exec)
		return 0;
	m.mod = pids_module(s->env, map->path);
	m.is_main = proc_is_main(s->pid, map);
	if (!probe_module_matches(s->desc->mod, m.mod, map->path, m.is_main))
		return 0;
	fd = proc_open_map(s->pid, map);
	m.object = fd >= 0 ? pid_object_get(s->env, fd) : NULL;
	m.elf = m.object != NULL ? elf_open(fd, err, sizeof(err)) : NULL;
	if (m.elf == NULL)
		return 0;
	s->has_module = true;
	s->mod = m.mod;
	if (m.object->why != NULL)
		refuse(s, s->desc->func, m.object->why);
	else if (strcmp(s->desc->func, "-") == 0)
		add_address(&m);
	else
		add_functions(&m);
	elf_free(m.elf);
	return 0;
}

/* What a named function did not have. */
static int
tell_one(struct scan *s)
{
	struct prov_env *env = s->env;
	const struct pdesc *d = s->desc;

	if (s->has_place || options_on(env->options, OPT_ZDEFS))
		return 0;
	if (!s->has_func && s->why == NULL && s->has_module && !glob_is_pattern(d->mod) &&
	    *d->mod != '\0')
		return error(env, PROV_ERR_FUNC, "failed to lookup '%s' in module '%s'", d->func,
		    s->mod);
	if (s->why == not_inside)
		return error(env, PROV_ERR_OFF, "offset 0x%" PRIx64 " outside of function '%s'",
		    s->want.off, d->func);
	if (s->why != NULL)
		return error(env, s->want.has_offset ? PROV_ERR_OFF : PROV_ERR_FUNC,
		    "function '%s' of module '%s' has no place for probe %s: %s", d->func, s->mod,
		    d->name, s->why);
	return 0;
}

static void
tell_many(struct scan *s)
{
	struct prov_env *env = s->env;
	const char *key = arena_printf(env->arena, "pid told %d %s", s->pid, s->desc->text);

	if (s->nwhy == 0 || map_get(&env->cache, key) != NULL)
		return;
	map_put(&env->cache, key, env);
	env->note(env->note_self, 1, "process %d: %u functions have no probes but entry, as %s(): "
	    "%s", (int)s->pid, s->nwhy, s->why_func, s->why);
}

static int
scan_process(struct prov_env *env, const struct pdesc *d, const struct wanted *w, pid_t pid)
{
	struct scan s = {
		.env = env, .desc = d, .want = *w, .pid = pid,
		.prov = arena_printf(env->arena, "pid%d", pid),
		.is_one = *d->func != '\0' && !glob_is_pattern(d->func),
	};

	if (!glob_match(d->prov, s.prov))
		return 0;
	proc_each_map(pid, on_map, &s);
	if (s.is_full)
		return error(env, PROV_ERR_FUNC, "these are more than %d probes: name functions, "
		    "or only their entry and return", PROBES_MAX);
	if (s.is_one)
		return tell_one(&s);
	tell_many(&s);
	return 0;
}

/* The names that a description asks for. */
static int
parse_name(struct prov_env *env, const struct pdesc *d, struct wanted *w)
{
	const char *name = d->name;
	char *end;

	w->is_all = *name == '\0' || glob_is_pattern(name);
	w->has_entry = glob_match(name, "entry");
	w->has_return = glob_match(name, "return");
	w->has_offset = w->is_all;
	if (w->is_all || w->has_entry || w->has_return)
		return 0;
	errno = 0;
	w->off = strtoull(name, &end, 16);
	w->has_offset = true;
	if (*end != '\0' || errno != 0 || strspn(name, "0123456789abcdefABCDEF") != strlen(name))
		return error(env, PROV_ERR_NAME, "'%s' is an invalid probe name", name);
	return 0;
}

/* A pid in full: "pid123". gives: it, or an error. */
static int
parse_pid(struct prov_env *env, const char *digits)
{
	long pid = strtol(digits, NULL, 10);
	struct proc p;

	if (*digits < '1' || *digits > '9' || pid > INT32_MAX)
		return error(env, PROV_ERR_PID, "'pid%s' does not contain a valid pid", digits);
	if (pid == getpid())
		return error(env, PROV_ERR_DYN, "process pid%ld is dtrace itself", pid);
	if (proc_grab(&p, (pid_t)pid) != 0)
		return error(env, PROV_ERR_GRAB, "failed to grab process %ld", pid);
	proc_release(&p);
	return (int)pid;
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	struct wanted want = {0};
	const char *digits = d->prov + 3;
	int err = 0, pid;

	if (d->id != 0 || strncmp(d->prov, "pid", 3) != 0 ||
	    (!glob_is_pattern(d->prov) && strspn(digits, "0123456789") != strlen(digits)))
		return 0;
	pid = glob_is_pattern(d->prov) ? 0 : parse_pid(env, digits);
	if (pid < 0)
		return pid;
	err = parse_name(env, d, &want);
	if (err == 0 && strcmp(d->func, "-") == 0) {
		if (want.is_all || !want.has_offset)
			err = error(env, PROV_ERR_NAME, "'%s' is an invalid probe name", d->name);
		else if (strcmp(d->mod, "a.out") != 0)
			err = error(env, PROV_ERR_LIB, "'%s' is not a.out, the only module "
			    "that has addresses", d->mod);
	}
	if (pid > 0)
		return err < 0 ? err : scan_process(env, d, &want, pid);
	for (uint32_t i = 0; err == 0 && i < env->ntarget; i++)
		err = scan_process(env, d, &want, env->target[i].pid);
	return err;
}

static void
describe(const struct probe *p, struct buf *b)
{
	buf_puts(b, "\n\tSites\n");
	for (const struct site *s = p->site; s != NULL; s = s->next) {
		const struct pid_site *site = s->data;

		buf_printf(b, "\t\t%s: File offset: 0x%" PRIx64 ", Address: 0x%" PRIx64
		    ", Function + 0x%x\n", site->path, site->up.off, site->up.addr,
		    (unsigned)site->up.data);
	}
}

const struct provider provider_pid = {
	.name = "pid",
	.context = &uprobe_context,
	.list = list,
	.enter = pid_enter,
	.skip = pid_skip,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
	.describe = describe,
};
