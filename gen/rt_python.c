/*
 * Routines that follow CPython's structures in the memory of the process that runs (rec/python.h):
 * process → interpreters → thread states → frame → code object. Every list may be a circle, every
 * word may be anything: walks end by themselves, and what can't be read is NULL.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "gen/rt_python.h"
#include "interp/lines_ir.h"

enum { WALK_TURNS = 64 };		/* of a loop that the verifier follows */
enum { DEPTH_MAX = 1024 };

struct py_walk
py_walk(struct gen *g, struct ir_func *f, ir_label out)
{
	struct py_walk w = { .f = f, .st = rt_state(f, out) };

	w.now = ir_bini(f, OP_ADD, w.st, g->layout.python_off);
	return w;
}

ir_val
py_row(const struct py_walk *w, int32_t member)
{
	return ir_load(w->f, 2, w->now, member);
}

ir_val
py_get(const struct py_walk *w, int32_t member)
{
	return ir_load(w->f, 8, w->now, member);
}

void
py_set(const struct py_walk *w, int32_t member, ir_val v)
{
	ir_store(w->f, 8, w->now, member, v);
}

ir_val
py_peek(const struct py_walk *w, int size, ir_val addr)
{
	ir_storei(w->f, 8, w->now, NOW(word), 0);
	ir_call(w->f, BPF_FUNC_probe_read_user, 3, ir_bini(w->f, OP_ADD, w->now, NOW(word)),
	    ir_const(w->f, size), addr);
	return ir_load(w->f, size, w->now, NOW(word));
}

ir_val
py_member(const struct py_walk *w, int size, ir_val base, int32_t member)
{
	return py_peek(w, size, ir_bin(w->f, OP_ADD, base, py_row(w, member)));
}

/* ---- the process ---- */

/* A member of the current task in the kernel, or 0. */
static ir_val
task_word(const struct py_walk *w, uint32_t off)
{
	ir_val task = ir_call(w->f, BPF_FUNC_get_current_task, 0);

	ir_call(w->f, BPF_FUNC_probe_read_kernel, 3, ir_bini(w->f, OP_ADD, w->now, NOW(word)),
	    ir_const(w->f, 8), ir_bini(w->f, OP_ADD, task, off));
	return py_get(w, NOW(word));
}

/* Enter the process as one without Python, and tell the consumer. */
static void
ask(struct gen *g, const struct py_walk *w, ir_val pid, ir_val mm)
{
	enum { REC = STATE_scratch, BYTES = sizeof(struct rec_hdr) + 8 };
	struct ir_func *f = w->f;
	ir_val key, value;

	ir_zero(f, w->now, NOW(row), sizeof(struct rec_python));
	py_set(w, ROW(mm), mm);
	ir_store(f, 4, w->st, STATE_scratch, pid);
	key = ir_bini(f, OP_ADD, w->st, STATE_scratch);
	value = ir_bini(f, OP_ADD, w->now, NOW(row));
	ir_call(f, BPF_FUNC_map_update_elem, 4, ir_map(f, MAP_PYTHON), key, value,
	    ir_const(f, BPF_ANY));
	ir_zero(f, w->st, REC, BYTES);	/* older than any record: it is not kept waiting */
	ir_storei(f, 4, w->st, REC + (int)offsetof(struct rec_hdr, clause), (int32_t)REC_PYTHON);
	ir_store(f, 8, w->st, REC + (int)sizeof(struct rec_hdr), pid);
	gen_send(g, f, ir_bini(f, OP_ADD, w->st, REC), BYTES, ir_const(f, BPF_RB_FORCE_WAKEUP));
}

/* An entry without an address space was made before the process ran anything that we saw. */
void
rt_py_process(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), unknown = ir_label_new(f), known = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val pid, mm, entry, old, key;

	if (g->opts.task_mm == 0 || g->opts.task_fsbase == 0)
		ir_jmp(f, out);
	mm = task_word(&w, g->opts.task_mm);
	ir_jcci(f, OP_JEQ, mm, 0, out);
	pid = ir_bini(f, OP_RSH, gen_pid_tgid(g, f, w.st), 32);
	ir_jcci(f, OP_JEQ, pid, 0, out);
	ir_store(f, 4, w.now, NOW(pid), pid);
	ir_store(f, 4, w.st, STATE_scratch, pid);
	key = ir_bini(f, OP_ADD, w.st, STATE_scratch);
	entry = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PYTHON), key);
	ir_jcci(f, OP_JEQ, entry, 0, unknown);
	old = ir_load(f, 8, entry, 0);
	ir_jcc(f, OP_JEQ, old, mm, known);
	ir_jcci(f, OP_JNE, old, 0, unknown);
	ir_store(f, 8, entry, 0, mm);
	ir_place(f, known);
	ir_jcci(f, OP_JEQ, ir_load(f, 8, entry, offsetof(struct rec_python, interpreters)), 0, out);
	ir_copy(f, w.now, NOW(row), entry, 0, sizeof(struct rec_python));
	ir_reti(f, 1);
	ir_place(f, unknown);
	ask(g, &w, pid, mm);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- the thread ---- */

static ir_val
get_tstate(const struct py_walk *w)
{
	return py_get(w, NOW(tstate));
}

static ir_val
tstate_frame(const struct py_walk *w, ir_val tstate)
{
	struct ir_func *f = w->f;
	ir_label done = ir_label_new(f);
	ir_val frame = py_member(w, 8, tstate, ROW(tstate_frame));

	ir_jcci(f, OP_JEQ, py_row(w, ROW(has_cframe)), 0, done);
	ir_set(f, frame, py_member(w, 8, frame, ROW(cframe_frame)));
	ir_place(f, done);
	return frame;
}

/* Jumps unless the thread state in now.tstate is this thread's, in its interpreter's list, and the
 * only one that the thread can have. One that was freed is in no list. */
static ir_val
check_known(const struct py_walk *w, ir_label other)
{
	struct ir_func *f = w->f;
	ir_label has_prev = ir_label_new(f), linked = ir_label_new(f);
	ir_val t = get_tstate(w), prev, link = ir_const(f, 0), interp, frame;

	interp = py_peek(w, 8, py_get(w, ROW(interpreters)));
	ir_jcci(f, OP_JNE, py_member(w, 8, interp, ROW(interp_next)), 0, other);
	ir_jcc(f, OP_JNE, py_member(w, 8, t, ROW(tstate_thread_id)), py_get(w, NOW(fsbase)), other);
	prev = py_peek(w, 8, t);	/* its first word, in all versions */
	ir_jcci(f, OP_JNE, prev, 0, has_prev);
	ir_set(f, link, py_member(w, 8, interp, ROW(interp_threads)));
	ir_jmp(f, linked);
	ir_place(f, has_prev);
	ir_set(f, link, py_member(w, 8, prev, ROW(tstate_next)));
	ir_place(f, linked);
	ir_jcc(f, OP_JNE, link, get_tstate(w), other);
	frame = tstate_frame(w, get_tstate(w));
	ir_jcci(f, OP_JEQ, frame, 0, other);
	return frame;
}

/* The thread state that was found before; 0: there is none that still holds. */
void
rt_py_known(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val key = ir_bini(f, OP_ADD, w.now, NOW(thread)), known;

	py_set(&w, NOW(thread), ir_call(f, BPF_FUNC_get_current_pid_tgid, 0));
	known = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PYTHON_THREAD), key);
	ir_jcci(f, OP_JEQ, known, 0, out);
	py_set(&w, NOW(tstate), ir_load(f, 8, known, 0));
	py_set(&w, NOW(frame), check_known(&w, out));
	ir_reti(f, 1);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* The walk was long: the next one need not be. */
void
rt_py_remember(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val key, entry, map;

	ir_store(f, 4, w.st, STATE_scratch, ir_load(f, 4, w.now, NOW(pid)));
	key = ir_bini(f, OP_ADD, w.st, STATE_scratch);
	entry = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PYTHON), key);
	ir_jcci(f, OP_JEQ, entry, 0, out);
	ir_storei(f, 2, entry, offsetof(struct rec_python, has_many), 1);
	py_set(&w, NOW(thread), ir_call(f, BPF_FUNC_get_current_pid_tgid, 0));
	map = ir_map(f, MAP_PYTHON_THREAD);
	key = ir_bini(f, OP_ADD, w.now, NOW(thread));
	entry = ir_bini(f, OP_ADD, w.now, NOW(tstate));
	ir_call(f, BPF_FUNC_map_update_elem, 4, map, key, entry, ir_const(f, BPF_ANY));
	ir_place(f, out);
	ir_reti(f, 0);
}

/* What a part of the walk gives. */
enum { WALK_MORE, WALK_FOUND, WALK_FAR, WALK_END };

/*
 * The states of all threads of all interpreters, the youngest first. A thread has one in each
 * interpreter that it has been in; while it is in the younger, the older one has frames as well.
 */
void
rt_py_threads(struct gen *g, struct ir_func *f)
{
	enum { FEW = 8 };	/* states, which are as quickly walked as looked up */
	ir_label out = ir_label_new(f), next = ir_label_new(f), turn = ir_label_new(f),
	    found = ir_label_new(f), far = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val n = ir_const(f, 0), v, frame;

	begin = ir_loop_begin(f);
	v = get_tstate(&w);
	ir_jcci(f, OP_JEQ, v, 0, turn);
	v = py_member(&w, 8, v, ROW(tstate_thread_id));
	ir_jcc(f, OP_JNE, v, py_get(&w, NOW(fsbase)), turn);
	frame = tstate_frame(&w, get_tstate(&w));
	ir_jcci(f, OP_JNE, frame, 0, found);
	ir_place(f, turn);
	v = py_member(&w, 8, get_tstate(&w), ROW(tstate_next));
	py_set(&w, NOW(tstate), v);
	ir_jcci(f, OP_JNE, v, 0, next);
	v = py_member(&w, 8, py_get(&w, NOW(interp)), ROW(interp_next));
	py_set(&w, NOW(interp), v);
	ir_jcci(f, OP_JEQ, v, 0, out);
	py_set(&w, NOW(tstate), py_member(&w, 8, v, ROW(interp_threads)));
	ir_place(f, next);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, WALK_TURNS);
	ir_reti(f, WALK_MORE);
	ir_place(f, found);
	py_set(&w, NOW(frame), frame);
	ir_jcci(f, OP_JGE, n, FEW, far);
	ir_reti(f, WALK_FOUND);
	ir_place(f, far);
	ir_reti(f, WALK_FAR);
	ir_place(f, out);
	ir_reti(f, WALK_END);
}

void
rt_py_thread(struct gen *g, struct ir_func *f)
{
	enum { PARTS = 256 };
	ir_label out = ir_label_new(f), walk = ir_label_new(f), done = ir_label_new(f),
	    far = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val i = ir_const(f, 0), v;

	py_set(&w, NOW(fsbase), task_word(&w, g->opts.task_fsbase));
	ir_jcci(f, OP_JEQ, py_get(&w, NOW(fsbase)), 0, out);
	ir_jcci(f, OP_JEQ, py_row(&w, ROW(has_many)), 0, walk);
	v = ir_fcall(f, gen_rt(g, RT_PY_KNOWN), 1, ir_arg(f, 0));
	ir_jcci(f, OP_JNE, v, 0, done);
	ir_place(f, walk);
	v = py_peek(&w, 8, py_get(&w, ROW(interpreters)));
	ir_jcci(f, OP_JEQ, v, 0, out);
	py_set(&w, NOW(interp), v);
	py_set(&w, NOW(tstate), py_member(&w, 8, v, ROW(interp_threads)));
	begin = ir_loop_begin(f);
	v = ir_fcall(f, gen_rt(g, RT_PY_THREADS), 1, ir_arg(f, 0));
	ir_jcci(f, OP_JEQ, v, WALK_FOUND, done);
	ir_jcci(f, OP_JEQ, v, WALK_END, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_jcci(f, OP_JNE, v, WALK_MORE, far);
	ir_loop_end(f, begin, i, PARTS);
	ir_jmp(f, out);
	ir_place(f, far);
	ir_fcall(f, gen_rt(g, RT_PY_REMEMBER), 1, ir_arg(f, 0));
	ir_place(f, done);
	ir_reti(f, 1);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- the frame ---- */

/* A word of the frame that was read, by the row's offset of it. */
static ir_val
frame_word(const struct py_walk *w, int size, int32_t member, ir_label out)
{
	ir_val off = ir_bound(w->f, py_row(w, member), PYTHON_FRAME_BYTES - 8, out);

	return ir_load(w->f, size, ir_bin(w->f, OP_ADD, w->now, off), NOW(bytes));
}

/* Frames that stand between functions: where the evaluation loop was entered from C, and what is
 * below an __init__(). */
static void
skip_shim(const struct py_walk *w, ir_val code, ir_label shim, ir_label out)
{
	struct ir_func *f = w->f;
	ir_label has_none = ir_label_new(f), is_function = ir_label_new(f);

	ir_jcci(f, OP_JEQ, py_row(w, ROW(frame_owner)), 0, has_none);
	ir_jcci(f, OP_JLT, frame_word(w, 1, ROW(frame_owner), out), PYTHON_OWNER_SHIM, has_none);
	ir_storei(f, 8, w->now, NOW(was_entry), 1);
	ir_jmp(f, shim);
	ir_place(f, has_none);
	ir_jcc(f, OP_JLT, code, py_get(w, ROW(shim)), is_function);
	ir_jcc(f, OP_JLT, code, py_get(w, ROW(shim_end)), shim);
	ir_place(f, is_function);
}

/* Was the function of this frame called from C? Later versions have a shim to say so. */
static void
set_entry(const struct py_walk *w, ir_label out)
{
	struct ir_func *f = w->f;
	ir_val is_entry = ir_const(f, 1);
	ir_label known = ir_label_new(f);

	ir_jcci(f, OP_JNE, py_row(w, ROW(index_bytes)), 0, known);
	ir_seti(f, is_entry, 0);
	ir_jcci(f, OP_JEQ, py_row(w, ROW(frame_is_entry)), 0, known);
	ir_set(f, is_entry, frame_word(w, 1, ROW(frame_is_entry), out));
	ir_place(f, known);
	py_set(w, NOW(is_entry), is_entry);
}

void
rt_py_frame(struct gen *g, struct ir_func *f)
{
	enum { SHIMS = 16 };
	ir_label out = ir_label_new(f), shim = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val n = ir_const(f, 0), frame, size, code;

	ir_storei(f, 8, w.now, NOW(was_entry), 0);
	begin = ir_loop_begin(f);
	frame = py_get(&w, NOW(frame));
	ir_jcci(f, OP_JEQ, frame, 0, out);
	size = ir_bound(f, py_row(&w, ROW(frame_bytes)), PYTHON_FRAME_BYTES, out);
	ir_jcci(f, OP_JNE, ir_call(f, BPF_FUNC_probe_read_user, 3,
	    ir_bini(f, OP_ADD, w.now, NOW(bytes)), size, frame), 0, out);
	py_set(&w, NOW(previous), frame_word(&w, 8, ROW(frame_previous), out));
	code = ir_bini(f, OP_AND, frame_word(&w, 8, ROW(frame_code), out), PYTHON_POINTER_MASK);
	skip_shim(&w, code, shim, out);
	set_entry(&w, out);
	py_set(&w, NOW(code), code);
	py_set(&w, NOW(instr), frame_word(&w, 8, ROW(frame_instr), out));
	py_set(&w, NOW(copy), frame_word(&w, 4, ROW(frame_copy), out));
	ir_ret(f, code);
	ir_place(f, shim);
	py_set(&w, NOW(frame), py_get(&w, NOW(previous)));
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, SHIMS);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* The frame that a probe is about may have left the thread's chain, or may still stand on it. */
static void
use_given(const struct py_walk *w, ir_val has_thread, ir_label none)
{
	struct ir_func *f = w->f;
	ir_label is_top = ir_label_new(f), use = ir_label_new(f), done = ir_label_new(f);
	ir_val given = py_get(w, NOW(given));

	ir_storei(f, 8, w->now, NOW(below), 0);
	ir_jcci(f, OP_JEQ, given, 0, is_top);
	ir_jcci(f, OP_JEQ, has_thread, 0, use);
	ir_jcc(f, OP_JEQ, py_get(w, NOW(frame)), given, use);
	py_set(w, NOW(below), py_get(w, NOW(frame)));
	ir_place(f, use);
	py_set(w, NOW(frame), given);
	ir_jmp(f, done);
	ir_place(f, is_top);
	ir_jcci(f, OP_JEQ, has_thread, 0, none);
	ir_place(f, done);
}

/* The first frame of the walk, NOW(frame). */
static void
read_top(struct gen *g, const struct py_walk *w, ir_val level, ir_label none)
{
	struct ir_func *f = w->f;
	ir_label done = ir_label_new(f);
	ir_val below;

	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_PY_FRAME), 1, level), 0, none);
	below = py_get(w, NOW(below));
	ir_jcci(f, OP_JEQ, below, 0, done);
	py_set(w, NOW(previous), below);
	ir_place(f, done);
}

/* One that was found before is where the walk begins again. */
void
rt_py_find(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), first = ir_label_new(f), none = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val level = ir_arg(f, 0), known = ir_load(f, 4, w.now, NOW(found));

	ir_jcci(f, OP_JEQ, known, PYTHON_UNASKED, first);
	ir_jcci(f, OP_JEQ, known, PYTHON_NONE, out);
	py_set(&w, NOW(frame), py_get(&w, NOW(top)));
	read_top(g, &w, level, out);
	ir_reti(f, 1);
	ir_place(f, first);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_PY_PROCESS), 1, level), 0, none);
	use_given(&w, ir_fcall(f, gen_rt(g, RT_PY_THREAD), 1, level), none);
	read_top(g, &w, level, none);
	py_set(&w, NOW(top), py_get(&w, NOW(frame)));
	ir_storei(f, 4, w.now, NOW(found), PYTHON_FOUND);
	ir_reti(f, 1);
	ir_place(f, none);
	ir_storei(f, 4, w.now, NOW(found), PYTHON_NONE);
	ir_place(f, out);
	ir_reti(f, 0);
}

void
rt_py_depth(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), done = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val level = ir_arg(f, 0), n = ir_const(f, 0), code;

	begin = ir_loop_begin(f);
	py_set(&w, NOW(frame), py_get(&w, NOW(previous)));
	ir_updi(f, OP_ADD, n, 1);
	code = ir_fcall(f, gen_rt(g, RT_PY_FRAME), 1, level);
	ir_jcci(f, OP_JEQ, code, 0, done);
	ir_loop_end(f, begin, n, DEPTH_MAX);
	ir_place(f, done);
	ir_ret(f, n);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- lines ---- */

/* Where the code begins: in the code object, or in the thread's copy of it. */
static ir_val
bytecode(const struct py_walk *w)
{
	enum { COPIES_FIRST = 8, COPY_SHIFT = 3 };
	struct ir_func *f = w->f;
	ir_val code = py_get(w, NOW(code)), n;
	ir_val begin = ir_bin(f, OP_ADD, code, py_row(w, ROW(code_bytecode)));
	ir_label done = ir_label_new(f);

	ir_jcci(f, OP_JEQ, py_row(w, ROW(frame_copy)), 0, done);
	n = ir_load(f, 4, w->now, NOW(copy));
	ir_jcci(f, OP_JEQ, n, 0, done);
	n = ir_bini(f, OP_LSH, n, COPY_SHIFT);
	n = ir_bin(f, OP_ADD, py_member(w, 8, code, ROW(code_copies)), n);
	ir_set(f, begin, py_peek(w, 8, ir_bini(f, OP_ADD, n, COPIES_FIRST)));
	ir_place(f, done);
	return begin;
}

/* How far the instruction is from there, in bytes. */
ir_val
py_instr_offset(const struct py_walk *w)
{
	struct ir_func *f = w->f;
	ir_val index_bytes = py_row(w, ROW(index_bytes)), v = ir_mov(f, py_get(w, NOW(instr)));
	ir_label is_index = ir_label_new(f), done = ir_label_new(f);

	ir_jcci(f, OP_JNE, index_bytes, 0, is_index);
	ir_set(f, v, ir_bin(f, OP_SUB, v, bytecode(w)));
	ir_jmp(f, done);
	ir_place(f, is_index);
	ir_set(f, v, ir_bin(f, OP_MUL, ir_extend(f, v, 4, true), index_bytes));
	ir_place(f, done);
	return v;
}

/* Goes on with the walk in the scratch; 1: its end. */
void
rt_py_line_part(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), other = ir_label_new(f), old = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val kind = py_row(&w, ROW(lines));

	ir_jcci(f, OP_JNE, kind, CPYTHON_LOCATIONS, other);
	ir_ret(f, ir_fcall(f, lines_ir(f->arena, CPYTHON_LOCATIONS, WALK_TURNS), 1, w.st));
	ir_place(f, other);
	ir_jcci(f, OP_JNE, kind, CPYTHON_DELTAS, old);
	ir_ret(f, ir_fcall(f, lines_ir(f->arena, CPYTHON_DELTAS, WALK_TURNS), 1, w.st));
	ir_place(f, old);
	ir_ret(f, ir_fcall(f, lines_ir(f->arena, CPYTHON_LNOTAB, WALK_TURNS), 1, w.st));
	ir_place(f, out);
	ir_reti(f, 1);
}

/* A function that is longer than all parts has the line of its definition. */
void
rt_py_line(struct gen *g, struct ir_func *f)
{
	enum { PARTS = 256 };
	ir_label out = ir_label_new(f), done = ir_label_new(f),
	    in_bytes = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val code = py_get(&w, NOW(code)), i = ir_const(f, 0), v, table;
	ir_val first = ir_extend(f, py_member(&w, 4, code, ROW(code_line)), 4, true);

	v = py_instr_offset(&w);
	ir_jcci(f, OP_JNE, py_row(&w, ROW(lines)), CPYTHON_LOCATIONS, in_bytes);
	ir_set(f, v, ir_bini(f, OP_ARSH, v, 1));
	ir_place(f, in_bytes);
	ir_store(f, 8, w.st, LINES_units, v);
	ir_store(f, 8, w.st, LINES_line, first);
	table = py_member(&w, 8, code, ROW(code_lines));
	v = ir_bin(f, OP_ADD, table, py_row(&w, ROW(bytes_data)));
	ir_store(f, 8, w.st, LINES_at, v);
	v = ir_bin(f, OP_ADD, v, py_member(&w, 8, table, ROW(bytes_size)));
	ir_store(f, 8, w.st, LINES_end, v);
	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JNE, ir_fcall(f, gen_rt(g, RT_PY_LINE_PART), 1, ir_arg(f, 0)), 0, done);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, PARTS);
	ir_ret(f, first);
	ir_place(f, done);
	ir_ret(f, ir_extend(f, ir_load(f, 4, w.st, LINES_line), 4, true));
	ir_place(f, out);
	ir_reti(f, 0);
}
