/*
 * Routines that collect the stack of a thread's Python functions: frames of 8 bytes, which say by
 * number what code object they run (rec/python.h). One that was not met before is sent first.
 */
#include <linux/bpf.h>

#include "gen/rt_python.h"

/* Offsets from now: what is behind it. */
#define STACK(MEMBER) ((int32_t)(sizeof(struct rec_python_now) \
	+ offsetof(struct rec_python_stack, MEMBER)))

enum { CODE_WORDS = PYTHON_CODE_BYTES / 8 };
enum { STACK_TURNS = 64 };		/* of a loop that the verifier follows */

static ir_val
stack_ptr(const struct py_walk *w, int32_t off)
{
	return ir_bini(w->f, OP_ADD, w->now, off);
}

/* Records that are not kept waiting for older ones: their time stamp is 0. gives: 0, or not. */
static ir_val
send(struct gen *g, const struct py_walk *w, int32_t rec, uint32_t clause, uint32_t bytes)
{
	struct ir_func *f = w->f;
	ir_label sent = ir_label_new(f);
	ir_val flags = gen_wakeup(g, f, bytes, IR_NONE), map, size, failed;

	ir_zero(f, w->now, rec, sizeof(struct rec_hdr));
	ir_storei(f, 4, w->now, rec + (int32_t)offsetof(struct rec_hdr, clause), (int32_t)clause);
	map = ir_map(f, MAP_RING);
	size = ir_const(f, bytes);
	failed = ir_call(f, BPF_FUNC_ringbuf_output, 4, map, stack_ptr(w, rec), size, flags);
	ir_jcci(f, OP_JEQ, failed, 0, sent);
	ir_fcall(f, gen_rt(g, RT_DROP), 1, ir_const(f, DROP_PRINCIPAL));
	ir_place(f, sent);
	return failed;
}

/* The text of a string object into a struct rec_python_text. Old kinds of strings have none. */
void
rt_py_text(struct gen *g, struct ir_func *f)
{
	enum { UNIT = 7, MAX = PYTHON_TEXT_BYTES };
	ir_label out = ir_label_new(f), done = ir_label_new(f), ascii = ir_label_new(f),
	    fits = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val to = rt_state_at(g, f, w.st, ir_arg(f, 1), sizeof(struct rec_python_text), out);
	ir_val str = ir_arg(f, 2), bits, unit, size, from, v;

	ir_storei(f, 8, to, 0, 0);
	bits = py_member(&w, 4, str, ROW(str_state));
	v = ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_compact_bit)));
	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, v, 1), 0, done);
	unit = ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_kind_bit)));
	ir_updi(f, OP_AND, unit, UNIT);
	from = ir_bin(f, OP_ADD, str, py_row(&w, ROW(str_ascii)));
	v = ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_ascii_bit)));
	ir_jcci(f, OP_JNE, ir_bini(f, OP_AND, v, 1), 0, ascii);
	ir_set(f, from, ir_bin(f, OP_ADD, str, py_row(&w, ROW(str_compact))));
	ir_place(f, ascii);
	size = ir_bin(f, OP_MUL, py_member(&w, 8, str, ROW(bytes_size)), unit);
	ir_jcci(f, OP_JLE, size, MAX, fits);
	ir_seti(f, size, MAX);
	ir_place(f, fits);
	size = ir_bound(f, size, MAX, done);
	ir_store(f, 4, to, (int32_t)offsetof(struct rec_python_text, unit), unit);
	ir_store(f, 4, to, (int32_t)offsetof(struct rec_python_text, bytes), size);
	ir_jcci(f, OP_JEQ, size, 0, done);
	ir_call(f, BPF_FUNC_probe_read_user, 3,
	    ir_bini(f, OP_ADD, to, offsetof(struct rec_python_text, data)), size, from);
	ir_place(f, done);
	ir_place(f, out);
	ir_reti(f, 0);
}

static void
text(struct gen *g, const struct py_walk *w, int32_t member, int32_t to)
{
	struct ir_func *f = w->f;
	ir_val str = py_member(w, 8, py_get(w, NOW(code)), member);

	ir_fcall(f, gen_rt(g, RT_PY_TEXT), 3, ir_arg(f, 0),
	    ir_const(f, (int64_t)g->layout.python_off + to), str);
}

/* Everything about the code object but its table of lines. */
void
rt_py_define(struct gen *g, struct ir_func *f)
{
	enum { BYTES = sizeof(struct rec_hdr) + sizeof(struct rec_python_code) };
	ir_label out = ir_label_new(f), done = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val v = ir_fadd(f, 4, ir_map_value(f, MAP_CONTROL, CONTROL_python_code), 0,
	    ir_const(f, 1));

	v = ir_extend(f, ir_bini(f, OP_ADD, v, 1), 4, false);
	ir_store(f, 4, w.now, STACK(code.id), v);
	ir_store(f, 4, w.now, STACK(rec.code.code.id), v);
	ir_store(f, 4, w.now, STACK(rec.code.code.pid), ir_load(f, 4, w.now, NOW(pid)));
	v = py_member(&w, 4, py_get(&w, NOW(code)), ROW(code_line));
	ir_store(f, 4, w.now, STACK(rec.code.code.line), v);
	ir_store(f, 4, w.now, STACK(rec.code.code.lines), py_row(&w, ROW(lines)));
	v = py_member(&w, 8, py_get(&w, NOW(code)), ROW(code_lines));
	v = py_member(&w, 8, v, ROW(bytes_size));
	ir_store(f, 8, w.now, STACK(rec.code.code.table_bytes), v);
	text(g, &w, ROW(code_file), STACK(rec.code.code.file));
	text(g, &w, ROW(code_qualname), STACK(rec.code.code.name));
	v = send(g, &w, STACK(rec.code.hdr), REC_PYTHON_CODE, BYTES);
	ir_jcci(f, OP_JEQ, v, 0, done);
	ir_storei(f, 4, w.now, STACK(code.id), 0);
	ir_place(f, done);
	ir_ret(f, ir_load(f, 4, w.now, STACK(code.id)));
	ir_place(f, out);
	ir_reti(f, 0);
}

/* The table of lines, in pieces, until one is not full. */
void
rt_py_table(struct gen *g, struct ir_func *f)
{
	enum { BYTES = sizeof(struct rec_hdr) + sizeof(struct rec_python_lines) };
	ir_label out = ir_label_new(f), fits = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val i = ir_const(f, 0), table, left, size, at, v;

	table = py_member(&w, 8, py_get(&w, NOW(code)), ROW(code_lines));
	ir_store(f, 8, w.st, STATE_scratch, ir_bin(f, OP_ADD, table, py_row(&w, ROW(bytes_data))));
	v = py_member(&w, 8, table, ROW(bytes_size));
	ir_store(f, 8, w.st, STATE_scratch + 8, v);
	ir_store(f, 4, w.now, STACK(rec.lines.lines.id), ir_load(f, 4, w.now, STACK(code.id)));
	begin = ir_loop_begin(f);
	left = ir_load(f, 8, w.st, STATE_scratch + 8);
	ir_jcci(f, OP_JSLE, left, 0, out);
	size = ir_mov(f, left);
	ir_jcci(f, OP_JLE, size, PYTHON_PIECE_BYTES, fits);
	ir_seti(f, size, PYTHON_PIECE_BYTES);
	ir_place(f, fits);
	size = ir_bound(f, size, PYTHON_PIECE_BYTES, out);
	at = ir_load(f, 8, w.st, STATE_scratch);
	v = ir_call(f, BPF_FUNC_probe_read_user, 3, stack_ptr(&w, STACK(rec.lines.lines.data)),
	    size, at);
	ir_jcci(f, OP_JNE, v, 0, out);
	ir_store(f, 4, w.now, STACK(rec.lines.lines.bytes), size);
	v = send(g, &w, STACK(rec.lines.hdr), REC_PYTHON_LINES, BYTES);
	ir_jcci(f, OP_JNE, v, 0, out);
	v = ir_load(f, 8, w.st, STATE_scratch);
	ir_store(f, 8, w.st, STATE_scratch, ir_bini(f, OP_ADD, v, PYTHON_PIECE_BYTES));
	v = ir_load(f, 8, w.st, STATE_scratch + 8);
	ir_store(f, 8, w.st, STATE_scratch + 8, ir_bini(f, OP_SUB, v, PYTHON_PIECE_BYTES));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, PYTHON_PIECES);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* What is at the frame's code object now, and its key. */
static void
read_code(const struct py_walk *w, ir_label out)
{
	struct ir_func *f = w->f;
	ir_val code = py_get(w, NOW(code)), size, from, failed;

	ir_zero(f, w->now, STACK(code.bytes), PYTHON_CODE_BYTES);
	size = ir_bound(f, py_row(w, ROW(code_bytes)), PYTHON_CODE_BYTES, out);
	from = ir_bin(f, OP_ADD, code, py_row(w, ROW(code_line)));
	failed = ir_call(f, BPF_FUNC_probe_read_user, 3, stack_ptr(w, STACK(code.bytes)), size,
	    from);
	ir_jcci(f, OP_JNE, failed, 0, out);
	py_set(w, STACK(key.code), code);
	ir_store(f, 8, w->now, STACK(key.pid), ir_load(f, 4, w->now, NOW(pid)));
}

/* The id of the frame's code object, or 0: its names could not be sent. */
void
rt_py_code(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), is_new = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val level = ir_arg(f, 0), known, map, key, value;

	read_code(&w, out);
	known = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PYTHON_CODE),
	    stack_ptr(&w, STACK(key)));
	ir_jcci(f, OP_JEQ, known, 0, is_new);
	for (int32_t i = 0; i < CODE_WORDS; i++)
		ir_jcc(f, OP_JNE, ir_load(f, 8, known, 8 * i),
		    ir_load(f, 8, w.now, STACK(code.bytes) + 8 * i), is_new);
	ir_ret(f, ir_load(f, 4, known, offsetof(struct rec_python_code_value, id)));
	ir_place(f, is_new);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_PY_DEFINE), 1, level), 0, out);
	ir_fcall(f, gen_rt(g, RT_PY_TABLE), 1, level);
	map = ir_map(f, MAP_PYTHON_CODE);
	key = stack_ptr(&w, STACK(key));
	value = stack_ptr(&w, STACK(code));
	ir_call(f, BPF_FUNC_map_update_elem, 4, map, key, value, ir_const(f, BPF_ANY));
	ir_ret(f, ir_load(f, 4, w.now, STACK(code.id)));
	ir_place(f, out);
	ir_reti(f, 0);
}

/* A frame's 8 bytes, but for whether it is an entry. */
static ir_val
frame_bits(struct gen *g, const struct py_walk *w)
{
	enum { UP = 64 - (PYTHON_FRAME_LINE - PYTHON_FRAME_OFFSET), DOWN = 64 - PYTHON_FRAME_LINE };
	struct ir_func *f = w->f;
	ir_val id = ir_fcall(f, gen_rt(g, RT_PY_CODE), 1, ir_arg(f, 0));
	ir_val v = ir_bini(f, OP_LSH, py_instr_offset(w), UP);

	v = ir_bini(f, OP_RSH, v, DOWN);
	return ir_bin(f, OP_OR, v, id);
}

/* As many frames as one loop gives; 0: there are more, and room for them. */
void
rt_py_stack_part(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val i = ir_const(f, 0), n, v, entry, to;

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, py_get(&w, STACK(n)), ir_arg(f, 2), out);
	py_set(&w, STACK(frame), frame_bits(g, &w));
	py_set(&w, STACK(is_entry), py_get(&w, NOW(is_entry)));
	py_set(&w, NOW(frame), py_get(&w, NOW(previous)));
	v = ir_fcall(f, gen_rt(g, RT_PY_FRAME), 1, ir_arg(f, 0));
	entry = ir_bin(f, OP_OR, py_get(&w, STACK(is_entry)), py_get(&w, NOW(was_entry)));
	entry = ir_bini(f, OP_LSH, entry, PYTHON_FRAME_ENTRY);
	entry = ir_bin(f, OP_OR, entry, py_get(&w, STACK(frame)));
	n = ir_mov(f, py_get(&w, STACK(n)));
	to = ir_bin(f, OP_ADD, ir_arg(f, 1), ir_bini(f, OP_LSH, n, 3));
	to = rt_state_at(g, f, w.st, to, 8, out);
	ir_store(f, 8, to, 0, entry);
	py_set(&w, STACK(n), ir_bini(f, OP_ADD, n, 1));
	ir_jcci(f, OP_JEQ, v, 0, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, STACK_TURNS);
	ir_reti(f, 0);
	ir_place(f, out);
	ir_reti(f, 1);
}

/* The innermost first; zeros behind the last are the caller's. */
void
rt_py_stack(struct gen *g, struct ir_func *f)
{
	enum { PARTS = STACK_FRAMES_MAX / STACK_TURNS };
	ir_label out = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val i = ir_const(f, 0), v;

	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_PY_FIND), 1, ir_arg(f, 0)), 0, out);
	ir_storei(f, 8, w.now, STACK(n), 0);
	begin = ir_loop_begin(f);
	v = ir_fcall(f, gen_rt(g, RT_PY_STACK_PART), 3, ir_arg(f, 0), ir_arg(f, 1), ir_arg(f, 2));
	ir_jcci(f, OP_JNE, v, 0, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, PARTS);
	ir_place(f, out);
	ir_reti(f, 0);
}
