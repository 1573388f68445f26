/*
 * Variables of the Python function that the current thread is in. Where its frame is, is found
 * once in a firing (rt_py_find); without one, strings are empty and numbers 0.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "rec/python.h"

static int32_t
row_off(const struct gen_fn *fn, size_t member)
{
	return (int32_t)(fn->g->layout.python_off + offsetof(struct rec_python_now, row) + member);
}

static int32_t
now_off(const struct gen_fn *fn, size_t member)
{
	return (int32_t)(fn->g->layout.python_off + member);
}

bool
gen_is_python(const struct node *n)
{
	return n->kind == NODE_BUILTIN && (n->bvar == BV_PYCALLER || n->bvar == BV_PYDEPTH
	    || n->bvar == BV_PYFILE || n->bvar == BV_PYFUNC || n->bvar == BV_PYLINE
	    || n->bvar == BV_PYQUALNAME);
}

static bool
is_object(const struct node *n)
{
	return n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC && (n->fn->id == BF_PYARG
	    || n->fn->id == BF_PYITEM || n->fn->id == BF_PYOBJECT);
}

bool
gen_is_python_stack(const struct node *n)
{
	return n->kind == NODE_CALL && n->fn->kind == BUILTIN_ACT && n->fn->id == BA_JSTACK;
}

bool
gen_uses_python(const struct node *n)
{
	return gen_is_python(n) || is_object(n) || gen_is_python_stack(n);
}

static ir_val
call(struct gen_fn *fn, enum rt rt)
{
	return ir_fcall(fn->f, gen_rt(fn->g, rt), 1, ir_load(fn->f, 4, fn->st, STATE_level));
}

/* Jumps when there is none. Else a walk begins at the current function's frame. */
static void
find(struct gen_fn *fn, ir_label none)
{
	fn->uses |= USES_PYTHON;
	ir_jcci(fn->f, OP_JEQ, call(fn, RT_PY_FIND), 0, none);
}

ir_val
gen_python_int(struct gen_fn *fn, const struct node *n)
{
	ir_val v = ir_const(fn->f, 0);
	ir_label none = ir_label_new(fn->f);

	find(fn, none);
	ir_set(fn->f, v, call(fn, n->bvar == BV_PYDEPTH ? RT_PY_DEPTH : RT_PY_LINE));
	ir_place(fn->f, none);
	return v;
}

/* Where the row says where in a code object the string is. */
static size_t
member_of(const struct node *n)
{
	switch (n->bvar) {
	case BV_PYFILE:
		return offsetof(struct rec_python, code_file);
	case BV_PYQUALNAME:
		return offsetof(struct rec_python, code_qualname);
	default:
		return offsetof(struct rec_python, code_name);
	}
}

/* The function that called this one; a walk goes on from where find() began it. */
static void
find_caller(struct gen_fn *fn, ir_label none)
{
	struct ir_func *f = fn->f;

	ir_store(f, 8, fn->st, now_off(fn, offsetof(struct rec_python_now, frame)),
	    ir_load(f, 8, fn->st, now_off(fn, offsetof(struct rec_python_now, previous))));
	ir_jcci(f, OP_JEQ, call(fn, RT_PY_FRAME), 0, none);
}

/* The text of an object as a string in the state; its length. It faults where there is none. */
static void
object_text(struct gen_fn *fn, enum rt rt, ir_val object, int32_t off, ir_val len)
{
	struct ir_func *f = fn->f;
	ir_label ok = ir_label_new(f);
	ir_val state = ir_load(f, 4, fn->st, STATE_level), to = ir_const(f, off);

	ir_set(f, len, ir_fcall(f, gen_rt(fn->g, rt), 3, state, to, object));
	ir_jcci(f, OP_JSGE, len, 0, ok);
	gen_fault(fn, FAULT_BADADDR, object);
	ir_place(f, ok);
}

ir_val
gen_python_string(struct gen_fn *fn, const struct node *n, int32_t off)
{
	const struct gen_at word = gen_state_at(fn, STATE_scratch);
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f);
	ir_val len = ir_const(f, 1), at;

	ir_storei(f, 8, fn->st, off, 0);
	find(fn, none);
	if (n->bvar == BV_PYCALLER)
		find_caller(fn, none);
	at = ir_load(f, 8, fn->st, now_off(fn, offsetof(struct rec_python_now, code)));
	at = ir_bin(f, OP_ADD, at, ir_load(f, 2, fn->st, row_off(fn, member_of(n))));
	gen_read(fn, BPF_FUNC_probe_read_user, word, ir_const(f, 8), at);
	object_text(fn, RT_PY_STR, ir_load(f, 8, word.ptr, word.off), off, len);
	ir_place(f, none);
	return len;
}

/* pyarg(n): empty, where there is none. */
ir_val
gen_pyarg(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f);
	ir_val n = gen_expr(fn, args), len = ir_const(f, 1), state, object;

	ir_storei(f, 8, fn->st, off, 0);
	find(fn, none);
	state = ir_load(f, 4, fn->st, STATE_level);
	object = ir_fcall(f, gen_rt(fn->g, RT_PY_ARG), 2, state, n);
	ir_jcci(f, OP_JEQ, object, 0, none);
	object_text(fn, RT_PY_OBJECT, object, off, len);
	ir_place(f, none);
	return len;
}

/* pyobject(address): empty for NULL. */
ir_val
gen_pyobject(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f);
	ir_val object = ir_mov(f, gen_expr(fn, args)), len = ir_const(f, 1);

	ir_storei(f, 8, fn->st, off, 0);
	ir_jcci(f, OP_JEQ, object, 0, none);
	find(fn, none);
	object_text(fn, RT_PY_OBJECT, object, off, len);
	ir_place(f, none);
	return len;
}

static ir_val
read_word(struct gen_fn *fn, ir_val addr)
{
	const struct gen_at word = gen_state_at(fn, STATE_scratch);

	gen_read(fn, BPF_FUNC_probe_read_user, word, ir_const(fn->f, 8), addr);
	return ir_load(fn->f, 8, word.ptr, word.off);
}

/* pyitem(tuple, n): a tuple has its size, and then its items. Empty, where there is none. */
ir_val
gen_pyitem(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f);
	ir_val at = ir_mov(f, gen_expr(fn, args)), n = ir_mov(f, gen_expr(fn, args->next));
	ir_val len = ir_const(f, 1), object;

	ir_storei(f, 8, fn->st, off, 0);
	ir_jcci(f, OP_JEQ, at, 0, none);
	find(fn, none);
	at = ir_bin(f, OP_ADD, at,
	    ir_load(f, 2, fn->st, row_off(fn, offsetof(struct rec_python, bytes_size))));
	ir_jcc(f, OP_JGE, n, read_word(fn, at), none);
	at = ir_bin(f, OP_ADD, at, ir_bini(f, OP_LSH, n, 3));
	object = read_word(fn, ir_bini(f, OP_ADD, at, 8));
	ir_jcci(f, OP_JEQ, object, 0, none);
	object_text(fn, RT_PY_OBJECT, object, off, len);
	ir_place(f, none);
	return len;
}

void
gen_python_stack(struct gen_fn *fn, int32_t off, uint32_t nframe)
{
	struct ir_func *f = fn->f;
	ir_val state, to;

	fn->uses |= USES_PYTHON;
	gen_zero(fn, gen_state_at(fn, off), 8 * nframe);
	state = ir_load(f, 4, fn->st, STATE_level);
	to = ir_const(f, off);
	ir_fcall(f, gen_rt(fn->g, RT_PY_STACK), 3, state, to, ir_const(f, nframe));
}
