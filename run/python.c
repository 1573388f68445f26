/*
 * Which processes run CPython, and where programs find its structures in them: the entries of
 * MAP_PYTHON (rec/python.h). Processes that were asked for are entered before anything is armed;
 * of every other one a program tells us when it first meets it.
 */
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "interp/cpython.h"
#include "interp/evaluator.h"
#include "interp/image.h"
#include "os/bpf.h"
#include "os/btf.h"
#include "os/elf.h"
#include "rec/python.h"
#include "run/session.h"

enum { PROCESSES = 4096, THREADS = 16384, CODES = 32768 };	/* those met last */

/* An object of some process: what of an interpreter in it? */
struct object {
	bool is_python;
	struct cpython py;
	uint64_t begin, end;		/* link-time addresses */
	uint64_t text, text_off;	/* some code, and where in the file */
	bool has_evaluator;		/* looked for, for stacks */
	struct evaluator evaluator;
};

static void
find_extent(struct object *o, const struct elf *elf)
{
	uint64_t addr, bytes;
	bool is_exec;

	o->begin = UINT64_MAX;
	for (size_t i = 0; elf_segment(elf, i, &addr, &bytes, &is_exec); i++) {
		if (addr < o->begin)
			o->begin = addr;
		if (addr + bytes > o->end)
			o->end = addr + bytes;
		if (is_exec && elf_file_offset(elf, addr, true, &o->text_off))
			o->text = addr;
	}
}

static void
find_evaluator(struct object *o, struct elf *elf)
{
	struct image image;

	if (image_read(&image, elf))
		evaluator_find(&image, &o->evaluator);
	image_fini(&image);
}

static const struct object *
object_get(struct dt *s, int fd)
{
	const bool for_stacks = s->gen != NULL && s->gen->uses_python_stack;
	bool is_new;
	struct object *o = prov_of_file(&s->prov, "frames of", fd, sizeof(*o), &is_new);
	struct elf *elf;
	char err[256];

	if (!is_new && (o == NULL || !o->is_python || o->has_evaluator || !for_stacks))
		return o;
	elf = elf_open(fd, err, sizeof(err));
	if (elf == NULL)
		return o;
	if (is_new) {
		o->is_python = cpython_read(elf, &o->py, NULL);
		find_extent(o, elf);
	}
	o->has_evaluator = o->is_python && for_stacks;
	if (o->has_evaluator)
		find_evaluator(o, elf);
	elf_free(elf);
	return o;
}

struct search {
	struct dt *s;
	pid_t pid;
	const struct object *found;
	uint64_t bias;
	bool may_come;			/* the program is called so, but has it in a library */
};

static int
on_map(void *self, const struct proc_map *m)
{
	struct search *search = self;
	const char *base = strrchr(m->path, '/');
	_cleanup_fd_ int fd = -1;
	const struct object *o;

	if (!m->is_exec || base == NULL
	    || (strstr(base, "python") == NULL && !proc_is_main(search->pid, m)))
		return 0;
	fd = proc_open_map(search->pid, m);
	o = fd >= 0 ? object_get(search->s, fd) : NULL;
	search->may_come |= strstr(base, "python") != NULL;
	if (o == NULL || !o->is_python || o->text_off < m->off
	    || o->text_off - m->off >= m->end - m->start)
		return 0;
	search->found = o;
	search->bias = m->start + (o->text_off - m->off) - o->text;
	return 1;
}

const struct cpython *
python_interpreter(struct dt *s, pid_t pid, uint64_t *bias)
{
	struct search search = { .s = s, .pid = pid };

	proc_each_map(pid, on_map, &search);
	*bias = search.bias;
	return search.found != NULL ? &search.found->py : NULL;
}

static struct rec_python
make_row(const struct object *o, uint64_t bias)
{
	const struct cpython_layout *l = o->py.layout;
	const bool has_shim = l->init_check != 0;

	uint64_t object[CPYTHON_OBJECTS];

	for (int i = 0; i < CPYTHON_OBJECTS; i++)
		object[i] = o->py.object[i] != 0 ? o->py.object[i] + bias : 0;
	return (struct rec_python){
		.type_int = object[CPYTHON_INT],
		.type_float = object[CPYTHON_FLOAT],
		.type_str = object[CPYTHON_STR],
		.type_bool = object[CPYTHON_BOOL],
		.type_cell = object[CPYTHON_CELL],
		.none = object[CPYTHON_NONE],
		.true_ = object[CPYTHON_TRUE],
		.interpreters = o->py.runtime + bias + l->runtime_interpreters,
		.shim = has_shim ? o->begin + bias : 0,
		.shim_end = has_shim ? o->end + bias : 0,
		.interp_next = l->interp_next,
		.interp_threads = l->interp_threads,
		.tstate_next = l->tstate_next,
		.tstate_interp = l->tstate_interp,
		.tstate_thread_id = l->tstate_thread_id,
		.tstate_frame = l->tstate_frame,
		.has_cframe = l->has_cframe,
		.cframe_frame = l->cframe_frame,
		.frame_bytes = l->is_object ? 112 : 80,
		.frame_previous = l->frame_previous,
		.frame_code = l->frame_code,
		.frame_instr = l->is_object ? l->frame_lasti : l->frame_instr,
		.index_bytes = !l->is_object ? 0 : l->lines == CPYTHON_LNOTAB ? 1 : 2,
		.frame_owner = l->frame_owner,
		.frame_locals = l->frame_locals,
		.frame_is_entry = l->frame_is_entry,
		.frame_copy = l->frame_copy,
		.code_bytes = (uint16_t)(l->code_lines + 8 - l->code_line),
		.code_line = l->code_line,
		.code_argcount = l->code_argcount,
		.code_file = l->code_file,
		.code_name = l->code_name,
		.code_qualname = l->code_qualname,
		.code_lines = l->code_lines,
		.code_bytecode = l->code_bytecode,
		.code_copies = l->code_copies,
		.lines = (uint16_t)l->lines,
		.bytes_size = l->bytes_size,
		.bytes_data = l->bytes_data,
		.ob_type = l->ob_type,
		.int_tag = l->has_int_tag,
		.str_state = l->str_state,
		.str_ascii = l->str_ascii,
		.str_utf8 = l->str_utf8,
		.str_compact = l->str_compact,
		.str_kind_bit = (uint16_t)(l->str_compact_bit - 3),
		.str_compact_bit = l->str_compact_bit,
		.str_ascii_bit = l->str_ascii_bit,
	};
}

static bool
find_python(struct search *search)
{
	proc_each_map(search->pid, on_map, search);
	return search->found != NULL;
}

static bool
is_target(const struct dt *s, pid_t pid)
{
	for (size_t i = 0; i < s->target.n; i++)
		if (s->target.v[i].pid == pid)
			return true;
	return false;
}

/* mm: as a program has entered it. */
static void
enter(struct dt *s, const struct search *search, uint64_t mm)
{
	const char *why = search->found->py.why;
	const uint32_t key = (uint32_t)search->pid;
	struct rec_python row;

	if (*why == '\0')
		why = cpython_check(&search->found->py, search->pid, search->bias);
	if (why != NULL) {
		s->prov.note(s->prov.note_self, is_target(s, search->pid) ? 0 : 1, "process %d: its "
		    "Python frames can't be read: %s", (int)search->pid, why);
		return;
	}
	show_evaluator(s->show, search->pid, &search->found->evaluator, search->bias);
	row = make_row(search->found, search->bias);
	row.mm = mm;
	(void)sysbpf_map_update(s->map_fd.v[MAP_PYTHON], &key, &row);
}

static int
learn(void *self, pid_t pid)
{
	struct dt *s = self;
	struct search search = { .s = s, .pid = pid };

	if (pid != getpid() && find_python(&search))
		enter(s, &search, 0);
	return 0;
}

void
python_met(void *self, uint64_t pid)
{
	struct dt *s = self;
	struct search search = { .s = s, .pid = (pid_t)pid };
	const uint32_t key = (uint32_t)pid;
	struct rec_python row;

	if (sysbpf_map_lookup(s->map_fd.v[MAP_PYTHON], &key, &row) == 0 && find_python(&search))
		enter(s, &search, row.mm);
}

/* An interpreter in a library is there a little later. */
void
python_exec(void *self, uint64_t pid)
{
	enum { LOOKS = 10, PAUSE_US = 500 };
	struct dt *s = self;
	struct search search = { .s = s, .pid = (pid_t)pid };

	for (int i = 0; i < LOOKS && !find_python(&search) && search.may_come; i++)
		usleep(PAUSE_US);
	if (search.found != NULL)
		enter(s, &search, 0);
}

static struct ir_prog *
own_program(struct dt *s, struct ir_func *f)
{
	struct ir_prog *p = arena_new(&s->arena, struct ir_prog);

	*p = (struct ir_prog){ .name = f->name, .func = arena_new(&s->arena, struct ir_func *),
	    .nfunc = 1 };
	p->func[0] = f;
	return p;
}

/* Sends REC_PYTHON_EXEC with the pid, and wakes us. */
static struct ir_prog *
exec_program(struct dt *s)
{
	enum { PID = sizeof(struct rec_hdr), BYTES = PID + 8 };
	struct ir_func *f = ir_func_new(&s->arena, "python_exec", IR_ENTRY, 1);
	const struct gen_opts *o = &s->gen->opts;
	ir_val rec = ir_fp(f, ir_frame(f, BYTES)), id, at;

	ir_zero(f, rec, 0, BYTES);
	ir_store(f, 4, rec, offsetof(struct rec_hdr, clause), ir_const(f, REC_PYTHON_EXEC));
	if (o->pidns_ino == 0) {
		id = ir_call(f, BPF_FUNC_get_current_pid_tgid, 0);
	} else {
		at = ir_bini(f, OP_ADD, rec, PID);
		ir_call(f, BPF_FUNC_get_ns_current_pid_tgid, 4, ir_const(f, (int64_t)o->pidns_dev),
		    ir_const(f, (int64_t)o->pidns_ino), at, ir_const(f, 8));
		id = ir_load(f, 8, rec, PID);
	}
	ir_store(f, 8, rec, PID, ir_bini(f, OP_RSH, id, 32));
	ir_call(f, BPF_FUNC_ringbuf_output, 4, ir_map(f, MAP_RING), rec, ir_const(f, BYTES),
	    ir_const(f, BPF_RB_FORCE_WAKEUP));
	ir_reti(f, 0);
	return own_program(s, f);
}

/* *(size *)(base + off) of the kernel's. */
static ir_val
read_kernel(struct ir_func *f, int size, ir_val base, uint32_t off)
{
	ir_val at = ir_fp(f, ir_frame(f, 8));

	ir_storei(f, 8, at, 0, 0);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, at, ir_const(f, size),
	    ir_bini(f, OP_ADD, base, off));
	return ir_load(f, size, at, 0);
}

/* Hook: parent, child. A new process, which is no thread, has all that the parent has. */
static struct ir_prog *
fork_program(struct dt *s)
{
	struct ir_func *f = ir_func_new(&s->arena, "python_fork", IR_ENTRY, 1);
	ir_label out = ir_label_new(f);
	ir_val ctx = ir_arg(f, 0), child = ir_load(f, 8, ctx, 8), key, tgid, row, copy, mm;

	key = ir_fp(f, ir_frame(f, 8));
	ir_store(f, 4, key, 0, read_kernel(f, 4, ir_load(f, 8, ctx, 0), s->gen->opts.task_tgid));
	tgid = read_kernel(f, 4, child, s->gen->opts.task_tgid);
	ir_jcc(f, OP_JEQ, tgid, ir_load(f, 4, key, 0), out);
	row = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PYTHON), key);
	ir_jcci(f, OP_JEQ, row, 0, out);
	copy = ir_fp(f, ir_frame(f, sizeof(struct rec_python)));
	ir_copy(f, copy, 0, row, 0, sizeof(struct rec_python));
	mm = read_kernel(f, 8, child, s->gen->opts.task_mm);
	ir_store(f, 8, copy, offsetof(struct rec_python, mm), mm);
	ir_store(f, 4, key, 0, tgid);
	ir_call(f, BPF_FUNC_map_update_elem, 4, ir_map(f, MAP_PYTHON), key, copy,
	    ir_const(f, BPF_ANY));
	ir_place(f, out);
	ir_reti(f, 0);
	return own_program(s, f);
}

/* Of processes to come, a program tells when they begin, so that they are known before they have
 * run any function; those that fork are known at once, where we see the kernel's numbers. */
int
python_start(struct dt *s)
{
	if (!s->gen->uses_python)
		return 0;
	for (size_t i = 0; i < s->target.n; i++)
		learn(s, s->target.v[i].pid);
	if (s->target.n == 0)
		(void)proc_each_pid(learn, s);
	if (s->gen->opts.pidns_ino == 0 && s->gen->opts.task_tgid != 0 && s->gen->opts.task_mm != 0
	    && follow_hook(s, "sched_process_fork", fork_program(s)) < 0)
		return -1;
	return follow_hook(s, "sched_process_exec", exec_program(s));
}

int
python_make_maps(struct dt *s)
{
	const struct sysbpf_map m = {
		.type = BPF_MAP_TYPE_LRU_HASH, .name = "python", .key_bytes = 4,
		.value_bytes = sizeof(struct rec_python), .max_entries = PROCESSES,
	};
	const struct sysbpf_map code = {
		.type = BPF_MAP_TYPE_LRU_HASH, .name = "python_code",
		.key_bytes = sizeof(struct rec_python_code_key),
		.value_bytes = sizeof(struct rec_python_code_value), .max_entries = CODES,
	};
	const struct sysbpf_map thread = {
		.type = BPF_MAP_TYPE_LRU_HASH, .name = "python_thread", .key_bytes = 8,
		.value_bytes = 8, .max_entries = THREADS,
	};

	if (!s->gen->uses_python)
		return 0;
	if (load_map(s, MAP_PYTHON, &m) < 0 || load_map(s, MAP_PYTHON_THREAD, &thread) < 0)
		return -1;
	return s->gen->uses_python_stack ? load_map(s, MAP_PYTHON_CODE, &code) : 0;
}

static bool
uses_python(const struct node *n, const void *arg)
{
	(void)arg;
	return gen_uses_python(n);
}

void
python_offsets(struct dt *s, struct gen_opts *o)
{
	struct btf_member_query task[] = { { "mm", 0 }, { "thread", 0 }, { "tgid", 0 } };
	struct btf_member_query thread = { "fsbase", 0 };

	if (!trace_uses(s, uses_python))
		return;
	btf_member_offsets("task_struct", task, 3);
	btf_member_offsets("thread_struct", &thread, 1);
	o->task_mm = task[0].off;
	o->task_tgid = task[2].off;
	if (task[1].off != 0 && thread.off != 0)
		o->task_fsbase = task[1].off + thread.off;
}
