/*
 * The python provider: function-entry and function-return of CPython that has no such probes of
 * its own, under the names and with the arguments of those that it has elsewhere, by breakpoints
 * on the code that begins and ends the execution of functions (interp/handler.h). Nothing in the
 * process is changed but that.
 *
 *   arg0 file, arg1 name (addresses of UTF-8 text), arg2 line: of the definition at a call, else
 *   where the function goes on or ends; and
 *   arg3 qualified name, arg4 frame, arg5 thread state, arg6 why: 0 call or return,
 *   1 resumed or yielded, 2 thrown into or left by an exception
 *
 * What is executed at each hit: python_ir.c.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "os/btf.h"
#include "os/elf.h"
#include "prov/pids.h"
#include "prov/python.h"
#include "prov/python_site.h"
#include "prov/sdt_object.h"
#include "type/type.h"

extern const struct provider provider_python;

/* One process looked through for one description. */
struct scan {
	struct prov_env *env;
	const struct pdesc *desc;
	pid_t pid;
	const char *prov;
	struct pids_found found;
};

static const char *const probe_name[] = { "function-entry", "function-return" };
static const char probe_func[] = "_PyEval_EvalFrameDefault";

const struct py_object *
python_object_get(struct prov_env *env, int fd)
{
	bool is_new;
	struct py_object *o = prov_of_file(env, "python object", fd, sizeof(*o), &is_new);
	struct elf *elf;
	char err[256];

	if (!is_new)
		return o;
	elf = elf_open(fd, err, sizeof(err));
	if (elf != NULL)
		o->is_python = cpython_read(elf, &o->py, &o->handlers);
	elf_free(elf);
	return o;
}

/* Are its own probes left out in favour of ours? */
static bool
is_replaced(const struct py_object *o)
{
	return o->is_python && o->py.has_probes && !o->py.is_true && o->py.why[0] == '\0';
}

bool
python_replaces(struct prov_env *env, int fd, const char *prov, const char *name)
{
	if (strcmp(prov, "python") != 0 ||
	    (strcmp(name, probe_name[0]) != 0 && strcmp(name, probe_name[1]) != 0))
		return false;
	const struct py_object *o = python_object_get(env, fd);
	return o != NULL && is_replaced(o);
}

static uint32_t
fsbase_offset(struct prov_env *env)
{
	static const char key[] = "python fsbase";
	struct btf_member_query task = { .name = "thread" }, thread = { .name = "fsbase" };
	uint32_t *off = map_get(&env->cache, key);

	if (off == NULL) {
		off = arena_new(env->arena, uint32_t);
		map_put(&env->cache, key, off);
		btf_member_offsets("task_struct", &task, 1);
		btf_member_offsets("thread_struct", &thread, 1);
		*off = task.off != 0 && thread.off != 0 ? task.off + thread.off : 0;
	}
	return *off;
}

/* Where threads of this process find their thread state. */
static void
resolve_tls(struct scan *s, struct py_site *site, uint64_t bias)
{
	const struct cpython *py = &site->object->py;
	uint64_t got[2];

	site->tls = (uint64_t)py->tls_at;
	if (py->tls == CPYTHON_TLS_RUNTIME)
		site->tls += bias;
	if (py->tls == CPYTHON_TLS_FS || py->tls == CPYTHON_TLS_GOT)
		site->fsbase_off = fsbase_offset(s->env);
	if (py->tls == CPYTHON_TLS_GOT &&
	    proc_read(s->pid, site->tls + bias, got, sizeof(got)) == 0) {
		site->tls_module = got[0];
		site->tls = got[1];
	}
}

/* Sites that get an argument by the same code have the same text for it. */
static void
make_shape(struct prov_env *env, struct py_site *s)
{
	const struct cpython_layout *l = s->object->py.layout;
	const struct handler_place *p = s->place;
	char frame[64], tstate[128], why[160], line[160], when[192];

	snprintf(frame, sizeof(frame), "python %x%s %d", l->version, l->is_free_threaded ? "t" : "",
	    p->frame);
	snprintf(tstate, sizeof(tstate), "%s tstate %d %d %d %d %" PRIx64 " %" PRIx64, frame, p->tstate,
	    p->is_tstate_spilled, p->tstate_disp, s->object->py.tls, s->tls, s->tls_module);
	snprintf(why, sizeof(why), "%s why %d %d %d", frame, p->why, p->is_resume, p->instr);
	snprintf(line, sizeof(line), "%s line %d %d %d", frame, p->is_return, p->is_resume, p->instr);
	snprintf(when, sizeof(when), "%s when %d %d %d %d", tstate, p->only_if_raised, p->is_return,
	    p->is_resume, p->tstate_copy);
	if (p->frame < 0)
		snprintf(frame, sizeof(frame), "python %x of %" PRIx64, l->version, s->tls);
	if (l->is_object || p->frame < 0) {
		snprintf(why, sizeof(why), "%s why %d", tstate, p->is_return);
		snprintf(line, sizeof(line), "%s", why);
	}
	s->shape.place = arena_alloc(env->arena, PY_NARG * sizeof(*s->shape.place));
	s->shape.nplace = PY_NARG;
	for (int i = 0; i < PY_NARG; i++)
		s->shape.place[i] = intern(env->intern, i == PY_TSTATE ? tstate :
		    i == PY_WHY ? why : i == PY_LINE ? line : frame);
	/* the thread state is of a process; whether the frame is a function's is not */
	if (python_may_skip(s))
		s->shape.when = intern(env->intern, p->only_if_raised || p->is_resume ? when : frame);
}

void
python_types(struct prov_env *env, struct probe *p)
{
	static const struct {
		const char *type, *name;
	} arg[PY_NARG] = {
		[PY_FILE] = { "uint64_t", "file" },
		[PY_NAME] = { "uint64_t", "function" },
		[PY_LINE] = { "int32_t", "line" },
		[PY_QUALNAME] = { "uint64_t", "qualname" },
		[PY_FRAME] = { "uint64_t", "frame" },
		[PY_TSTATE] = { "uint64_t", "thread" },
		[PY_WHY] = { "int32_t", "why" },
	};

	if (p->narg == PY_NARG)
		return;
	p->narg = PY_NARG;
	p->arg = arena_alloc(env->arena, PY_NARG * sizeof(*p->arg));
	p->arg_name = arena_alloc(env->arena, PY_NARG * sizeof(*p->arg_name));
	for (int i = 0; i < PY_NARG; i++) {
		p->arg[i] = type_find(env->types, arg[i].type);
		p->arg_name[i] = arg[i].name;
	}
}

const struct py_site *
python_beside(struct prov_env *env, pid_t pid, const struct proc_map *map, const struct sdt_note *n)
{
	static const struct handler_place place[2] = {
		{ .frame = -1, .instr = -1, .tstate = -1 },
		{ .frame = -1, .instr = -1, .tstate = -1, .is_return = true },
	};
	const bool is_return = strcmp(n->name, probe_name[1]) == 0;
	_cleanup_fd_ int fd = -1;
	const uint64_t bias = map->start - map->off + n->off - n->pc;
	const struct py_object *o;
	struct py_site *site;

	if (strcmp(n->prov, "python") != 0 || n->args->spec->narg != PY_QUALNAME ||
	    (!is_return && strcmp(n->name, probe_name[0]) != 0))
		return NULL;
	fd = proc_open_map(pid, map);
	o = fd >= 0 ? python_object_get(env, fd) : NULL;
	if (o == NULL || !o->is_python || !o->py.is_true || o->py.why[0] != '\0' ||
	    o->py.tls != CPYTHON_TLS_RUNTIME || cpython_check(&o->py, pid, bias) != NULL)
		return NULL;
	site = arena_new(env->arena, struct py_site);
	*site = (struct py_site){ .object = o, .place = &place[is_return] };
	site->tls = (uint64_t)o->py.tls_at + bias;
	make_shape(env, site);
	for (uint32_t i = 0; i < PY_QUALNAME; i++)
		site->shape.place[i] = n->args->shape.place[i];
	return site;
}

/* Was this said or done before? */
static bool
is_known(struct prov_env *env, const char *key)
{
	if (map_get(&env->cache, key) != NULL)
		return true;
	map_put(&env->cache, arena_strdup(env->arena, key), env);
	return false;
}

/* Is this the first time that threads of the process find their state so? After an exec of the same
 * file it is elsewhere. */
static bool
is_new_tls(struct scan *s, const struct proc_map *map, const struct py_object *o, struct elf *elf,
    const struct probe *p)
{
	struct py_site site = { .object = o };
	uint64_t addr = o->handlers.place[0].addr, off;
	char key[192];

	if (!elf_file_offset(elf, addr, true, &off))
		return false;
	resolve_tls(s, &site, map->start - map->off + off - addr);
	snprintf(key, sizeof(key), "python tls %u %x:%x %" PRIx64 " %" PRIx64 " %" PRIx64, p->id,
	    map->dev_major, map->dev_minor, map->inode, site.tls, site.tls_module);
	return !is_known(s->env, key);
}

static void
add_sites(struct scan *s, const struct proc_map *map, const struct py_object *o, struct elf *elf,
    struct probe *p, bool is_return)
{
	const bool has_new_tls = is_new_tls(s, map, o, elf, p);
	char path[PATH_MAX + 64], key[128];
	bool is_new;

	snprintf(key, sizeof(key), "python sites %u %x:%x %" PRIx64, p->id, map->dev_major,
	    map->dev_minor, map->inode);
	is_new = !is_known(s->env, key);
	if ((!is_new && !has_new_tls) || proc_map_path(s->pid, map, path, sizeof(path)) != 0)
		return;
	python_types(s->env, p);
	for (uint32_t i = 0; i < o->handlers.n; i++) {
		const struct handler_place *place = &o->handlers.place[i];
		struct py_site *site;
		uint64_t off;

		/* of a known file's, those are added again that without the state never fire */
		if (place->is_return != is_return || (!is_new && !place->only_if_raised) ||
		    !elf_file_offset(elf, place->addr, true, &off))
			continue;
		site = arena_new(s->env->arena, struct py_site);
		*site = (struct py_site){
			.up = {
				.path = arena_strdup(s->env->arena, path),
				.off = off,
				.pid = s->pid,
				.addr = map->start - map->off + off,
			},
			.object = o,
			.place = place,
			.path = arena_strdup(s->env->arena, map->path),
		};
		resolve_tls(s, site, site->up.addr - place->addr);
		make_shape(s->env, site);
		site_add(s->env->probes, p, &site->shape, site);
	}
}

/* The interpreter can't be traced so: say it once for each process. */
static void
refuse(struct scan *s, const struct py_object *o, const char *why)
{
	char key[64];

	snprintf(key, sizeof(key), "python refused %d", s->pid);
	if (is_known(s->env, key))
		return;
	if (o->py.release != 0)
		s->env->note(s->env->note_self, s->env->ntarget > 0 ? 0 : 1, "process %d: CPython "
		    "%u.%u.%u has no probe function-entry, and none can be made: %s", (int)s->pid,
		    o->py.release >> 24, o->py.release >> 16 & 0xff, o->py.release >> 8 & 0xff,
		    why);
	else
		s->env->note(s->env->note_self, s->env->ntarget > 0 ? 0 : 1, "process %d: its "
		    "CPython has no probe function-entry, and none can be made: %s", (int)s->pid,
		    why);
}

/* An interpreter without probes in the process. */
static void
add_interpreter(struct scan *s, const struct proc_map *map, const struct py_object *o,
    struct elf *elf)
{
	const struct pdesc *d = s->desc;
	bool is_main = proc_is_main(s->pid, map);
	const char *mod = pids_module(s->env, map->path), *why = o->py.why;
	uint64_t off;

	if (!glob_match(d->mod, mod) && !(is_main && strcmp(d->mod, "a.out") == 0))
		return;
	if (*why == '\0' && elf_file_offset(elf, o->handlers.place[0].addr, true, &off)) {
		uint64_t bias = map->start - map->off + off - o->handlers.place[0].addr;

		if (off < map->off || off - map->off >= map->end - map->start)
			return;		/* another segment of code */
		why = cpython_check(&o->py, s->pid, bias);
	}
	if (why != NULL && *why != '\0') {
		refuse(s, o, why);
		return;
	}
	for (int i = 0; i < 2; i++) {
		struct probe *p;

		if (!glob_match(d->name, probe_name[i]))
			continue;
		s->found.n++;
		p = probe_add(s->env->probes, &provider_python, s->prov, mod,
		    intern(s->env->intern, probe_func), intern(s->env->intern, probe_name[i]));
		p->pid = s->pid;
		if (is_main)
			p->mod_alias = "a.out";
		add_sites(s, map, o, elf, p, i == 1);
	}
}

static int
on_map(void *self, const struct proc_map *map)
{
	struct scan *s = self;
	_cleanup_fd_ int fd = map->is_exec ? proc_open_map(s->pid, map) : -1;
	const struct py_object *o = fd >= 0 ? python_object_get(s->env, fd) : NULL;
	struct elf *elf;
	char err[256];

	if (o == NULL || !o->is_python)
		return 0;
	s->found.has_provider = true;
	s->env->is_settled &= o->py.has_probes && !is_replaced(o);
	if ((o->py.has_probes && !is_replaced(o)) || (elf = elf_open(fd, err, sizeof(err))) == NULL)
		return 0;
	add_interpreter(s, map, o, elf);
	elf_free(elf);
	return 0;
}

static const char *
agent_key(pid_t pid, char *key, size_t bytes)
{
	snprintf(key, bytes, "python agent %d", (int)pid);
	return key;
}

void
python_add_agent(struct prov_env *env, pid_t pid)
{
	char key[64];

	map_put(&env->cache, arena_strdup(env->arena, agent_key(pid, key, sizeof(key))), env);
}

bool
python_has_agent(struct prov_env *env, pid_t pid)
{
	char key[64];

	return map_get(&env->cache, agent_key(pid, key, sizeof(key))) != NULL;
}

static struct pids_found
scan_process(struct prov_env *env, const struct pdesc *d, pid_t pid)
{
	char prov[32];
	struct scan s = { .env = env, .desc = d, .pid = pid };

	snprintf(prov, sizeof(prov), "python%d", pid);
	if (!glob_match(d->prov, prov) || python_has_agent(env, pid))
		return s.found;
	s.prov = intern(env->intern, prov);
	pids_each_map(env, pid, on_map, &s);
	return s.found;
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	int err = 0;

	if (d->id != 0)
		return 0;
	if (glob_match(d->func, probe_func) &&
	    (glob_match(d->name, probe_name[0]) || glob_match(d->name, probe_name[1])))
		err = pids_each(env, d, scan_process);
	return err == 0 ? python_other_list(env, d) : err;
}

static const char *
arg_refused(const struct site *site, unsigned arg, bool is_word)
{
	(void)is_word;
	if (arg == PY_TSTATE && !python_has_tstate(site->data))
		return "how its threads find their state can't be told here";
	return NULL;
}

void
python_mechanism(const struct probe *p, const struct py_site *first, struct buf *b)
{
	const struct cpython *py = &first->object->py;
	const struct handlers *h = &first->object->handlers;
	const bool is_own = first->place->frame < 0, is_entry = strcmp(p->name, probe_name[0]) == 0;

	buf_printf(b, "\t\tCPython %u.%u.%u%s ", py->release >> 24,
	    py->release >> 16 & 0xff, py->release >> 8 & 0xff,
	    py->layout->is_free_threaded ? "t" : "");
	if (is_own) {
		buf_puts(b, "has this probe; its frame has the arguments from arg3 on\n");
	} else {
		buf_puts(b, py->has_probes ? "has probes, but they fire when generators are made, too"
		    : "has no such probes");
		buf_printf(b, ": breakpoints on the code of %s\n",
		    py->layout->is_object ? "its evaluation loop" : "opcodes");
	}
	buf_puts(b, "\t\tCost: a trap for each event; nothing when not traced\n");
	if (is_own && is_entry && !py->layout->is_object)
		buf_puts(b, "\t\tCost: calls that nobody traces take 4 to 6 times as long, for they "
		    "fire only while\n\t\tthe interpreter believes that lines are traced\n");
	if (!is_own && is_entry && !h->has_throw)
		buf_puts(b, "\t\tNot seen: generators entered by throw() and close()\n");
	if (!is_own && !is_entry && !h->has_unwind)
		buf_puts(b, "\t\tNot seen: functions left by an exception\n");
	if (!is_own && !py->layout->is_object)
		buf_puts(b, "\t\tNot seen: what a just-in-time compiler has compiled\n");
}

static void
mechanism(const struct probe *p, struct buf *b)
{
	python_mechanism(p, p->site->data, b);
}

static void
describe(const struct probe *p, struct buf *b)
{
	buf_puts(b, "\n\tSites\n");
	for (const struct site *s = p->site; s != NULL; s = s->next) {
		const struct py_site *site = s->data;

		buf_printf(b, "\t\t%s: Location: 0x%016" PRIx64 ", Address: 0x%" PRIx64 "%s\n",
		    site->path, site->place->addr, site->up.addr,
		    site->place->only_if_raised ? ", for exceptions" :
		    site->place->is_stepped ? ", single-stepped" : "");
	}
}

const struct provider provider_python = {
	.name = "python",
	.context = &uprobe_context,
	.frame_arg = PY_FRAME,
	.list = list,
	.enter = python_enter,
	.skip = python_skip,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
	.arg_refused = arg_refused,
	.mechanism = mechanism,
	.describe = describe,
};
