/*
 * Routines that look for something in a string: another one, or bytes of a set.
 */
#include "gen/gen_private.h"

/* ---- strings in strings ---- */

/* 1: the second string is how the first begins; 0: not; 2: so far, RT_PART bytes. */
void
rt_prefix_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), yes = ir_label_new(f), begin;
	ir_val st = rt_state(f, out);
	ir_val a = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);
	ir_val b = rt_state_at(g, f, st, ir_arg(f, 2), bytes, out);
	ir_val i = ir_const(f, 0), ca, cb;

	begin = ir_loop_begin(f);
	cb = ir_load(f, 1, ir_bin(f, OP_ADD, b, i), 0);
	ir_jcci(f, OP_JEQ, cb, 0, yes);
	ca = ir_load(f, 1, ir_bin(f, OP_ADD, a, i), 0);
	ir_jcc(f, OP_JNE, ca, cb, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_reti(f, 2);
	ir_place(f, yes);
	ir_reti(f, 1);
	ir_place(f, out);
	ir_reti(f, 0);
}

void
rt_prefix(struct gen *g, struct ir_func *f)
{
	rt_by_parts(g, f, RT_PREFIX_PART, 1);
}

/* Looks at `count` places, from one to the next by `step`; gives the number of the first where
 * the needle is, or -1. */
void
rt_find_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	struct ir_func *prefix = gen_rt(g, rt_parts(g) > 1 ? RT_PREFIX : RT_PREFIX_PART);
	ir_label out = ir_label_new(f), next = ir_label_new(f), found = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), off = ir_mov(f, ir_arg(f, 1)), i = ir_const(f, 0), at, is;
	ir_val first = ir_load(f, 1, rt_state_at(g, f, st, ir_arg(f, 2), 1, out), 0);

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, i, ir_arg(f, 3), out);
	at = rt_state_at(g, f, st, off, 1, out);
	ir_jcc(f, OP_JNE, ir_load(f, 1, at, 0), first, next);
	is = ir_fcall(f, prefix, 3, ir_arg(f, 0), off, ir_arg(f, 2));
	ir_jcci(f, OP_JNE, is, 0, found);
	ir_place(f, next);
	ir_upd(f, OP_ADD, off, ir_arg(f, 4));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, -1);
	ir_place(f, found);
	ir_ret(f, i);
}

/* The first of `count` places, from `pos` on by `step`, where the needle is, or -1. */
static void
find(struct gen *g, struct ir_func *f, ir_val pos, ir_val count, int step)
{
	ir_label none = ir_label_new(f), found = ir_label_new(f), begin;
	ir_val part = ir_const(f, 0), by = ir_const(f, step), at, got;

	begin = ir_loop_begin(f);
	at = ir_bin(f, OP_ADD, ir_arg(f, 1), pos);
	got = ir_fcall(f, gen_rt(g, RT_FIND_PART), 5, ir_arg(f, 0), at, ir_arg(f, 2), count, by);
	ir_jcci(f, OP_JSGE, got, 0, found);
	ir_jcci(f, OP_JSLE, count, RT_PART, none);
	ir_updi(f, OP_SUB, count, RT_PART);
	ir_updi(f, OP_ADD, pos, step * RT_PART);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_place(f, none);
	ir_reti(f, -1);
	ir_place(f, found);
	if (step < 0)
		got = ir_neg(f, got);
	ir_ret(f, ir_bin(f, OP_ADD, pos, got));
}

/* Signed. */
static void
at_most(struct ir_func *f, ir_val v, ir_val max)
{
	ir_label ok = ir_label_new(f);

	ir_jcc(f, OP_JSLE, v, max, ok);
	ir_set(f, v, max);
	ir_place(f, ok);
}

/* Arguments 3 and 4: both lengths, and where to begin. */
struct lengths {
	ir_val hay, needle;
};

static struct lengths
unpack_lengths(struct ir_func *f)
{
	return (struct lengths){
		ir_extend(f, ir_arg(f, 3), 4, false), ir_bini(f, OP_RSH, ir_arg(f, 3), 32),
	};
}

/* The empty string is everywhere, also at the end. */
static void
ret_if_empty(struct ir_func *f, struct lengths len, ir_val pos)
{
	ir_label some = ir_label_new(f);

	ir_jcci(f, OP_JNE, len.needle, 0, some);
	at_most(f, pos, len.hay);
	ir_ret(f, pos);
	ir_place(f, some);
}

void
rt_index(struct gen *g, struct ir_func *f)
{
	ir_label from_start = ir_label_new(f), some = ir_label_new(f);
	struct lengths len = unpack_lengths(f);
	ir_val pos = ir_mov(f, ir_arg(f, 4)), count = ir_bin(f, OP_SUB, len.hay, len.needle);

	ir_jcci(f, OP_JSGE, pos, 0, from_start);
	ir_seti(f, pos, 0);
	ir_place(f, from_start);
	ret_if_empty(f, len, pos);
	ir_updi(f, OP_ADD, count, 1);
	ir_upd(f, OP_SUB, count, pos);
	ir_jcci(f, OP_JSGT, count, 0, some);
	ir_reti(f, -1);
	ir_place(f, some);
	find(g, f, pos, count, 1);
}

void
rt_rindex(struct gen *g, struct ir_func *f)
{
	ir_label none = ir_label_new(f), some = ir_label_new(f);
	struct lengths len = unpack_lengths(f);
	ir_val pos = ir_mov(f, ir_arg(f, 4));

	ir_jcci(f, OP_JSLT, pos, 0, none);
	ret_if_empty(f, len, pos);
	at_most(f, pos, ir_bin(f, OP_SUB, len.hay, len.needle));
	ir_jcci(f, OP_JSGE, pos, 0, some);
	ir_place(f, none);
	ir_reti(f, -1);
	ir_place(f, some);
	find(g, f, pos, ir_bini(f, OP_ADD, pos, 1), -1);
}

/* ---- sets of bytes: a bit for each, in the scratch ---- */

/* The word of byte c's bit, and the bit's number in it: a shift does the modulo. */
static ir_val
set_word(struct ir_func *f, ir_val st, ir_val c)
{
	ir_val at = ir_bini(f, OP_AND, ir_bini(f, OP_RSH, c, 3), RT_SET_BYTES - 8);

	return ir_bin(f, OP_ADD, st, at);
}

/* Adds a string's bytes to the set; 1: its end was among them. */
void
rt_set_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), done = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), c, word, bit;
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);

	begin = ir_loop_begin(f);
	c = ir_load(f, 1, ir_bin(f, OP_ADD, at, i), 0);
	ir_jcci(f, OP_JEQ, c, 0, done);
	word = set_word(f, st, c);
	bit = ir_bin(f, OP_LSH, ir_const(f, 1), c);
	ir_store(f, 8, word, RT_SET, ir_bin(f, OP_OR, ir_load(f, 8, word, RT_SET), bit));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, 0);
	ir_place(f, done);
	ir_reti(f, 1);
}

/* The first byte from `first` on that is in the set, or not, as argument 3 says to go on; -1:
 * there is none in this part. */
void
rt_span_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), found = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), c, is;
	ir_val off = ir_bin(f, OP_ADD, ir_arg(f, 1), ir_arg(f, 2));
	ir_val at = rt_state_at(g, f, st, off, bytes, out);

	begin = ir_loop_begin(f);
	c = ir_load(f, 1, ir_bin(f, OP_ADD, at, i), 0);
	ir_jcci(f, OP_JEQ, c, 0, found);
	is = ir_bin(f, OP_RSH, ir_load(f, 8, set_word(f, st, c), RT_SET), c);
	is = ir_bini(f, OP_AND, is, 1);
	ir_jcc(f, OP_JNE, is, ir_arg(f, 3), found);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, -1);
	ir_place(f, found);
	ir_ret(f, ir_bin(f, OP_ADD, ir_arg(f, 2), i));
}

void
rt_span(struct gen *g, struct ir_func *f)
{
	ir_label found = ir_label_new(f), begin;
	ir_val first = ir_mov(f, ir_arg(f, 2)), part = ir_const(f, 0), got;

	begin = ir_loop_begin(f);
	got = ir_fcall(f, gen_rt(g, RT_SPAN_PART), 4, ir_arg(f, 0), ir_arg(f, 1), first,
	    ir_arg(f, 3));
	ir_jcci(f, OP_JSGE, got, 0, found);
	ir_updi(f, OP_ADD, first, RT_PART);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_seti(f, got, 0);
	ir_place(f, found);
	ir_ret(f, got);
}

static void
make_set(struct gen *g, struct ir_func *f, ir_val st, ir_val off)
{
	ir_label done = ir_label_new(f), begin;
	ir_val at = ir_mov(f, off), part = ir_const(f, 0);

	ir_zero(f, st, RT_SET, RT_SET_BYTES);
	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JNE, ir_fcall(f, gen_rt(g, RT_SET_PART), 2, ir_arg(f, 0), at), 0, done);
	ir_updi(f, OP_ADD, at, RT_PART);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_place(f, done);
}

/*
 * The next token: a range, or 0 when there is none. Argument 1 is where the clause remembers a
 * string: 1 + where to go on in it, 8 bytes, and its text.
 */
void
rt_strtok(struct gen *g, struct ir_func *f)
{
	const uint32_t room = gen_string_bytes(g);
	ir_label out = ir_label_new(f), at_end = ir_label_new(f);
	ir_val st = rt_state(f, out), state = ir_arg(f, 0);
	ir_val saved = rt_state_at(g, f, st, ir_arg(f, 1), 8 + room, out);
	ir_val text = ir_bini(f, OP_ADD, ir_arg(f, 1), 8);
	ir_val pos, first, end, next;

	make_set(g, f, st, ir_arg(f, 2));
	pos = ir_bini(f, OP_SUB, ir_load(f, 8, saved, 0), 1);
	first = ir_fcall(f, gen_rt(g, RT_SPAN), 4, state, text, pos, ir_const(f, 1));
	end = ir_fcall(f, gen_rt(g, RT_SPAN), 4, state, text, first, ir_const(f, 0));
	end = ir_bound(f, end, room - 1, out);
	next = ir_mov(f, end);
	ir_jcci(f, OP_JEQ, ir_load(f, 1, ir_bin(f, OP_ADD, saved, end), 8), 0, at_end);
	ir_updi(f, OP_ADD, next, 1);
	ir_place(f, at_end);
	ir_store(f, 8, saved, 0, ir_bini(f, OP_ADD, next, 1));
	ir_jcc(f, OP_JLE, end, first, out);
	ir_ret(f, rt_range(f, first, ir_bin(f, OP_SUB, end, first)));
	ir_place(f, out);
	ir_reti(f, 0);
}
