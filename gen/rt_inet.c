/*
 * Routines that spell network addresses. Text is appended in the state; where it ends is kept in
 * the scratch, since in a register every length would be another path for the verifier.
 */
#include "gen/gen_private.h"

enum {
	POS = STATE_scratch,	/* bytes of text so far */
	RUN = POS + 8,		/* groups of zeros up to here */
	BEST = RUN + 8,		/* the longest such run … */
	BEST_AT = BEST + 8,	/* … and where it begins */
};
enum { GROUPS = 8, GROUPS_BEFORE_V4 = 6, MAPPED = 0xffff };

/* The text has room for RT_ADDRESS_BYTES, a power of 2. */
static void
put(struct ir_func *f, ir_val st, ir_val text, ir_val byte)
{
	ir_val pos = ir_load(f, 8, st, POS), at = ir_bini(f, OP_AND, pos, RT_ADDRESS_BYTES - 1);

	ir_store(f, 1, ir_bin(f, OP_ADD, text, at), 0, byte);
	ir_store(f, 8, st, POS, ir_bini(f, OP_ADD, pos, 1));
}

static void
puti(struct ir_func *f, ir_val st, ir_val text, int byte)
{
	put(f, st, text, ir_const(f, byte));
}

/* The lowest four bits of v as a digit: letters are 39 characters behind what follows '9'. */
static ir_val
hex_digit(struct ir_func *f, ir_val v)
{
	ir_val d = ir_bini(f, OP_AND, v, 15), is_digit;

	is_digit = ir_bini(f, OP_RSH, ir_bini(f, OP_SUB, d, 10), 63);
	d = ir_bini(f, OP_ADD, d, 'a' - 10);
	return ir_bin(f, OP_SUB, d, ir_bini(f, OP_MUL, is_digit, 'a' - 10 - '0'));
}

/* ---- IPv4 ---- */

static void
put_byte(struct ir_func *f, ir_val st, ir_val text, ir_val v)
{
	ir_label two = ir_label_new(f), one = ir_label_new(f);
	ir_val d;

	ir_jcci(f, OP_JLT, v, 100, two);
	d = ir_bini(f, OP_DIV, v, 100);
	put(f, st, text, ir_bini(f, OP_ADD, d, '0'));
	ir_place(f, two);
	ir_jcci(f, OP_JLT, v, 10, one);
	d = ir_bini(f, OP_MOD, ir_bini(f, OP_DIV, v, 10), 10);
	put(f, st, text, ir_bini(f, OP_ADD, d, '0'));
	ir_place(f, one);
	put(f, st, text, ir_bini(f, OP_ADD, ir_bini(f, OP_MOD, v, 10), '0'));
}

void
rt_ipv4(struct gen *g, struct ir_func *f)
{
	enum { BYTES = 4 };
	ir_label out = ir_label_new(f), first = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0);
	ir_val from = rt_state_at(g, f, st, ir_arg(f, 1), BYTES, out);
	ir_val text = rt_state_at(g, f, st, ir_arg(f, 2), RT_ADDRESS_BYTES, out);

	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JEQ, i, 0, first);
	puti(f, st, text, '.');
	ir_place(f, first);
	put_byte(f, st, text, ir_load(f, 1, ir_bin(f, OP_ADD, from, i), 0));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, BYTES);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- IPv6 ---- */

/* The longest run of groups that are 0, the first of several. */
void
rt_ipv6_run(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), zero = ir_label_new(f), next = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), run, group;
	ir_val from = rt_state_at(g, f, st, ir_arg(f, 1), 2 * GROUPS, out);

	ir_zero(f, st, RUN, BEST_AT + 8 - RUN);
	begin = ir_loop_begin(f);
	group = ir_load(f, 2, ir_bin(f, OP_ADD, from, ir_bini(f, OP_LSH, i, 1)), 0);
	ir_updi(f, OP_ADD, i, 1);
	ir_jcci(f, OP_JEQ, group, 0, zero);
	ir_storei(f, 8, st, RUN, 0);
	ir_jmp(f, next);
	ir_place(f, zero);
	run = ir_bini(f, OP_ADD, ir_load(f, 8, st, RUN), 1);
	ir_store(f, 8, st, RUN, run);
	ir_jcc(f, OP_JLE, run, ir_load(f, 8, st, BEST), next);
	ir_store(f, 8, st, BEST, run);
	ir_store(f, 8, st, BEST_AT, ir_bin(f, OP_SUB, i, run));
	ir_place(f, next);
	ir_loop_end(f, begin, i, GROUPS);
	ir_place(f, out);
	ir_reti(f, 0);
}

static void
put_group(struct ir_func *f, ir_val st, ir_val text, ir_val at)
{
	ir_val v = ir_bini(f, OP_LSH, ir_load(f, 1, at, 0), 8);

	v = ir_bin(f, OP_OR, v, ir_load(f, 1, at, 1));
	for (int shift = 12; shift >= 0; shift -= 4) {
		ir_label skip = ir_label_new(f);

		if (shift > 0)
			ir_jcci(f, OP_JLT, v, INT64_C(1) << shift, skip);
		put(f, st, text, hex_digit(f, ir_bini(f, OP_RSH, v, shift)));
		ir_place(f, skip);
	}
}

/* The first groups, as many as argument 3 says; two colons for the run, if it has two or more. */
void
rt_ipv6_groups(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), show = ir_label_new(f), first = ir_label_new(f),
	    next = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), in_run;
	ir_val from = rt_state_at(g, f, st, ir_arg(f, 1), 2 * GROUPS, out);
	ir_val text = rt_state_at(g, f, st, ir_arg(f, 2), RT_ADDRESS_BYTES, out);

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, i, ir_arg(f, 3), out);
	ir_jcci(f, OP_JLT, ir_load(f, 8, st, BEST), 2, show);
	in_run = ir_bin(f, OP_SUB, i, ir_load(f, 8, st, BEST_AT));
	ir_jcc(f, OP_JGE, in_run, ir_load(f, 8, st, BEST), show);
	ir_jcci(f, OP_JNE, in_run, 0, next);
	puti(f, st, text, ':');
	ir_jmp(f, next);
	ir_place(f, show);
	ir_jcci(f, OP_JEQ, i, 0, first);
	puti(f, st, text, ':');
	ir_place(f, first);
	put_group(f, st, text, ir_bin(f, OP_ADD, from, ir_bini(f, OP_LSH, i, 1)));
	ir_place(f, next);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, GROUPS);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* Jumps to `other` unless the last 32 bits are an IPv4 address: compatible or mapped. */
static void
check_v4(struct ir_func *f, ir_val st, ir_val from, ir_label other)
{
	ir_label yes = ir_label_new(f);
	ir_val best = ir_load(f, 8, st, BEST);

	ir_jcci(f, OP_JNE, ir_load(f, 8, st, BEST_AT), 0, other);
	ir_jcci(f, OP_JEQ, best, GROUPS_BEFORE_V4, yes);
	ir_jcci(f, OP_JNE, best, GROUPS_BEFORE_V4 - 1, other);
	ir_jcci(f, OP_JNE, ir_load(f, 2, from, 2 * (GROUPS_BEFORE_V4 - 1)), MAPPED, other);
	ir_place(f, yes);
}

void
rt_ipv6(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), bare = ir_label_new(f), plain = ir_label_new(f);
	ir_val st = rt_state(f, out), state = ir_arg(f, 0), src = ir_arg(f, 1), dst = ir_arg(f, 2);
	ir_val from, text, v4, end;

	ir_fcall(f, gen_rt(g, RT_IPV6_RUN), 2, state, src);
	from = rt_state_at(g, f, st, src, 2 * GROUPS, out);
	text = rt_state_at(g, f, st, dst, RT_ADDRESS_BYTES, out);
	check_v4(f, st, from, plain);
	ir_jcci(f, OP_JEQ, ir_arg(f, 3), 0, bare);
	ir_fcall(f, gen_rt(g, RT_IPV6_GROUPS), 4, state, src, dst, ir_const(f, GROUPS_BEFORE_V4));
	puti(f, st, text, ':');
	ir_place(f, bare);
	v4 = ir_bini(f, OP_ADD, src, 2 * GROUPS_BEFORE_V4);
	ir_fcall(f, gen_rt(g, RT_IPV4), 3, state, v4, dst);
	ir_jmp(f, out);
	ir_place(f, plain);
	ir_fcall(f, gen_rt(g, RT_IPV6_GROUPS), 4, state, src, dst, ir_const(f, GROUPS));
	ir_jcci(f, OP_JLT, ir_load(f, 8, st, BEST), 2, out);
	end = ir_bin(f, OP_ADD, ir_load(f, 8, st, BEST), ir_load(f, 8, st, BEST_AT));
	ir_jcci(f, OP_JNE, end, GROUPS, out);
	puti(f, st, text, ':');
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- link level ---- */

/* Bytes, as many as argument 3 says, with colons between. */
void
rt_hex(struct gen *g, struct ir_func *f)
{
	enum { BYTES_MAX = 20 };
	ir_label out = ir_label_new(f), first = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), v;
	ir_val from = rt_state_at(g, f, st, ir_arg(f, 1), BYTES_MAX, out);
	ir_val text = rt_state_at(g, f, st, ir_arg(f, 2), RT_ADDRESS_BYTES, out);

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JGE, i, ir_arg(f, 3), out);
	ir_jcci(f, OP_JEQ, i, 0, first);
	puti(f, st, text, ':');
	ir_place(f, first);
	v = ir_load(f, 1, ir_bin(f, OP_ADD, from, i), 0);
	put(f, st, text, hex_digit(f, ir_bini(f, OP_RSH, v, 4)));
	put(f, st, text, hex_digit(f, v));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, BYTES_MAX);
	ir_place(f, out);
	ir_reti(f, 0);
}
