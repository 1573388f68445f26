/*
 * Routines that make text of CPython's objects: strings, and what the arguments of a function are.
 */
#include <linux/bpf.h>

#include "gen/rt_python.h"

enum { EFAULT_RESULT = -14 };

/* ---- strings ---- */

/* What rt_py_utf8() remembers, in the scratch. */
enum { UTF8_char = STATE_scratch, UTF8_from = STATE_scratch + 8, UTF8_left = STATE_scratch + 16,
	UTF8_at = STATE_scratch + 24 };

/* A byte of the text, and how far it has come. */
static void
put(struct ir_func *f, ir_val st, ir_val to, ir_val at, ir_val c, int shift, int mask, int lead)
{
	ir_val byte = shift != 0 ? ir_bini(f, OP_RSH, c, shift) : ir_mov(f, c);

	byte = ir_bini(f, OP_OR, ir_bini(f, OP_AND, byte, mask), lead);
	ir_store(f, 1, ir_bin(f, OP_ADD, to, at), 0, byte);
	ir_updi(f, OP_ADD, at, 1);
	ir_store(f, 8, st, UTF8_at, at);
}

/* One character as UTF-8, of 1 to 4 bytes. */
static void
put_char(struct ir_func *f, ir_val st, ir_val to, ir_val at, ir_val c)
{
	enum { TAIL = 0x3f, TAIL_LEAD = 0x80 };
	ir_label two = ir_label_new(f), three = ir_label_new(f), four = ir_label_new(f),
	    tail2 = ir_label_new(f), tail1 = ir_label_new(f), done = ir_label_new(f);

	ir_jcci(f, OP_JGE, c, 0x10000, four);
	ir_jcci(f, OP_JGE, c, 0x800, three);
	ir_jcci(f, OP_JGE, c, 0x80, two);
	put(f, st, to, at, c, 0, 0x7f, 0);
	ir_jmp(f, done);
	ir_place(f, two);
	put(f, st, to, at, c, 6, 0x1f, 0xc0);
	ir_jmp(f, tail1);
	ir_place(f, three);
	put(f, st, to, at, c, 12, 0xf, 0xe0);
	ir_jmp(f, tail2);
	ir_place(f, four);
	put(f, st, to, at, c, 18, 7, 0xf0);
	put(f, st, to, at, c, 12, TAIL, TAIL_LEAD);
	ir_place(f, tail2);
	put(f, st, to, at, c, 6, TAIL, TAIL_LEAD);
	ir_place(f, tail1);
	put(f, st, to, at, c, 0, TAIL, TAIL_LEAD);
	ir_place(f, done);
}

/* Goes on with the characters that are left, as far as one loop does; 1: that is all. */
void
rt_py_utf8_part(struct gen *g, struct ir_func *f)
{
	enum { TURNS = 64, CHAR_MAX_BYTES = 4 };
	const uint32_t strsize = g->opts.strsize;
	const uint32_t last = strsize > CHAR_MAX_BYTES ? strsize - CHAR_MAX_BYTES - 1 : 0;
	ir_label out = ir_label_new(f), end = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val to = rt_state_at(g, f, w.st, ir_arg(f, 1), gen_string_bytes(g) + CHAR_MAX_BYTES, out);
	ir_val unit = ir_bound(f, ir_arg(f, 2), CHAR_MAX_BYTES, out), i = ir_const(f, 0), at, v;

	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JEQ, ir_load(f, 8, w.st, UTF8_left), 0, end);
	at = ir_mov(f, ir_bound(f, ir_load(f, 8, w.st, UTF8_at), last, end));
	ir_storei(f, 8, w.st, UTF8_char, 0);
	v = ir_call(f, BPF_FUNC_probe_read_user, 3, ir_bini(f, OP_ADD, w.st, UTF8_char), unit,
	    ir_load(f, 8, w.st, UTF8_from));
	ir_jcci(f, OP_JNE, v, 0, out);
	put_char(f, w.st, to, at, ir_load(f, 4, w.st, UTF8_char));
	ir_store(f, 8, w.st, UTF8_from, ir_bin(f, OP_ADD, ir_load(f, 8, w.st, UTF8_from), unit));
	v = ir_load(f, 8, w.st, UTF8_left);
	ir_store(f, 8, w.st, UTF8_left, ir_bini(f, OP_SUB, v, 1));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, TURNS);
	ir_reti(f, 0);
	ir_place(f, end);
	ir_reti(f, 1);
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/* Characters of so many bytes, until the string is full. */
void
rt_py_utf8(struct gen *g, struct ir_func *f)
{
	enum { PARTS = 64 };
	ir_label out = ir_label_new(f), done = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val to = rt_state_at(g, f, w.st, ir_arg(f, 1), gen_string_bytes(g), out);
	ir_val i = ir_const(f, 0), v, at;

	ir_store(f, 8, w.st, UTF8_from, ir_arg(f, 3));
	ir_store(f, 8, w.st, UTF8_left, ir_arg(f, 4));
	ir_storei(f, 8, w.st, UTF8_at, 0);
	begin = ir_loop_begin(f);
	v = ir_fcall(f, gen_rt(g, RT_PY_UTF8_PART), 3, ir_arg(f, 0), ir_arg(f, 1), ir_arg(f, 2));
	ir_jcci(f, OP_JSLT, v, 0, out);
	ir_jcci(f, OP_JNE, v, 0, done);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, PARTS);
	ir_place(f, done);
	at = ir_bound(f, ir_load(f, 8, w.st, UTF8_at), g->opts.strsize - 1, out);
	ir_storei(f, 1, ir_bin(f, OP_ADD, to, at), 0, 0);
	ir_ret(f, ir_bini(f, OP_ADD, at, 1));
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/* ASCII text is behind the object's header. Of others the characters are behind a longer one; old
 * kinds of strings have only what the program has asked for as UTF-8. */
void
rt_py_str(struct gen *g, struct ir_func *f)
{
	enum { UNIT = 7 };
	ir_label out = ir_label_new(f), read = ir_label_new(f), convert = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val to = rt_state_at(g, f, w.st, ir_arg(f, 1), gen_string_bytes(g), out);
	ir_val str = ir_arg(f, 2), bits, flag, text, unit, n;

	bits = py_member(&w, 4, str, ROW(str_state));
	text = ir_bin(f, OP_ADD, str, py_row(&w, ROW(str_ascii)));
	flag = ir_bini(f, OP_AND, ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_ascii_bit))), 1);
	ir_jcci(f, OP_JNE, flag, 0, read);
	flag = ir_bini(f, OP_AND, ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_compact_bit))), 1);
	ir_jcci(f, OP_JNE, flag, 0, convert);
	ir_set(f, text, py_member(&w, 8, str, ROW(str_utf8)));
	ir_place(f, read);
	ir_ret(f, ir_call(f, BPF_FUNC_probe_read_user_str, 3, to, ir_const(f, g->opts.strsize),
	    text));
	ir_place(f, convert);
	unit = ir_bini(f, OP_AND, ir_bin(f, OP_RSH, bits, py_row(&w, ROW(str_kind_bit))), UNIT);
	n = py_member(&w, 8, str, ROW(bytes_size));
	text = ir_bin(f, OP_ADD, str, py_row(&w, ROW(str_compact)));
	ir_ret(f, ir_fcall(f, gen_rt(g, RT_PY_UTF8), 5, ir_arg(f, 0), ir_arg(f, 1), unit, text, n));
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/* ---- numbers ---- */

static ir_val
now_ptr(const struct py_walk *w, int32_t off)
{
	return ir_bini(w->f, OP_ADD, w->now, off);
}

/* The decimal digits of a number to now.text at `at`, a value up to `max`; gives where they end. */
static ir_val
put_number(struct gen *g, const struct py_walk *w, ir_val v, ir_val at, uint32_t max, ir_label out)
{
	struct ir_func *f = w->f;
	ir_val to = ir_const(f, (int64_t)g->layout.python_off + NOW(digits)), pos, from, len;

	pos = ir_fcall(f, gen_rt(g, RT_LLTOSTR), 4, ir_arg(f, 0), to, v, ir_const(f, 10));
	pos = ir_bound(f, pos, PYTHON_DIGITS_BYTES - 1, out);
	from = ir_bini(f, OP_ADD, ir_bin(f, OP_ADD, w->now, pos), NOW(digits));
	at = ir_bound(f, at, max, out);
	to = ir_bini(f, OP_ADD, ir_bin(f, OP_ADD, w->now, at), NOW(text));
	len = ir_call(f, BPF_FUNC_probe_read_kernel_str, 3, to,
	    ir_const(f, PYTHON_DIGITS_BYTES / 2), from);
	return ir_bini(f, OP_SUB, ir_bin(f, OP_ADD, at, len), 1);
}

/* now.text as the result. */
static ir_val
copy_text(struct gen *g, const struct py_walk *w, ir_label out)
{
	struct ir_func *f = w->f;
	ir_val to = rt_state_at(g, f, w->st, ir_arg(f, 1), gen_string_bytes(g), out);

	return ir_call(f, BPF_FUNC_probe_read_kernel_str, 3, to, ir_const(f, g->opts.strsize),
	    now_ptr(w, NOW(text)));
}

/*
 * Digits of 30 bits each, after a word that has how many and the sign: a signed length, or
 * from 3.12 on the sign in the lowest bits (0 +, 1: zero, 2 -) and the length above the third.
 * -1: it does not fit in 63 bits.
 */
void
rt_py_int(struct gen *g, struct ir_func *f)
{
	enum { DIGIT_BITS = 30, TOP_MAX = 7, SIGN = 3, NEGATIVE = 2, LENGTH_SHIFT = 3 };
	ir_label out = ir_label_new(f), tagged = ir_label_new(f), have = ir_label_new(f),
	    large = ir_label_new(f), add = ir_label_new(f), positive = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val word = py_member(&w, 8, ir_arg(f, 2), ROW(bytes_size));
	ir_val is_neg = ir_bini(f, OP_RSH, word, 63), n = ir_mov(f, word), v = ir_const(f, 0), digits,
	    d;

	ir_jcci(f, OP_JNE, py_row(&w, ROW(int_tag)), 0, tagged);
	ir_jcci(f, OP_JEQ, is_neg, 0, have);
	ir_set(f, n, ir_neg(f, n));
	ir_jmp(f, have);
	ir_place(f, tagged);
	ir_set(f, n, ir_bini(f, OP_RSH, word, LENGTH_SHIFT));
	ir_set(f, is_neg, ir_bini(f, OP_RSH, ir_bini(f, OP_AND, word, NEGATIVE), 1));
	ir_place(f, have);
	digits = ir_bin(f, OP_ADD, ir_arg(f, 2), py_row(&w, ROW(bytes_size)));
	ir_updi(f, OP_ADD, digits, 8);
	ir_jcci(f, OP_JGT, n, 3, large);
	for (int i = 2; i >= 0; i--) {
		ir_label none = i == 0 ? add : ir_label_new(f);

		ir_jcci(f, OP_JLE, n, i, none);
		d = py_peek(&w, 4, ir_bini(f, OP_ADD, digits, 4 * i));
		if (i == 2)
			ir_jcci(f, OP_JGT, d, TOP_MAX, large);
		ir_set(f, v, ir_bin(f, OP_OR, ir_bini(f, OP_LSH, v, DIGIT_BITS), d));
		if (i > 0)
			ir_place(f, none);
	}
	ir_place(f, add);
	ir_jcci(f, OP_JEQ, is_neg, 0, positive);
	ir_set(f, v, ir_neg(f, v));
	ir_place(f, positive);
	put_number(g, &w, v, ir_const(f, 0), 0, out);
	ir_ret(f, copy_text(g, &w, out));
	ir_place(f, large);
	ir_reti(f, -1);
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/*
 * A floating-point number is m / 2^s, in the scratch. rt_py_scale() takes powers of ten out of it,
 * until it is at least 1 and below 10; how many: FLOAT_e.
 */
enum { FLOAT_m = STATE_scratch, FLOAT_s = STATE_scratch + 8, FLOAT_e = STATE_scratch + 16 };
enum { FLOAT_BITS = 52, FLOAT_BIAS = 1075, FLOAT_EXP = 0x7ff };

void
rt_py_scale(struct gen *g, struct ir_func *f)
{
	enum { TURNS = 400, ROOM_BITS = 60, SPARE_BITS = 56, STEP = 4 };
	ir_label out = ir_label_new(f), divide = ir_label_new(f), multiply = ir_label_new(f),
	    stored = ir_label_new(f), begin;
	struct py_walk w = py_walk(g, f, out);
	ir_val i = ir_const(f, 0), m, s, e, v;

	begin = ir_loop_begin(f);
	m = ir_mov(f, ir_load(f, 8, w.st, FLOAT_m));
	s = ir_mov(f, ir_load(f, 8, w.st, FLOAT_s));
	e = ir_load(f, 8, w.st, FLOAT_e);
	ir_jcci(f, OP_JSLE, s, 0, divide);
	ir_jcci(f, OP_JSGT, s, 63, multiply);
	v = ir_bin(f, OP_RSH, m, s);
	ir_jcci(f, OP_JEQ, v, 0, multiply);
	ir_jcci(f, OP_JLT, v, 10, out);
	ir_place(f, divide);
	ir_set(f, m, ir_bini(f, OP_DIV, m, 10));
	ir_store(f, 8, w.st, FLOAT_e, ir_bini(f, OP_ADD, e, 1));
	ir_jcc(f, OP_JGE, m, ir_const(f, INT64_C(1) << SPARE_BITS), stored);
	ir_updi(f, OP_LSH, m, STEP);
	ir_updi(f, OP_ADD, s, STEP);
	ir_jmp(f, stored);
	ir_place(f, multiply);
	ir_updi(f, OP_MUL, m, 10);
	ir_store(f, 8, w.st, FLOAT_e, ir_bini(f, OP_SUB, e, 1));
	ir_jcc(f, OP_JLT, m, ir_const(f, INT64_C(1) << ROOM_BITS), stored);
	ir_updi(f, OP_RSH, m, STEP);
	ir_updi(f, OP_SUB, s, STEP);
	ir_place(f, stored);
	ir_store(f, 8, w.st, FLOAT_m, m);
	ir_store(f, 8, w.st, FLOAT_s, s);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, TURNS);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* A byte of now.text. */
static void
put_byte(const struct py_walk *w, ir_val at, ir_val byte)
{
	ir_store(w->f, 1, ir_bin(w->f, OP_ADD, w->now, at), NOW(text), byte);
}

/* "." and up to 6 digits of v, without zeros at the end but the first; gives where they end. */
static ir_val
put_fraction(const struct py_walk *w, ir_val v, ir_val at, bool one_zero, ir_label out)
{
	enum { DIGITS = 6 };
	struct ir_func *f = w->f;
	ir_label done = ir_label_new(f);
	ir_val left = ir_mov(f, v);

	at = ir_mov(f, ir_bound(f, at, PYTHON_NUMBER_BYTES / 2, out));
	if (!one_zero)
		ir_jcci(f, OP_JEQ, left, 0, done);
	put_byte(w, at, ir_const(f, '.'));
	ir_updi(f, OP_ADD, at, 1);
	for (int i = 0; i < DIGITS; i++) {
		ir_val digit = ir_bini(f, OP_DIV, left, 100000);

		put_byte(w, at, ir_bini(f, OP_ADD, digit, '0'));
		ir_updi(f, OP_ADD, at, 1);
		ir_set(f, left, ir_bini(f, OP_MOD, left, 100000));
		ir_jcci(f, OP_JEQ, left, 0, done);
		ir_updi(f, OP_MUL, left, 10);
	}
	ir_place(f, done);
	return at;
}

/* "e+20" */
static ir_val
put_exponent(struct gen *g, const struct py_walk *w, ir_val e, ir_val at, ir_label out)
{
	struct ir_func *f = w->f;
	ir_label signed_ = ir_label_new(f), two = ir_label_new(f);
	ir_val sign = ir_const(f, '+');

	at = ir_mov(f, ir_bound(f, at, PYTHON_NUMBER_BYTES / 2 + 8, out));
	e = ir_mov(f, e);
	ir_jcci(f, OP_JSGE, e, 0, signed_);
	ir_seti(f, sign, '-');
	ir_set(f, e, ir_neg(f, e));
	ir_place(f, signed_);
	put_byte(w, at, ir_const(f, 'e'));
	ir_updi(f, OP_ADD, at, 1);
	put_byte(w, at, sign);
	ir_updi(f, OP_ADD, at, 1);
	ir_jcci(f, OP_JGE, e, 10, two);
	put_byte(w, at, ir_const(f, '0'));
	ir_updi(f, OP_ADD, at, 1);
	ir_place(f, two);
	return put_number(g, w, e, at, PYTHON_NUMBER_BYTES / 2 + 12, out);
}

/* Into the scratch: m, s, and no power of ten. `special`: it is infinite, or no number. */
static void
load_float(const struct py_walk *w, ir_val bits, ir_label special)
{
	struct ir_func *f = w->f;
	ir_label is_small = ir_label_new(f), have = ir_label_new(f);
	ir_val m = ir_bini(f, OP_LSH, bits, 64 - FLOAT_BITS), e;

	m = ir_bini(f, OP_RSH, m, 64 - FLOAT_BITS);
	e = ir_bini(f, OP_AND, ir_bini(f, OP_RSH, bits, FLOAT_BITS), FLOAT_EXP);
	ir_store(f, 8, w->st, FLOAT_m, m);
	ir_storei(f, 8, w->st, FLOAT_e, 0);
	ir_jcci(f, OP_JEQ, e, FLOAT_EXP, special);
	ir_jcci(f, OP_JEQ, e, 0, is_small);
	m = ir_bin(f, OP_OR, m, ir_const(f, INT64_C(1) << FLOAT_BITS));
	ir_store(f, 8, w->st, FLOAT_m, m);
	ir_jmp(f, have);
	ir_place(f, is_small);
	ir_seti(f, e, 1);
	ir_place(f, have);
	ir_store(f, 8, w->st, FLOAT_s, ir_bin(f, OP_SUB, ir_const(f, FLOAT_BIAS), e));
}

/* From 1e-4 to 1e16, and 0, it is written without an exponent. */
static void
scale_float(struct gen *g, const struct py_walk *w, ir_val bits)
{
	const int64_t least = 0x3f1a36e2eb1c432d, most = 0x4341c37937e08000;
	struct ir_func *f = w->f;
	ir_label scale = ir_label_new(f), plain = ir_label_new(f);
	ir_val v = ir_bini(f, OP_RSH, ir_bini(f, OP_LSH, bits, 1), 1);	/* without its sign */

	ir_jcci(f, OP_JEQ, v, 0, plain);
	ir_jcc(f, OP_JGE, v, ir_const(f, most), scale);		/* bits compare as numbers do */
	ir_jcc(f, OP_JGE, v, ir_const(f, least), plain);
	ir_place(f, scale);
	ir_fcall(f, gen_rt(g, RT_PY_SCALE), 1, ir_arg(f, 0));
	ir_place(f, plain);
}

/* The whole part to FLOAT_m, the rest, in millionths, to FLOAT_s. */
static void
split_float(const struct py_walk *w)
{
	enum { MILLION = 1000000, REST_BITS = 43 };
	struct ir_func *f = w->f;
	ir_label is_whole = ir_label_new(f), is_rest = ir_label_new(f), fits = ir_label_new(f),
	    done = ir_label_new(f);
	ir_val m = ir_load(f, 8, w->st, FLOAT_m), s = ir_mov(f, ir_load(f, 8, w->st, FLOAT_s));
	ir_val whole = ir_const(f, 0), rest = ir_mov(f, m), half;

	ir_jcci(f, OP_JSLE, s, 0, is_whole);
	ir_jcci(f, OP_JGT, s, 63, is_rest);
	ir_set(f, whole, ir_bin(f, OP_RSH, m, s));
	ir_set(f, rest, ir_bin(f, OP_SUB, m, ir_bin(f, OP_LSH, whole, s)));
	ir_place(f, is_rest);
	ir_jcci(f, OP_JLE, s, REST_BITS, fits);
	ir_upd(f, OP_RSH, rest, ir_bini(f, OP_SUB, s, REST_BITS));
	ir_seti(f, s, REST_BITS);
	ir_place(f, fits);
	ir_updi(f, OP_MUL, rest, MILLION);
	half = ir_bin(f, OP_LSH, ir_const(f, 1), ir_bini(f, OP_SUB, s, 1));
	ir_upd(f, OP_ADD, rest, half);
	ir_upd(f, OP_RSH, rest, s);
	ir_jcci(f, OP_JLT, rest, MILLION, done);
	ir_seti(f, rest, 0);
	ir_updi(f, OP_ADD, whole, 1);
	ir_jmp(f, done);
	ir_place(f, is_whole);
	ir_seti(f, rest, 0);
	ir_set(f, whole, ir_bin(f, OP_LSH, m, ir_neg(f, s)));
	ir_place(f, done);
	ir_store(f, 8, w->st, FLOAT_m, whole);
	ir_store(f, 8, w->st, FLOAT_s, rest);
}

/* Sign, whole part, fraction, exponent; gives where they end. */
static ir_val
put_float(struct gen *g, const struct py_walk *w, ir_val at, ir_label out)
{
	struct ir_func *f = w->f;
	ir_label scaled = ir_label_new(f), one = ir_label_new(f), end = ir_label_new(f);
	ir_val m = ir_mov(f, ir_load(f, 8, w->st, FLOAT_m)), rest, e, v, r = ir_const(f, 0);

	rest = ir_mov(f, ir_load(f, 8, w->st, FLOAT_s));
	e = ir_mov(f, ir_load(f, 8, w->st, FLOAT_e));
	ir_jcci(f, OP_JNE, e, 0, scaled);
	v = put_number(g, w, m, at, 1, out);
	ir_set(f, r, put_fraction(w, rest, v, true, out));
	ir_jmp(f, end);
	ir_place(f, scaled);
	ir_jcci(f, OP_JLT, m, 10, one);		/* 9.9999999 was rounded */
	ir_seti(f, m, 1);
	ir_updi(f, OP_ADD, e, 1);
	ir_place(f, one);
	v = put_fraction(w, rest, put_number(g, w, m, at, 1, out), false, out);
	ir_set(f, r, put_exponent(g, w, e, v, out));
	ir_place(f, end);
	return r;
}

/* As repr() does, with six decimals at most. */
void
rt_py_float(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), special = ir_label_new(f), end = ir_label_new(f),
	    positive = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val bits = py_member(&w, 8, ir_arg(f, 2), ROW(bytes_size)), at = ir_const(f, 0), v;

	ir_jcci(f, OP_JSGE, bits, 0, positive);
	ir_storei(f, 1, w.now, NOW(text), '-');
	ir_seti(f, at, 1);
	ir_place(f, positive);
	load_float(&w, bits, special);
	scale_float(g, &w, bits);
	split_float(&w);
	v = put_float(g, &w, at, out);
	v = ir_bound(f, v, PYTHON_NUMBER_BYTES - 1, out);
	put_byte(&w, v, ir_const(f, 0));
	ir_ret(f, copy_text(g, &w, out));
	ir_place(f, special);
	v = ir_const(f, 0x666e69);		/* "inf" */
	ir_jcci(f, OP_JEQ, ir_load(f, 8, w.st, FLOAT_m), 0, end);
	ir_seti(f, v, 0x6e616e);		/* "nan" */
	ir_seti(f, at, 0);
	ir_place(f, end);
	at = ir_bound(f, at, 1, out);
	ir_store(f, 4, ir_bin(f, OP_ADD, w.now, at), NOW(text), v);
	ir_ret(f, copy_text(g, &w, out));
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/* ---- objects ---- */

/* The name of the object's type in angles. */
static ir_val
type_name(struct gen *g, const struct py_walk *w, ir_val type, ir_label out)
{
	struct ir_func *f = w->f;
	ir_val name = ir_bin(f, OP_ADD, type, py_row(w, ROW(bytes_size))), len;

	name = py_peek(w, 8, ir_bini(f, OP_ADD, name, 8));
	ir_storei(f, 1, w->now, NOW(text), '<');
	len = ir_call(f, BPF_FUNC_probe_read_user_str, 3, now_ptr(w, NOW(text) + 1),
	    ir_const(f, PYTHON_NUMBER_BYTES - 4), name);
	ir_jcci(f, OP_JSLE, len, 0, out);
	len = ir_bound(f, len, PYTHON_NUMBER_BYTES - 4, out);
	ir_store(f, 2, ir_bin(f, OP_ADD, w->now, len), NOW(text), ir_const(f, '>'));
	return copy_text(g, w, out);
}

/* Returns what a routine makes of the object when it is of the type, or goes on when that is -1. */
static void
if_type(struct gen *g, const struct py_walk *w, ir_val type, ir_val obj, int32_t is, enum rt rt)
{
	struct ir_func *f = w->f;
	ir_label other = ir_label_new(f);
	ir_val len;

	ir_jcc(f, OP_JNE, type, py_get(w, is), other);
	len = ir_fcall(f, gen_rt(g, rt), 3, ir_arg(f, 0), ir_arg(f, 1), obj);
	ir_jcci(f, OP_JEQ, len, -1, other);
	ir_ret(f, len);
	ir_place(f, other);
}

static void
return_word(struct gen *g, const struct py_walk *w, const char *word, ir_label out)
{
	uint64_t v = 0;

	memcpy(&v, word, strlen(word));
	ir_store(w->f, 8, w->now, NOW(text), ir_const(w->f, (int64_t)v));
	ir_ret(w->f, copy_text(g, w, out));
}

/* What an object is; variables that functions share are in a cell. */
void
rt_py_object(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), is_none = ir_label_new(f), is_true = ir_label_new(f),
	    is_bool = ir_label_new(f), no_cell = ir_label_new(f), nothing = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val obj = ir_mov(f, ir_arg(f, 2)), type = ir_mov(f, py_member(&w, 8, obj, ROW(ob_type)));

	ir_jcc(f, OP_JNE, type, py_get(&w, ROW(type_cell)), no_cell);
	ir_set(f, obj, py_member(&w, 8, obj, ROW(bytes_size)));
	ir_jcci(f, OP_JEQ, obj, 0, nothing);
	ir_set(f, type, py_member(&w, 8, obj, ROW(ob_type)));
	ir_place(f, no_cell);
	if_type(g, &w, type, obj, ROW(type_int), RT_PY_INT);
	if_type(g, &w, type, obj, ROW(type_str), RT_PY_STR);
	if_type(g, &w, type, obj, ROW(type_float), RT_PY_FLOAT);
	ir_jcc(f, OP_JEQ, obj, py_get(&w, ROW(none)), is_none);
	ir_jcc(f, OP_JEQ, type, py_get(&w, ROW(type_bool)), is_bool);
	ir_ret(f, type_name(g, &w, type, out));
	ir_place(f, is_bool);
	ir_jcc(f, OP_JEQ, obj, py_get(&w, ROW(true_)), is_true);
	return_word(g, &w, "False", out);
	ir_place(f, is_true);
	return_word(g, &w, "True", out);
	ir_place(f, is_none);
	return_word(g, &w, "None", out);
	ir_place(f, nothing);
	ir_reti(f, 0);
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

/* The object that a positional argument of the current function is; 0: there is none. */
void
rt_py_arg(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	struct py_walk w = py_walk(g, f, out);
	ir_val n = ir_arg(f, 1), count, at;

	count = py_member(&w, 4, py_get(&w, NOW(code)), ROW(code_argcount));
	ir_jcc(f, OP_JGE, n, count, out);
	at = ir_bin(f, OP_ADD, py_get(&w, NOW(frame)), py_row(&w, ROW(frame_locals)));
	at = ir_bin(f, OP_ADD, at, ir_bini(f, OP_LSH, n, 3));
	ir_ret(f, ir_bini(f, OP_AND, py_peek(&w, 8, at), PYTHON_POINTER_MASK));
	ir_place(f, out);
	ir_reti(f, 0);
}
