/*
 * cleanpath(): a path without empty components, "." and "..". It is read from its end to its
 * beginning and built likewise, since what a ".." removes is on its left:
 *
 *     /a/b/../c//.
 *          <-- what is read
 *                    . . . b / c NUL
 *                          ^CUR      the component being read, not yet taken
 *                            ^DONE   the result so far, a slash before each component
 *
 * How many components are to be removed is in SKIP. All of it is in the scratch: see rt_path.c.
 */
#include "gen/gen_private.h"

enum { DONE = STATE_scratch, CUR = DONE + 8, SKIP = CUR + 8, DOTS = SKIP + 8 };

/* Text is made in so many bytes; the last is its NUL. A slash more than was read fits too. */
uint32_t
rt_cleanpath_bytes(const struct gen *g)
{
	return gen_string_bytes(g) + 8;
}

/* One byte before what is being read. */
static void
put(struct gen *g, struct ir_func *f, ir_val st, ir_val byte, ir_label out)
{
	ir_val cur = ir_bini(f, OP_SUB, ir_load(f, 8, st, CUR), 1), at;

	cur = ir_bound(f, cur, rt_cleanpath_bytes(g) - 1, out);
	ir_store(f, 8, st, CUR, cur);
	at = rt_state_at(g, f, st, ir_bin(f, OP_ADD, ir_arg(f, 1), cur), 1, out);
	ir_store(f, 1, at, 0, byte);
}

/* A component has been read: "." is dropped, ".." drops another one, others are taken. */
void
rt_clean_end(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), name = ir_label_new(f), drop = ir_label_new(f),
	    take = ir_label_new(f);
	ir_val st = rt_state(f, out), skip;
	ir_val n = ir_bin(f, OP_SUB, ir_load(f, 8, st, DONE), ir_load(f, 8, st, CUR));

	ir_jcci(f, OP_JEQ, n, 0, out);
	skip = ir_load(f, 8, st, SKIP);
	ir_jcc(f, OP_JNE, ir_load(f, 8, st, DOTS), n, name);
	ir_jcci(f, OP_JEQ, n, 1, drop);
	ir_jcci(f, OP_JNE, n, 2, name);
	ir_store(f, 8, st, SKIP, ir_bini(f, OP_ADD, skip, 1));
	ir_jmp(f, drop);
	ir_place(f, name);
	ir_jcci(f, OP_JEQ, skip, 0, take);
	ir_store(f, 8, st, SKIP, ir_bini(f, OP_SUB, skip, 1));
	ir_place(f, drop);
	ir_store(f, 8, st, CUR, ir_load(f, 8, st, DONE));
	ir_jmp(f, out);
	ir_place(f, take);
	put(g, f, st, ir_const(f, '/'), out);
	ir_store(f, 8, st, DONE, ir_load(f, 8, st, CUR));
	ir_place(f, out);
	ir_reti(f, 0);
}

/* Reads what is before argument 3, RT_PART bytes at most. */
void
rt_clean_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), slash = ir_label_new(f), next = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), at, c;
	ir_val is_dot = IR_NONE;

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, i, ir_arg(f, 3), out);
	ir_updi(f, OP_ADD, i, 1);
	at = ir_bin(f, OP_SUB, ir_arg(f, 3), i);
	at = ir_bin(f, OP_ADD, ir_arg(f, 2), at);
	c = ir_load(f, 1, rt_state_at(g, f, st, at, 1, out), 0);
	ir_jcci(f, OP_JEQ, c, '/', slash);
	put(g, f, st, c, out);
	is_dot = ir_bini(f, OP_XOR, c, '.');
	is_dot = ir_bini(f, OP_RSH, ir_bini(f, OP_SUB, is_dot, 1), 63);
	ir_store(f, 8, st, DOTS, ir_bin(f, OP_ADD, ir_load(f, 8, st, DOTS), is_dot));
	ir_jmp(f, next);
	ir_place(f, slash);
	ir_fcall(f, gen_rt(g, RT_CLEAN_END), 2, ir_arg(f, 0), ir_arg(f, 1));
	ir_storei(f, 8, st, DOTS, 0);
	ir_place(f, next);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, 0);
}

static void
read_path(struct gen *g, struct ir_func *f)
{
	ir_label done = ir_label_new(f), begin;
	ir_val end = ir_mov(f, ir_arg(f, 3)), part = ir_const(f, 0);

	begin = ir_loop_begin(f);
	ir_fcall(f, gen_rt(g, RT_CLEAN_PART), 4, ir_arg(f, 0), ir_arg(f, 1), ir_arg(f, 2), end);
	ir_jcci(f, OP_JLE, end, RT_PART, done);
	ir_updi(f, OP_SUB, end, RT_PART);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_place(f, done);
}

/* A relative path that leads up keeps its "..", though not more than RT_PART of them. */
void
rt_clean_up(struct gen *g, struct ir_func *f)
{
	const uint32_t most = g->opts.strsize / 3 + 1;
	ir_label out = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0);

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, i, ir_load(f, 8, st, SKIP), out);
	put(g, f, st, ir_const(f, '.'), out);
	put(g, f, st, ir_const(f, '.'), out);
	put(g, f, st, ir_const(f, '/'), out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, most < RT_PART ? most : RT_PART);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* Gives where the result begins. */
void
rt_cleanpath(struct gen *g, struct ir_func *f)
{
	const uint32_t end = rt_cleanpath_bytes(g) - 1;
	ir_label out = ir_label_new(f), relative = ir_label_new(f), some = ir_label_new(f),
	    done = ir_label_new(f);
	ir_val st = rt_state(f, out), state = ir_arg(f, 0), text = ir_arg(f, 1);
	ir_val first = ir_load(f, 1, rt_state_at(g, f, st, ir_arg(f, 2), 1, out), 0);
	ir_val nul = rt_state_at(g, f, st, text, rt_cleanpath_bytes(g), out);

	ir_storei(f, 1, nul, (int32_t)end, 0);
	ir_storei(f, 8, st, DONE, (int32_t)end);
	ir_storei(f, 8, st, CUR, (int32_t)end);
	ir_storei(f, 8, st, SKIP, 0);
	ir_storei(f, 8, st, DOTS, 0);
	ir_jcci(f, OP_JEQ, first, 0, done);
	read_path(g, f);
	ir_fcall(f, gen_rt(g, RT_CLEAN_END), 2, state, text);
	ir_jcci(f, OP_JNE, first, '/', relative);
	ir_jcci(f, OP_JNE, ir_load(f, 8, st, CUR), end, done);
	put(g, f, st, ir_const(f, '/'), out);
	ir_jmp(f, done);
	ir_place(f, relative);
	ir_fcall(f, gen_rt(g, RT_CLEAN_UP), 2, state, text);
	ir_jcci(f, OP_JNE, ir_load(f, 8, st, CUR), end, some);
	put(g, f, st, ir_const(f, '.'), out);
	ir_jmp(f, done);
	ir_place(f, some);
	ir_store(f, 8, st, CUR, ir_bini(f, OP_ADD, ir_load(f, 8, st, CUR), 1));
	ir_place(f, done);
	ir_ret(f, ir_load(f, 8, st, CUR));
	ir_place(f, out);
	ir_reti(f, 0);
}
