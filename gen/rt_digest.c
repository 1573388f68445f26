/*
 * Routines that make the digest of a tuple; rec/aggr.def says what that is. The digest's four words
 * are in the state, in front of the tuple. rec/aggr.c does the same in C.
 */
#include "gen/gen_private.h"
#include "rec/aggr.h"

enum { DIGEST_BYTES = AGGR_DIGEST_WORDS * 8 };

static void
rotate(struct ir_func *f, ir_val x, int bits)
{
	ir_val high = ir_bini(f, OP_LSH, x, bits);

	ir_updi(f, OP_RSH, x, 64 - bits);
	ir_upd(f, OP_OR, x, high);
}

/* a += b; b = rotated b ^ a */
static void
half_round(struct ir_func *f, ir_val a, ir_val b, int bits)
{
	ir_upd(f, OP_ADD, a, b);
	rotate(f, b, bits);
	ir_upd(f, OP_XOR, b, a);
}

static void
sip_round(struct ir_func *f, const ir_val v[4])
{
	half_round(f, v[0], v[1], 13);
	rotate(f, v[0], 32);
	half_round(f, v[2], v[3], 16);
	half_round(f, v[0], v[3], 21);
	half_round(f, v[2], v[1], 17);
	rotate(f, v[2], 32);
}

static ir_val
load_digest(struct gen *g, struct ir_func *f, ir_val st, ir_val v[4], ir_label out)
{
	ir_val digest = rt_state_at(g, f, st, ir_arg(f, 1), DIGEST_BYTES, out);

	for (int i = 0; i < AGGR_DIGEST_WORDS; i++)
		v[i] = ir_load(f, 8, digest, 8 * i);
	return digest;
}

static void
store_digest(struct ir_func *f, ir_val digest, const ir_val v[4])
{
	for (int i = 0; i < AGGR_DIGEST_WORDS; i++)
		ir_store(f, 8, digest, 8 * i, v[i]);
}

static void
add_word(struct ir_func *f, const ir_val v[4], ir_val word)
{
	ir_upd(f, OP_XOR, v[3], word);
	sip_round(f, v);
	ir_upd(f, OP_XOR, v[0], word);
}

/* The words before `end`, a multiple of 8 and not 0, or as many as a part has. */
static void
add_words(struct gen *g, struct ir_func *f, const ir_val v[4], ir_val at, ir_val end)
{
	const uint32_t room = gen_string_bytes(g);
	ir_label done = ir_label_new(f), begin;
	ir_val i = ir_const(f, 0);

	begin = ir_loop_begin(f);
	add_word(f, v, ir_load(f, 8, ir_bin(f, OP_ADD, at, i), 0));
	ir_updi(f, OP_ADD, i, 8);
	ir_jcc(f, OP_JGE, i, end, done);
	ir_loop_end(f, begin, i, room < RT_PART ? room : RT_PART);
	ir_place(f, done);
}

void
rt_digest_part(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	ir_val st = rt_state(f, out), v[AGGR_DIGEST_WORDS];
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 2), RT_PART, out);
	ir_val digest = load_digest(g, f, st, v, out);

	add_words(g, f, v, at, ir_arg(f, 3));
	store_digest(f, digest, v);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* The same when there are more. */
static void
add_parts(struct gen *g, struct ir_func *f, ir_val end)
{
	ir_label done = ir_label_new(f), begin;
	ir_val off = ir_mov(f, ir_arg(f, 2)), rest = ir_mov(f, end), first = ir_const(f, 0);

	begin = ir_loop_begin(f);
	ir_fcall(f, gen_rt(g, RT_DIGEST_PART), 4, ir_arg(f, 0), ir_arg(f, 1), off, rest);
	ir_jcci(f, OP_JLE, rest, RT_PART, done);
	ir_updi(f, OP_SUB, rest, RT_PART);
	ir_updi(f, OP_ADD, off, RT_PART);
	ir_updi(f, OP_ADD, first, RT_PART);
	ir_loop_end(f, begin, first, gen_string_bytes(g));
	ir_place(f, done);
}

/*
 * The word at `end`, which may have fewer than 8 bytes. It is cut here and not by zeros stored
 * behind it, because a load of what two stores have just made waits for both.
 */
static ir_val
last_word(struct ir_func *f, ir_val at, ir_val end, ir_val len)
{
	ir_val word = ir_load(f, 8, ir_bin(f, OP_ADD, at, end), 0);
	ir_val unused = ir_bini(f, OP_AND, ir_neg(f, len), 7), mask = ir_const(f, -1);

	ir_upd(f, OP_RSH, mask, ir_bini(f, OP_LSH, unused, 3));
	return ir_bin(f, OP_AND, word, mask);
}

/* After the last element: the first two words become the result. */
static void
finish(struct ir_func *f, const ir_val v[4])
{
	ir_updi(f, OP_XOR, v[2], 0xff);
	for (int i = 0; i < 3; i++)
		sip_round(f, v);
	ir_upd(f, OP_XOR, v[0], v[1]);
	ir_set(f, v[1], v[2]);
	ir_upd(f, OP_XOR, v[1], v[3]);
}

/* The last word is read first: the verifier then sees that behind the loop nothing depends on
 * where it ended. */
void
rt_digest(struct gen *g, struct ir_func *f)
{
	const uint32_t room = gen_string_bytes(g);
	ir_label out = ir_label_new(f), add_last = ir_label_new(f), store = ir_label_new(f);
	ir_val st = rt_state(f, out), len = ir_arg(f, 3), v[AGGR_DIGEST_WORDS];
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 2), room + 8, out);
	ir_val end = ir_bound(f, ir_bini(f, OP_SUB, len, 1), room - 1, out), last, digest;

	end = ir_bini(f, OP_AND, end, -8);
	last = last_word(f, at, end, len);
	if (room > RT_PART) {
		ir_jcci(f, OP_JEQ, end, 0, add_last);
		add_parts(g, f, end);
		ir_place(f, add_last);
		digest = load_digest(g, f, st, v, out);
	} else {
		digest = load_digest(g, f, st, v, out);
		ir_jcci(f, OP_JEQ, end, 0, add_last);
		add_words(g, f, v, at, end);
		ir_place(f, add_last);
	}
	add_word(f, v, last);
	ir_jcci(f, OP_JEQ, ir_arg(f, 4), 0, store);
	finish(f, v);
	ir_place(f, store);
	store_digest(f, digest, v);
	ir_place(f, out);
	ir_reti(f, 0);
}
