/*
 * The probes of CPython beside those of functions, in interpreters that were built without probes:
 * made of functions of the interpreter (compose.def), if their symbols are there; else refused with
 * a sentence.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "os/elf.h"
#include "prov/compose.h"
#include "prov/pids.h"
#include "prov/python.h"
#include "prov/python_site.h"

/* Those that no function tells of. */
static const struct {
	const char *name, *why;
} none_table[] = {
	{ "line", "no function of the interpreter tells of lines" },
	{ "import-find-load-start", "no function of the interpreter tells of imports alone" },
	{ "audit", "the interpreter makes no events while nobody listens" },
	{ "import-find-load-done", "no function of the interpreter tells of imports alone" },
};

struct scan {
	struct prov_env *env;
	const struct pdesc *desc;
	pid_t pid;
	struct pids_found found;
};

struct search {
	const char *name;		/* with '-' */
	bool found;
};

static int
find_note(void *self, const struct elf_sdt *n)
{
	struct search *s = self;
	const char *note = n->name, *name = s->name;

	if (strcmp(n->prov, "python") != 0)
		return 0;
	for (; *note != '\0' && *name != '\0'; name++)
		if (*note == *name)
			note++;
		else if (*name == '-' && note[0] == '_' && note[1] == '_')
			note += 2;
		else
			return 0;
	s->found = *note == *name;
	return s->found;
}

static void
ignore(void *self, const char *why)
{
	(void)self;
	(void)why;
}

static bool
has_note(struct elf *elf, const char *name)
{
	struct search s = { .name = name };

	elf_each_sdt(elf, find_note, ignore, &s);
	return s.found;
}

/* Is the function there as it was written, and only so? Compilers make variants of functions that
 * have other arguments. */
static const char *
refused(struct elf *elf, const char *func)
{
	static const char *const variant[] = { ".constprop.0", ".isra.0", ".part.0" };
	char name[64];
	uint64_t addr;

	if (elf_symbol_find(elf, func, &addr) != 0)
		return "it has no symbol of the function that it is in";
	for (size_t i = 0; i < sizeof(variant) / sizeof(variant[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", func, variant[i]);
		if (elf_symbol_find(elf, name, &addr) == 0)
			return "the compiler has made variants of the function that it is in";
	}
	return NULL;
}

/* One row for the interpreter of a process; gives: NULL, or why it is not there. */
static const char *
add_row(struct scan *s, uint32_t row, struct elf *elf, const char *mod)
{
	const char *func = compose_table[row].below + strlen("pid::"), *name = strchr(func, ':');
	struct arena *a = s->env->arena;
	struct pdesc below = {
		.text = compose_table[row].below,
		.prov = arena_printf(a, "pid%d", (int)s->pid),
		.mod = mod,
		.func = arena_strndup(a, func, (size_t)(name - func)),
		.name = name + 1,
	};
	const char *why = refused(elf, below.func);
	char said[256];

	if (why != NULL)
		return why;
	if (compose_over(s->env, row, &below, mod, intern(s->env->intern, arena_printf(a, "python%d",
	    (int)s->pid)), intern(s->env->intern, below.func), said, sizeof(said)))
		return NULL;
	return said[0] != '\0' ? arena_strdup(a, said) : "the function that it is in can't be probed";
}

static void
refuse(struct scan *s, const struct py_object *o, const char *name, const char *why)
{
	char key[96];

	snprintf(key, sizeof(key), "python other refused %d %s", (int)s->pid, name);
	if (map_get(&s->env->cache, key) != NULL)
		return;
	map_put(&s->env->cache, arena_strdup(s->env->arena, key), s->env);
	s->env->note(s->env->note_self, s->env->ntarget > 0 ? 0 : 1, "process %d: CPython %u.%u.%u "
	    "has no probe %s, and none can be made: %s", (int)s->pid, o->py.release >> 24,
	    o->py.release >> 16 & 0xff, o->py.release >> 8 & 0xff, name, why);
}

/* gives: how many probes it has for the description. */
static uint32_t
add_interpreter(struct scan *s, const struct py_object *o, struct elf *elf, const char *mod)
{
	const uint32_t version_3_9 = 0x0309;
	const struct pdesc *d = s->desc;
	const char *why = NULL, *name = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < compose_nrow; i++) {
		const struct compose_row *r = &compose_table[i];
		const char *more;

		if (strcmp(r->prov, "python") != 0 || !glob_match(d->name, r->name) ||
		    has_note(elf, r->name))
			continue;
		more = o->py.release >> 16 < version_3_9 ? "its functions have other arguments" :
		    add_row(s, i, elf, mod);
		n += more == NULL;
		name = r->name;
		why = why == NULL ? more : why;
	}
	for (size_t i = 0; i < sizeof(none_table) / sizeof(none_table[0]); i++)
		if (strcmp(d->name, none_table[i].name) == 0 && !has_note(elf, d->name)) {
			name = d->name;
			why = none_table[i].why;
		}
	if (n == 0 && why != NULL && !glob_is_pattern(d->name) && *d->name != '\0' &&
	    !python_has_agent(s->env, s->pid))
		refuse(s, o, name, why);
	return n;
}

/* An object says the same each time; and reading its symbols takes long. */
static int
on_map(void *self, const struct proc_map *map)
{
	struct scan *s = self;
	_cleanup_fd_ int fd = map->is_exec ? proc_open_map(s->pid, map) : -1;
	const struct py_object *o = fd >= 0 ? python_object_get(s->env, fd) : NULL;
	const char *mod = pids_module(s->env, map->path);
	uint32_t *n;
	struct elf *elf;
	char err[256], key[192];

	if (o == NULL || !o->is_python || !glob_match(s->desc->mod, mod))
		return 0;
	s->found.has_provider = true;
	snprintf(key, sizeof(key), "python other %d %x:%x %ju %.64s", (int)s->pid, map->dev_major,
	    map->dev_minor, (uintmax_t)map->inode, s->desc->name);
	n = map_get(&s->env->cache, key);
	if (n == NULL) {
		n = arena_new(s->env->arena, uint32_t);
		map_put(&s->env->cache, arena_strdup(s->env->arena, key), n);
		elf = elf_open(fd, err, sizeof(err));
		if (elf != NULL)
			*n = add_interpreter(s, o, elf, mod);
		elf_free(elf);
	}
	s->found.n += *n;
	return 1;
}

static struct pids_found
scan_process(struct prov_env *env, const struct pdesc *d, pid_t pid)
{
	struct scan s = { .env = env, .desc = d, .pid = pid };
	char prov[32];

	snprintf(prov, sizeof(prov), "python%d", (int)pid);
	if (glob_match(d->prov, prov))
		pids_each_map(env, pid, on_map, &s);
	return s.found;
}

int
python_other_list(struct prov_env *env, const struct pdesc *d)
{
	bool is_one = false;

	for (uint32_t i = 0; i < compose_nrow; i++)
		is_one |= strcmp(compose_table[i].prov, "python") == 0 &&
		    glob_match(d->name, compose_table[i].name);
	for (size_t i = 0; i < sizeof(none_table) / sizeof(none_table[0]); i++)
		is_one |= strcmp(d->name, none_table[i].name) == 0;
	return is_one ? pids_each(env, d, scan_process) : 0;
}
