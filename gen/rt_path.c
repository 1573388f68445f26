/*
 * Routines that find a part of a string. The result is a range: first byte in the low 32 bits,
 * number of bytes in the high ones.
 */
#include "gen/gen_private.h"

/*
 * One look at a path from left to right: its components are what is between slashes.
 *
 *     /foo/bar///baz/
 *             ^before: the end of the last component but one
 *                ^last
 *                   ^end, 0: no component at all
 *
 * What was seen is kept in the state's scratch, not in registers: there the verifier knows nothing
 * about it, and one pass through the loop is like any other. (With registers it follows every
 * sequence of slashes and letters, more than it can.)
 */
enum { BEFORE = STATE_scratch, LAST = BEFORE + 8, END = LAST + 8, IS_INSIDE = END + 8 };

/* A byte of a component, at i. */
static void
scan_inside(struct ir_func *f, ir_val st, ir_val i)
{
	ir_label same = ir_label_new(f);
	ir_val end;

	ir_jcci(f, OP_JNE, ir_load(f, 8, st, IS_INSIDE), 0, same);
	ir_storei(f, 8, st, IS_INSIDE, 1);
	ir_store(f, 8, st, BEFORE, ir_load(f, 8, st, END));
	ir_store(f, 8, st, LAST, i);
	ir_place(f, same);
	end = ir_bini(f, OP_ADD, i, 1);
	ir_store(f, 8, st, END, end);
}

void
rt_path_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label next = ir_label_new(f), slash = ir_label_new(f), done = ir_label_new(f),
	    out = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), off = ir_arg(f, 1), first = ir_arg(f, 2), at, i, c;

	off = ir_bin(f, OP_ADD, off, first);
	at = rt_state_at(g, f, st, off, bytes, out);
	i = ir_const(f, 0);
	begin = ir_loop_begin(f);
	c = ir_load(f, 1, ir_bin(f, OP_ADD, at, i), 0);
	ir_jcci(f, OP_JEQ, c, 0, done);
	ir_jcci(f, OP_JEQ, c, '/', slash);
	scan_inside(f, st, ir_bin(f, OP_ADD, first, i));
	ir_jmp(f, next);
	ir_place(f, slash);
	ir_storei(f, 8, st, IS_INSIDE, 0);
	ir_place(f, next);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, 0);
	ir_place(f, done);
	ir_reti(f, 1);
}

/* gives: the state, with what was seen of the path at the offset in argument 1. */
static ir_val
scan_path(struct gen *g, struct ir_func *f, ir_label out)
{
	ir_label done = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), first = ir_const(f, 0), is_done;

	ir_zero(f, st, BEFORE, IS_INSIDE + 8 - BEFORE);
	begin = ir_loop_begin(f);
	is_done = ir_fcall(f, gen_rt(g, RT_PATH_PART), 3, ir_arg(f, 0), ir_arg(f, 1), first);
	ir_jcci(f, OP_JNE, is_done, 0, done);
	ir_updi(f, OP_ADD, first, RT_PART);
	ir_loop_end(f, begin, first, (int64_t)rt_parts(g) * RT_PART);
	ir_place(f, done);
	return st;
}

ir_val
rt_range(struct ir_func *f, ir_val first, ir_val count)
{
	count = ir_bini(f, OP_LSH, count, 32);
	return ir_bin(f, OP_OR, count, first);
}

/* The range of a leading slash, or 0 when the path has none. */
static void
ret_root(struct gen *g, struct ir_func *f, ir_val st, ir_label out)
{
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 1), 1, out);

	ir_jcci(f, OP_JNE, ir_load(f, 1, at, 0), '/', out);
	ir_reti(f, INT64_C(1) << 32);
	ir_place(f, out);
	ir_reti(f, 0);
}

void
rt_basename(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), none = ir_label_new(f);
	ir_val st = scan_path(g, f, out), end = ir_load(f, 8, st, END), last;

	ir_jcci(f, OP_JEQ, end, 0, none);
	last = ir_load(f, 8, st, LAST);
	ir_ret(f, rt_range(f, last, ir_bin(f, OP_SUB, end, last)));
	ir_place(f, none);
	ret_root(g, f, st, out);
}

/* What is before the last component's slashes; a path of one component has the root, or nothing. */
void
rt_dirname(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), none = ir_label_new(f);
	ir_val st = scan_path(g, f, out), before = ir_load(f, 8, st, BEFORE);

	ir_jcci(f, OP_JEQ, before, 0, none);
	ir_ret(f, rt_range(f, ir_const(f, 0), before));
	ir_place(f, none);
	ret_root(g, f, st, out);
}

/*
 * As in Perl: a negative index counts from the end, a negative count leaves off that many at the
 * end; the part that is asked for is cut to what there is.
 */
void
rt_substr(struct gen *g, struct ir_func *f)
{
	ir_label from_end = ir_label_new(f), to_end = ir_label_new(f), clip_first = ir_label_new(f),
	    clip_end = ir_label_new(f), none = ir_label_new(f);
	ir_val len = ir_arg(f, 0), first = ir_mov(f, ir_arg(f, 1)), count = ir_arg(f, 2), end;

	(void)g;
	ir_jcci(f, OP_JSGE, first, 0, from_end);
	ir_upd(f, OP_ADD, first, len);
	ir_place(f, from_end);
	end = ir_mov(f, count);
	ir_jcci(f, OP_JSLT, count, 0, to_end);
	ir_set(f, end, first);
	ir_upd(f, OP_ADD, end, count);
	ir_upd(f, OP_SUB, end, len);
	ir_place(f, to_end);
	ir_upd(f, OP_ADD, end, len);
	ir_jcci(f, OP_JSGE, first, 0, clip_first);
	ir_seti(f, first, 0);
	ir_place(f, clip_first);
	ir_jcc(f, OP_JSLE, end, len, clip_end);
	ir_set(f, end, len);
	ir_place(f, clip_end);
	ir_jcc(f, OP_JSGE, first, end, none);
	ir_ret(f, rt_range(f, first, ir_bin(f, OP_SUB, end, first)));
	ir_place(f, none);
	ir_reti(f, 0);
}
