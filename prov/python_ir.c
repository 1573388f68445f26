/*
 * What runs at each hit of a site of the python provider: whether it fires, and its arguments, out
 * of the frame that is in a register there.
 *
 * The text of a string that isn't ASCII is there only if the program has asked for it as UTF-8
 * before; when it hasn't, the argument is 0.
 */
#include "prov/python_site.h"

#include <linux/bpf.h>

#include "interp/lines_ir.h"
#include "prov/argspec.h"
#include "rec/state.h"

/* By number of the register in machine code: where it is in struct pt_regs. */
static const int16_t reg_off[] = {
	80, 88, 96, 40, 152, 32, 104, 112, 72, 64, 56, 48, 24, 16, 8, 0
};

bool
python_has_tstate(const struct py_site *s)
{
	if (s->place->tstate >= 0)
		return true;
	switch (s->object->py.tls) {
	case CPYTHON_TLS_RUNTIME:
		return true;
	case CPYTHON_TLS_FS:
		return s->fsbase_off != 0;
	case CPYTHON_TLS_GOT:
		return s->fsbase_off != 0 && s->tls_module != 0;
	default:
		return false;
	}
}

bool
python_may_skip(const struct py_site *s)
{
	const struct cpython_layout *l = s->object->py.layout;

	return s->place->only_if_raised || (s->place->is_return && l->init_check != 0) ||
	    (s->place->is_resume && l->code_monitored != 0 && python_has_tstate(s));
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

enum { LINE_TURNS = 512 };	/* entries of a table of lines that are walked */

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

/* The thread's own block: what %fs is in the process. */
static ir_val
peek_fsbase(struct ir_func *f, const struct py_site *s, int place)
{
	ir_val task = ir_call(f, BPF_FUNC_get_current_task, 0), to = ir_fp(f, place);

	ir_storei(f, 8, to, 0, 0);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, to, ir_const(f, 8),
	    ir_bini(f, OP_ADD, task, s->fsbase_off));
	return ir_load(f, 8, ir_fp(f, place), 0);
}

/* The thread state, or 0. */
static ir_val
peek_tstate(struct ir_func *f, const struct py_site *s, ir_val ctx, int place)
{
	enum { FS_DTV = 8, DTV_ENTRY = 16 };
	ir_val v;

	if (s->place->tstate >= 0) {
		v = ir_load(f, 8, ctx, reg_off[s->place->tstate]);
		return s->place->is_tstate_spilled ? peek(f, place, 8, v, s->place->tstate_disp) : v;
	}
	switch (s->object->py.tls) {
	case CPYTHON_TLS_RUNTIME:
		return peek(f, place, 8, ir_const(f, (int64_t)s->tls), 0);
	case CPYTHON_TLS_FS:
		return peek(f, place, 8, peek_fsbase(f, s, place), (int32_t)s->tls);
	default:
		v = peek(f, place, 8, peek_fsbase(f, s, place), FS_DTV);
		v = peek(f, place, 8, v, (int32_t)(DTV_ENTRY * s->tls_module));
		return peek(f, place, 8, v, (int32_t)s->tls);
	}
}

static ir_val
gen_tstate(const struct gen *g)
{
	return peek_tstate(g->f, g->site, g->ctx, ir_frame(g->f, 8));
}

/* Where the frame is: the address of the instruction. */
static ir_val
gen_instr(const struct gen *g, ir_val frame)
{
	const struct handler_place *p = g->site->place;

	return p->instr >= 0 ? ir_load(g->f, 8, g->ctx, reg_off[p->instr])
	    : read_at(g, 8, frame, g->l->frame_instr);
}

enum { RESUME_ARG = 1, RESUME_WHERE = 3 };

/* A frame that is an object says it: it has no instruction yet when it is called, and its stack is
 * kept when it yields. */
static ir_val
gen_why_object(const struct gen *g, ir_val frame)
{
	enum { SUSPENDED = 0xff };
	struct ir_func *f = g->f;
	const struct cpython_layout *l = g->l;
	ir_label done = ir_label_new(f);
	ir_val why = ir_const(f, CPYTHON_RAISE), v;

	ir_jcci(f, OP_JNE, read_at(g, 8, gen_tstate(g), l->tstate_exception), 0, done);
	ir_seti(f, why, CPYTHON_CALL);
	if (!g->site->place->is_return) {
		v = ir_extend(f, read_at(g, 4, frame, l->frame_lasti), 4, true);
		ir_jcci(f, OP_JSLT, v, 0, done);
	} else if (l->frame_state != 0) {
		v = read_at(g, 1, frame, l->frame_state);
		ir_jcci(f, OP_JNE, v, SUSPENDED, done);
	} else {
		v = read_at(g, 8, frame, l->frame_stacktop);
		ir_jcci(f, OP_JEQ, v, 0, done);
	}
	ir_seti(f, why, CPYTHON_YIELD);
	ir_place(f, done);
	return why;
}

/* At a probe of 3.11's own the instruction says what the frame does. */
static ir_val
gen_why_probe(const struct gen *g, ir_val frame)
{
	struct ir_func *f = g->f;
	const struct cpython_layout *l = g->l;
	ir_label done = ir_label_new(f), yields = ir_label_new(f);
	ir_val why = ir_const(f, CPYTHON_RAISE), instr;

	ir_jcci(f, OP_JNE, read_at(g, 8, gen_tstate(g), l->tstate_exception), 0, done);
	instr = read_at(g, 8, frame, l->frame_instr);
	ir_seti(f, why, CPYTHON_CALL);
	if (!g->site->place->is_return) {
		ir_val where = read_at(g, 1, instr, RESUME_ARG);

		ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, where, RESUME_WHERE), 0, done);
	} else {
		ir_val op = read_at(g, 1, instr, 0);

		for (int i = 0; i < CPYTHON_OPS && l->yield[i] != 0; i++)
			ir_jcci(f, OP_JEQ, op, l->yield[i], yields);
		ir_jmp(f, done);
	}
	ir_place(f, yields);
	ir_seti(f, why, CPYTHON_YIELD);
	ir_place(f, done);
	return why;
}

/* A RESUME says in its argument whether it is the first of its call. */
static ir_val
gen_why(const struct gen *g, ir_val frame)
{
	const struct handler_place *p = g->site->place;
	struct ir_func *f = g->f;
	ir_label done;
	ir_val instr, why;

	if (g->l->is_object)
		return gen_why_object(g, frame);
	if (p->frame < 0)
		return gen_why_probe(g, frame);
	if (!p->is_resume)
		return ir_const(f, p->why);
	instr = gen_instr(g, frame);
	why = ir_bini(f, OP_AND, read_at(g, 1, instr, RESUME_ARG), RESUME_WHERE);
	done = ir_label_new(f);
	ir_jcci(f, OP_JEQ, why, 0, done);
	ir_seti(f, why, CPYTHON_YIELD);
	ir_place(f, done);
	return why;
}

/* Where the code of the instruction begins: in the code object, or in a thread's copy. */
static ir_val
gen_bytecode(const struct gen *g, ir_val frame, ir_val code)
{
	enum { COPIES_FIRST = 8, COPY_SHIFT = 3 };
	struct ir_func *f = g->f;
	ir_val begin = ir_bini(f, OP_ADD, code, g->l->code_bytecode), n;
	ir_label done = ir_label_new(f);

	if (g->l->frame_copy == 0)
		return begin;
	n = read_at(g, 4, frame, g->l->frame_copy);
	ir_jcci(f, OP_JEQ, n, 0, done);
	n = ir_bini(f, OP_LSH, n, COPY_SHIFT);
	n = ir_bin(f, OP_ADD, read_at(g, 8, code, g->l->code_copies), n);
	ir_set(f, begin, read_at(g, 8, n, COPIES_FIRST));
	ir_place(f, done);
	return begin;
}

/* How far on in the code the instruction is, in what the table of lines counts. */
static ir_val
gen_units(const struct gen *g, ir_val frame, ir_val code)
{
	enum { UNIT_SHIFT = 1 };
	struct ir_func *f = g->f;
	ir_val v;

	if (g->l->is_object) {
		v = ir_extend(f, read_at(g, 4, frame, g->l->frame_lasti), 4, true);
		return g->l->lines == CPYTHON_DELTAS ? ir_bini(f, OP_LSH, v, UNIT_SHIFT) : v;
	}
	v = ir_bin(f, OP_SUB, gen_instr(g, frame), gen_bytecode(g, frame, code));
	return ir_bini(f, OP_ARSH, v, UNIT_SHIFT);
}

static ir_val
gen_line(const struct gen *g, ir_val frame, ir_val code)
{
	struct ir_func *f = g->f;
	ir_val first = ir_extend(f, read_at(g, 4, code, g->l->code_line), 4, true);
	ir_val table, end, units, is_known;
	ir_label done = ir_label_new(f);

	if (!g->site->place->is_return)
		ir_jcci(f, OP_JEQ, gen_why(g, frame), CPYTHON_CALL, done);
	table = read_at(g, 8, code, g->l->code_lines);
	end = ir_bin(f, OP_ADD, read_at(g, 8, table, g->l->bytes_size), table);
	units = gen_units(g, frame, code);
	ir_store(f, 8, g->st, LINES_at, ir_bini(f, OP_ADD, table, g->l->bytes_data));
	ir_store(f, 8, g->st, LINES_end, ir_bini(f, OP_ADD, end, g->l->bytes_data));
	ir_store(f, 8, g->st, LINES_units, units);
	ir_store(f, 8, g->st, LINES_line, first);
	is_known = ir_fcall(f, lines_ir(f->arena, g->l->lines, LINE_TURNS), 1, g->st);
	ir_jcci(f, OP_JEQ, is_known, 0, done);
	ir_set(f, first, ir_extend(f, ir_load(f, 4, g->st, LINES_line), 4, true));
	ir_place(f, done);
	return first;
}

/* The frame that the thread is in, at a probe of the interpreter's own. */
static ir_val
gen_current(const struct gen *g)
{
	ir_val frame = read_at(g, 8, gen_tstate(g), g->l->tstate_frame);

	return g->l->has_cframe ? read_at(g, 8, frame, g->l->cframe_frame) : frame;
}

void
python_args(struct ir_func *f, const struct py_site *s, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	enum { NEED_CODE = 1 << PY_FILE | 1 << PY_NAME | 1 << PY_LINE | 1 << PY_QUALNAME };
	const struct cpython_layout *l = s->object->py.layout;
	const struct gen g = { f, s, l, ctx, st, fault };
	ir_val frame = s->place->frame >= 0 ? gen_frame(f, s, ctx) : gen_current(&g);
	ir_val code = IR_NONE, v;

	if (mask & NEED_CODE)
		code = ir_bini(f, OP_AND, read_at(&g, 8, frame, l->frame_code), REF_MASK);
	for (int i = 0; i < STATE_NARG; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		switch (i) {
		case PY_FILE:
			v = gen_text(&g, code, l->code_file);
			break;
		case PY_NAME:
			v = gen_text(&g, code, l->code_name);
			break;
		case PY_LINE:
			v = gen_line(&g, frame, code);
			break;
		case PY_QUALNAME:
			v = gen_text(&g, code, l->code_qualname);
			break;
		case PY_FRAME:
			v = frame;
			break;
		case PY_TSTATE:
			v = gen_tstate(&g);
			break;
		case PY_WHY:
			v = gen_why(&g, frame);
			break;
		default:
			v = ir_const(f, 0);
		}
		ir_store(f, 8, st, STATE_arg + 8 * i, v);
	}
}

void
python_enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	const struct site *site = self;

	python_args(f, site->data, ctx, st, mask, fault);
}

/* A RESUME that is executed again: interp/resume.h. */
static void
skip_again(struct ir_func *f, const struct py_site *s, ir_val ctx, ir_val code, int place,
    ir_label none)
{
	enum { EVENTS = 0xff };
	const struct cpython_layout *l = s->object->py.layout;
	ir_val tstate = peek_tstate(f, s, ctx, place), version, copy;
	ir_label fires = ir_label_new(f);

	if (s->place->tstate_copy != 0) {
		copy = peek(f, place, 4, gen_frame(f, s, ctx), l->frame_copy);
		ir_jcc(f, OP_JNE, peek(f, place, 4, tstate, s->place->tstate_copy), copy, none);
	}
	if (l->interp_monitored != 0) {
		version = peek(f, place, 8, tstate, l->tstate_interp);
		version = peek(f, place, 8, version, l->interp_monitored);
	} else {
		version = peek(f, place, 8, tstate, l->tstate_breaker);
		version = ir_bini(f, OP_AND, version, ~(int64_t)EVENTS);
	}
	ir_jcc(f, OP_JEQ, peek(f, place, 8, code, l->code_monitored), version, fires);
	if (l->tstate_tracing == 0)
		ir_jmp(f, none);
	else
		ir_jcci(f, OP_JEQ, peek(f, place, 4, tstate, l->tstate_tracing), 0, none);
	ir_place(f, fires);
}

/* Frames that are left while no exception is raised were counted by their opcode; and the frame
 * below an __init__(), which has code of its own, is no function's. */
void
python_skip(struct ir_func *f, const void *self, ir_val ctx, ir_label none)
{
	const struct site *site = self;
	const struct py_site *s = site->data;
	const struct cpython_layout *l = s->object->py.layout;
	ir_val code = IR_NONE, v;
	int place;

	if (!python_may_skip(s))
		return;
	place = ir_frame(f, 8);
	if (s->place->only_if_raised) {
		v = peek_tstate(f, s, ctx, place);
		ir_jcci(f, OP_JEQ, peek(f, place, 8, v, l->tstate_exception), 0, none);
	}
	if (s->place->is_resume || l->init_check != 0) {
		v = peek(f, place, 8, gen_frame(f, s, ctx), l->frame_code);
		code = ir_bini(f, OP_AND, v, REF_MASK);
	}
	if (s->place->is_resume)
		skip_again(f, s, ctx, code, place, none);
	else if (l->init_check != 0)
		ir_jcci(f, OP_JEQ, peek(f, place, 1, code, l->code_bytecode), l->init_check, none);
}
