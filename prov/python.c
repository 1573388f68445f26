/*
 * The python provider: function-entry and function-return of CPython that has no such probes of
 * its own, under the names and with the arguments of those that it has elsewhere, by breakpoints
 * on the code that begins and ends the execution of functions (interp/handler.h). Nothing in the
 * process is changed but that.
 *
 *   arg0 file, arg1 name (addresses of UTF-8 text), arg2 line of the definition; and
 *   arg3 qualified name, arg4 frame, arg5 thread state, arg6 why: 0 call or return,
 *   1 resumed or yielded, 2 thrown into or left by an exception
 *
 * The text of a string that isn't ASCII is there only if the program has asked for it as UTF-8
 * before; when it hasn't, the argument is 0.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "interp/cpython.h"
#include "interp/handler.h"
#include "os/btf.h"
#include "os/elf.h"
#include "prov/argspec.h"
#include "prov/pids.h"
#include "prov/python.h"
#include "prov/uprobe.h"
#include "rec/state.h"
#include "type/type.h"

extern const struct provider provider_python;

enum { NARG = 7 };
enum { ARG_FILE, ARG_NAME, ARG_LINE, ARG_QUALNAME, ARG_FRAME, ARG_TSTATE, ARG_WHY };

/* By number of the register in machine code: where it is in struct pt_regs. */
static const int16_t reg_off[] = {
	80, 88, 96, 40, 152, 32, 104, 112, 72, 64, 56, 48, 24, 16, 8, 0
};

/* An interpreter's file; read once, whoever maps it. */
struct object {
	bool is_python;
	struct cpython py;
	struct handlers handlers;
};

struct py_site {
	struct uprobe_site up;		/* first: for uprobe_attach() */
	struct shape shape;
	const struct object *object;
	const struct handler_place *place;
	const char *path;		/* as the process has it */
	uint32_t fsbase_off;		/* in the kernel's struct task_struct; 0: not known */
	/* cpython_tls: an address, an offset, or a module and an offset in it */
	uint64_t tls, tls_module;
};

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

static const struct object *
object_get(struct prov_env *env, int fd)
{
	struct object *o;
	struct elf *elf;
	struct stat st;
	char key[160], err[256];

	if (fstat(fd, &st) != 0)
		return NULL;
	snprintf(key, sizeof(key), "python object %jx %ju %jd %jd.%09ld", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino, (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec);
	o = map_get(&env->cache, key);
	if (o != NULL)
		return o;
	o = arena_new(env->arena, struct object);
	map_put(&env->cache, arena_strdup(env->arena, key), o);
	elf = elf_open(fd, err, sizeof(err));
	if (elf != NULL)
		o->is_python = cpython_read(elf, &o->py, &o->handlers);
	elf_free(elf);
	return o;
}

/* Are its own probes left out in favour of ours? */
static bool
is_replaced(const struct object *o)
{
	return o->is_python && o->py.has_probes && !o->py.is_true && o->py.why[0] == '\0';
}

bool
python_replaces(struct prov_env *env, int fd, const char *prov, const char *name)
{
	if (strcmp(prov, "python") != 0 ||
	    (strcmp(name, probe_name[0]) != 0 && strcmp(name, probe_name[1]) != 0))
		return false;
	const struct object *o = object_get(env, fd);
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

static bool
has_tstate(const struct py_site *s)
{
	switch (s->object->py.tls) {
	case CPYTHON_TLS_RUNTIME:
		return true;
	case CPYTHON_TLS_FS:
		return s->fsbase_off != 0;
	case CPYTHON_TLS_GOT:
		return s->fsbase_off != 0 && s->tls_module != 0;
	default:
		return s->place->tstate >= 0;
	}
}

static bool
may_skip(const struct py_site *s)
{
	return s->place->only_if_raised ||
	    (s->place->is_return && s->object->py.layout->init_check != 0);
}

/* Sites that get an argument by the same code have the same text for it. */
static void
make_shape(struct prov_env *env, struct py_site *s)
{
	const struct cpython_layout *l = s->object->py.layout;
	const struct handler_place *p = s->place;
	char frame[64], tstate[128], why[96], when[192];

	snprintf(frame, sizeof(frame), "python %x%s %d", l->version, l->is_free_threaded ? "t" : "",
	    p->frame);
	snprintf(tstate, sizeof(tstate), "%s tstate %d %d %" PRIx64 " %" PRIx64, frame, p->tstate,
	    s->object->py.tls, s->tls, s->tls_module);
	snprintf(why, sizeof(why), "%s why %d %d %d", frame, p->why, p->is_resume, p->instr);
	snprintf(when, sizeof(when), "%s when %d %d", tstate, p->only_if_raised, p->is_return);
	s->shape.place = arena_alloc(env->arena, NARG * sizeof(*s->shape.place));
	s->shape.nplace = NARG;
	for (int i = 0; i < NARG; i++)
		s->shape.place[i] = intern(env->intern, i == ARG_TSTATE ? tstate :
		    i == ARG_WHY ? why : frame);
	/* the thread state is of a process; whether the frame is a function's is not */
	if (may_skip(s))
		s->shape.when = intern(env->intern, p->only_if_raised ? when : frame);
}

static void
add_types(struct prov_env *env, struct probe *p)
{
	if (p->narg == NARG)
		return;
	p->narg = NARG;
	p->arg = arena_alloc(env->arena, NARG * sizeof(*p->arg));
	for (int i = 0; i < NARG; i++)
		p->arg[i] = type_find(env->types, i == ARG_LINE || i == ARG_WHY ? "int32_t" :
		    "uint64_t");
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

static void
add_sites(struct scan *s, const struct proc_map *map, const struct object *o, struct elf *elf,
    struct probe *p, bool is_return)
{
	char path[PATH_MAX + 64], key[128];

	snprintf(key, sizeof(key), "python sites %u %x:%x %" PRIx64, p->id, map->dev_major,
	    map->dev_minor, map->inode);
	if (is_known(s->env, key) || proc_map_path(s->pid, map, path, sizeof(path)) != 0)
		return;
	add_types(s->env, p);
	for (uint32_t i = 0; i < o->handlers.n; i++) {
		const struct handler_place *place = &o->handlers.place[i];
		struct py_site *site;
		uint64_t off;

		if (place->is_return != is_return ||
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
refuse(struct scan *s, const struct object *o, const char *why)
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
add_interpreter(struct scan *s, const struct proc_map *map, const struct object *o, struct elf *elf)
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
	const struct object *o = fd >= 0 ? object_get(s->env, fd) : NULL;
	struct elf *elf;
	char err[256];

	if (o == NULL || !o->is_python)
		return 0;
	s->found.has_provider = true;
	if ((o->py.has_probes && !is_replaced(o)) || (elf = elf_open(fd, err, sizeof(err))) == NULL)
		return 0;
	add_interpreter(s, map, o, elf);
	elf_free(elf);
	return 0;
}

static struct pids_found
scan_process(struct prov_env *env, const struct pdesc *d, pid_t pid)
{
	char prov[32];
	struct scan s = { .env = env, .desc = d, .pid = pid };

	snprintf(prov, sizeof(prov), "python%d", pid);
	if (!glob_match(d->prov, prov))
		return s.found;
	s.prov = intern(env->intern, prov);
	proc_each_map(pid, on_map, &s);
	return s.found;
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	if (d->id != 0 || !glob_match(d->func, probe_func) ||
	    (!glob_match(d->name, probe_name[0]) && !glob_match(d->name, probe_name[1])))
		return 0;
	return pids_each(env, d, scan_process);
}

/* What enter() works with. */
struct gen {
	struct ir_func *f;
	const struct py_site *site;
	const struct cpython_layout *l;
	ir_val ctx, st;
	ir_label fault;
};

static ir_val
read_at(const struct gen *g, int size, ir_val base, int64_t off)
{
	ir_val addr = off != 0 ? ir_bini(g->f, OP_ADD, base, off) : base;

	return argspec_read(g->f, size, addr, g->st, g->fault);
}

static ir_val
gen_frame(struct ir_func *f, const struct py_site *s, ir_val ctx)
{
	return ir_load(f, 8, ctx, reg_off[s->place->frame]);
}

/* A reference to a code object may have tags in its lowest bits. */
enum { REF_MASK = ~3 };

/* The address of a string's text as UTF-8: behind its header when it is ASCII, else wherever a
 * copy was made. */
static ir_val
gen_text(const struct gen *g, ir_val code, uint16_t member)
{
	const int64_t is_ascii = 1 << g->l->str_compact_bit | 1 << g->l->str_ascii_bit;
	struct ir_func *f = g->f;
	ir_label done = ir_label_new(f);
	ir_val str = read_at(g, 8, code, member);
	ir_val state = read_at(g, 4, str, g->l->str_state);
	ir_val text = ir_bini(f, OP_ADD, str, g->l->str_ascii);

	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, state, is_ascii), is_ascii, done);
	ir_set(f, text, read_at(g, 8, str, g->l->str_utf8));
	ir_place(f, done);
	return text;
}

/* The thread's own block: what %fs is in the process. */
static ir_val
gen_fsbase(const struct gen *g)
{
	struct ir_func *f = g->f;
	ir_val task = ir_call(f, BPF_FUNC_get_current_task, 0);

	ir_call(f, BPF_FUNC_probe_read_kernel, 3, ir_bini(f, OP_ADD, g->st, STATE_scratch),
	    ir_const(f, 8), ir_bini(f, OP_ADD, task, g->site->fsbase_off));
	return ir_load(f, 8, g->st, STATE_scratch);
}

static ir_val
gen_tstate(const struct gen *g)
{
	enum { FS_DTV = 8, DTV_ENTRY = 16 };
	const struct py_site *s = g->site;
	ir_val v;

	if (s->place->tstate >= 0)
		return ir_load(g->f, 8, g->ctx, reg_off[s->place->tstate]);
	switch (s->object->py.tls) {
	case CPYTHON_TLS_RUNTIME:
		return read_at(g, 8, ir_const(g->f, (int64_t)s->tls), 0);
	case CPYTHON_TLS_FS:
		return read_at(g, 8, gen_fsbase(g), (int32_t)s->tls);
	default:
		v = read_at(g, 8, gen_fsbase(g), FS_DTV);
		v = read_at(g, 8, v, (int32_t)(DTV_ENTRY * s->tls_module));
		return read_at(g, 8, v, (int32_t)s->tls);
	}
}

/* A RESUME says in its argument whether it is the first of its call. */
static ir_val
gen_why(const struct gen *g, ir_val frame)
{
	enum { RESUME_ARG = 1, RESUME_WHERE = 3 };
	const struct handler_place *p = g->site->place;
	struct ir_func *f = g->f;
	ir_label done;
	ir_val instr, why;

	if (!p->is_resume)
		return ir_const(f, p->why);
	instr = p->instr >= 0 ? ir_load(f, 8, g->ctx, reg_off[p->instr])
	    : read_at(g, 8, frame, g->l->frame_instr);
	why = ir_bini(f, OP_AND, read_at(g, 1, instr, RESUME_ARG), RESUME_WHERE);
	done = ir_label_new(f);
	ir_jcci(f, OP_JEQ, why, 0, done);
	ir_seti(f, why, CPYTHON_YIELD);
	ir_place(f, done);
	return why;
}

static void
enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask, ir_label fault)
{
	enum { NEED_CODE = 1 << ARG_FILE | 1 << ARG_NAME | 1 << ARG_LINE | 1 << ARG_QUALNAME };
	const struct site *site = self;
	const struct py_site *s = site->data;
	const struct cpython_layout *l = s->object->py.layout;
	const struct gen g = { f, s, l, ctx, st, fault };
	ir_val frame = gen_frame(f, s, ctx), code = IR_NONE, v;

	if (mask & NEED_CODE)
		code = ir_bini(f, OP_AND, read_at(&g, 8, frame, l->frame_code), REF_MASK);
	for (int i = 0; i < STATE_NARG; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		switch (i) {
		case ARG_FILE:
			v = gen_text(&g, code, l->code_file);
			break;
		case ARG_NAME:
			v = gen_text(&g, code, l->code_name);
			break;
		case ARG_LINE:
			v = ir_extend(f, read_at(&g, 4, code, l->code_line), 4, true);
			break;
		case ARG_QUALNAME:
			v = gen_text(&g, code, l->code_qualname);
			break;
		case ARG_FRAME:
			v = frame;
			break;
		case ARG_TSTATE:
			v = gen_tstate(&g);
			break;
		case ARG_WHY:
			v = gen_why(&g, frame);
			break;
		default:
			v = ir_const(f, 0);
		}
		ir_store(f, 8, st, STATE_arg + 8 * i, v);
	}
}

/* What is at an address, or 0; `place` is 8 bytes of the stack. */
static ir_val
peek(struct ir_func *f, int place, int size, ir_val base, int64_t off)
{
	ir_val to = ir_fp(f, place);

	ir_storei(f, 8, to, 0, 0);
	ir_call(f, BPF_FUNC_probe_read_user, 3, to, ir_const(f, size),
	    off != 0 ? ir_bini(f, OP_ADD, base, off) : base);
	return ir_load(f, size, ir_fp(f, place), 0);
}

/* Frames that are left while no exception is raised were counted by their opcode; and the frame
 * below an __init__(), which has code of its own, is no function's. */
static void
skip(struct ir_func *f, const void *self, ir_val ctx, ir_label none)
{
	const struct site *site = self;
	const struct py_site *s = site->data;
	const struct cpython_layout *l = s->object->py.layout;
	ir_val v;
	int place;

	if (!may_skip(s))
		return;
	place = ir_frame(f, 8);
	if (s->place->only_if_raised) {
		v = s->place->tstate >= 0 ? ir_load(f, 8, ctx, reg_off[s->place->tstate])
		    : peek(f, place, 8, ir_const(f, (int64_t)s->tls), 0);
		ir_jcci(f, OP_JEQ, peek(f, place, 8, v, l->tstate_exception), 0, none);
	}
	if (l->init_check != 0) {
		v = peek(f, place, 8, gen_frame(f, s, ctx), l->frame_code);
		v = ir_bini(f, OP_AND, v, REF_MASK);
		ir_jcci(f, OP_JEQ, peek(f, place, 1, v, l->code_bytecode), l->init_check, none);
	}
}

static const char *
arg_refused(const struct site *site, unsigned arg)
{
	if (arg == ARG_TSTATE && !has_tstate(site->data))
		return "how its threads find their state can't be told here";
	return NULL;
}

static void
describe(const struct probe *p, struct buf *b)
{
	const struct py_site *first = p->site->data;
	const struct cpython *py = &first->object->py;
	const struct handlers *h = &first->object->handlers;

	buf_printf(b, "\n\tMechanism\n\t\tBreakpoints on the code of opcodes: CPython %u.%u.%u%s %s\n",
	    py->release >> 24, py->release >> 16 & 0xff, py->release >> 8 & 0xff,
	    py->layout->is_free_threaded ? "t" : "", py->has_probes ?
	    "has probes, but they fire when generators are made, too" : "has no such probes");
	buf_puts(b, "\t\tCost: a trap for each event; nothing when not traced\n");
	if (strcmp(p->name, "function-entry") == 0 && !h->has_throw)
		buf_puts(b, "\t\tNot seen: generators entered by throw() and close()\n");
	if (strcmp(p->name, "function-return") == 0 && !h->has_unwind)
		buf_puts(b, "\t\tNot seen: functions left by an exception\n");
	buf_puts(b, "\t\tNot seen: what a just-in-time compiler has compiled\n\n\tSites\n");
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
	.list = list,
	.enter = enter,
	.skip = skip,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
	.arg_refused = arg_refused,
	.describe = describe,
};
