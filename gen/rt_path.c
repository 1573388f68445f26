/*
 * Routines that find a part of a string. The result is a range: first byte in the low 32 bits,
 * number of bytes in the high ones.
 */
#include "gen/gen_private.h"

/*
 * One look at a path from left to right: its components are what is between slashes.
 *
 *     /foo/bar///baz/
 *             ^before the last component's slashes
 *                ^last    ^end
 */
struct path {
	ir_val at;			/* address of the first byte */
	ir_val before, last, end;	/* end 0: no component at all */
};

static struct path
scan_path(struct gen *g, struct ir_func *f, ir_label out)
{
	ir_label next = ir_label_new(f), done = ir_label_new(f), slash = ir_label_new(f),
	    same = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), off, i, is_inside, c;
	struct path p;

	off = ir_bound(f, ir_arg(f, 1), g->layout.bytes - gen_string_bytes(g), out);
	p.at = ir_bin(f, OP_ADD, st, off);
	p.before = ir_const(f, 0);
	p.last = ir_const(f, 0);
	p.end = ir_const(f, 0);
	is_inside = ir_const(f, 0);
	i = ir_const(f, 0);
	begin = ir_loop_begin(f);
	c = ir_load(f, 1, ir_bin(f, OP_ADD, p.at, i), 0);
	ir_jcci(f, OP_JEQ, c, 0, done);
	ir_jcci(f, OP_JEQ, c, '/', slash);
	ir_jcci(f, OP_JNE, is_inside, 0, same);
	ir_seti(f, is_inside, 1);
	ir_set(f, p.before, p.end);
	ir_set(f, p.last, i);
	ir_place(f, same);
	ir_set(f, p.end, i);
	ir_updi(f, OP_ADD, p.end, 1);
	ir_jmp(f, next);
	ir_place(f, slash);
	ir_seti(f, is_inside, 0);
	ir_place(f, next);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, g->opts.strsize);
	ir_place(f, done);
	return p;
}

static void
ret_range(struct ir_func *f, ir_val first, ir_val count)
{
	count = ir_bini(f, OP_LSH, count, 32);
	ir_ret(f, ir_bin(f, OP_OR, count, first));
}

/* The range of a leading slash, or 0 when the path has none. */
static void
ret_root(struct ir_func *f, const struct path *p, ir_label out)
{
	ir_jcci(f, OP_JNE, ir_load(f, 1, p->at, 0), '/', out);
	ret_range(f, ir_const(f, 0), ir_const(f, 1));
	ir_place(f, out);
	ir_reti(f, 0);
}

void
rt_basename(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), none = ir_label_new(f);
	struct path p = scan_path(g, f, out);

	ir_jcci(f, OP_JEQ, p.end, 0, none);
	ret_range(f, p.last, ir_bin(f, OP_SUB, p.end, p.last));
	ir_place(f, none);
	ret_root(f, &p, out);
}

void
rt_dirname(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), none = ir_label_new(f);
	struct path p = scan_path(g, f, out);

	ir_jcci(f, OP_JEQ, p.before, 0, none);
	ret_range(f, ir_const(f, 0), p.before);
	ir_place(f, none);
	ret_root(f, &p, out);
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
	ret_range(f, first, ir_bin(f, OP_SUB, end, first));
	ir_place(f, none);
	ir_reti(f, 0);
}
