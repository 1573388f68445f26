/*
 * Routines about characters: letters of the other case, digits of a number, and back.
 */
#include "gen/gen_private.h"

enum { LETTERS = 26 };

/* 1 when v is from 0 to n - 1, else 0: without a branch, which the verifier would follow at every
 * byte. v is some small number. */
static ir_val
is_below(struct ir_func *f, ir_val v, int n)
{
	ir_val not_negative = ir_bini(f, OP_XOR, ir_bini(f, OP_RSH, v, 63), 1);

	return ir_bin(f, OP_AND, ir_bini(f, OP_RSH, ir_bini(f, OP_SUB, v, n), 63), not_negative);
}

/*
 * The letters from the first in argument 2 on ('A': upper case) become those of the other case,
 * in place; 1: the end was among them. Bit 5 is what both cases differ in.
 */
void
rt_case_part(struct gen *g, struct ir_func *f)
{
	enum { CASE_BIT = 5 };
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), done = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), at, c, is;
	ir_val text = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);

	begin = ir_loop_begin(f);
	at = ir_bin(f, OP_ADD, text, i);
	c = ir_load(f, 1, at, 0);
	ir_jcci(f, OP_JEQ, c, 0, done);
	is = is_below(f, ir_bin(f, OP_SUB, c, ir_arg(f, 2)), LETTERS);
	is = ir_bini(f, OP_LSH, is, CASE_BIT);
	ir_store(f, 1, at, 0, ir_bin(f, OP_XOR, c, is));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, 0);
	ir_place(f, done);
	ir_reti(f, 1);
}

void
rt_case(struct gen *g, struct ir_func *f)
{
	ir_label done = ir_label_new(f), begin;
	ir_val off = ir_mov(f, ir_arg(f, 1)), part = ir_const(f, 0), is_done;

	begin = ir_loop_begin(f);
	is_done = ir_fcall(f, gen_rt(g, RT_CASE_PART), 3, ir_arg(f, 0), off, ir_arg(f, 2));
	ir_jcci(f, OP_JNE, is_done, 0, done);
	ir_updi(f, OP_ADD, off, RT_PART);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_place(f, done);
	ir_reti(f, 0);
}

void
rt_blank_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), i = ir_const(f, 0), at, c, is_zero;
	ir_val text = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);
	ir_val n = ir_bin(f, OP_SUB, ir_arg(f, 2), ir_arg(f, 1));

	begin = ir_loop_begin(f);
	ir_jcc(f, OP_JSGE, i, n, out);
	at = ir_bin(f, OP_ADD, text, i);
	c = ir_load(f, 1, at, 0);
	is_zero = ir_bini(f, OP_RSH, ir_bini(f, OP_SUB, c, 1), 63);
	ir_store(f, 1, at, 0, ir_bin(f, OP_ADD, c, ir_bini(f, OP_MUL, is_zero, ' ')));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_reti(f, 0);
}

void
rt_blanks(struct gen *g, struct ir_func *f)
{
	ir_label done = ir_label_new(f), begin;
	ir_val off = ir_mov(f, ir_arg(f, 1)), part = ir_const(f, 0);

	begin = ir_loop_begin(f);
	ir_fcall(f, gen_rt(g, RT_BLANK_PART), 3, ir_arg(f, 0), off, ir_arg(f, 2));
	ir_updi(f, OP_ADD, off, RT_PART);
	ir_jcc(f, OP_JGE, off, ir_arg(f, 2), done);
	ir_updi(f, OP_ADD, part, 1);
	ir_loop_end(f, begin, part, rt_parts(g));
	ir_place(f, done);
	ir_reti(f, 0);
}

/* ---- numbers to text ---- */

/* Puts a byte before the text that begins at pos. requires: pos was bounded, is not 0. */
static void
prepend(struct ir_func *f, ir_val at, ir_val pos, int byte)
{
	ir_updi(f, OP_SUB, pos, 1);
	ir_storei(f, 1, ir_bin(f, OP_ADD, at, pos), 0, byte);
}

/*
 * Digits are made from the last to the first, up to the end of RT_DIGITS_BYTES; gives where they
 * begin. As in illumos, only decimal numbers are signed; octal and hexadecimal ones have C's
 * prefix.
 */
void
rt_lltostr(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), letter = ir_label_new(f), put = ir_label_new(f),
	    positive = ir_label_new(f), done = ir_label_new(f), hex = ir_label_new(f),
	    minus = ir_label_new(f), end = ir_label_new(f), begin;
	ir_val st = rt_state(f, out), base = ir_arg(f, 3), v = ir_mov(f, ir_arg(f, 2));
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 1), RT_DIGITS_BYTES, out);
	ir_val pos = ir_const(f, RT_DIGITS_BYTES - 1), n = ir_const(f, 0), c;

	ir_storei(f, 1, at, RT_DIGITS_BYTES - 1, 0);
	ir_jcci(f, OP_JNE, base, 10, positive);
	ir_jcci(f, OP_JSGE, v, 0, positive);
	ir_set(f, v, ir_neg(f, v));
	ir_place(f, positive);
	begin = ir_loop_begin(f);
	c = ir_bin(f, OP_MOD, v, base);
	ir_jcci(f, OP_JGE, c, 10, letter);
	ir_updi(f, OP_ADD, c, '0');
	ir_jmp(f, put);
	ir_place(f, letter);
	ir_updi(f, OP_ADD, c, 'a' - 10);
	ir_place(f, put);
	ir_updi(f, OP_SUB, pos, 1);
	ir_store(f, 1, ir_bin(f, OP_ADD, at, pos), 0, c);
	ir_upd(f, OP_DIV, v, base);
	ir_jcci(f, OP_JEQ, v, 0, done);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, 64);
	ir_place(f, done);
	ir_jcci(f, OP_JEQ, base, 16, hex);
	ir_jcci(f, OP_JEQ, base, 10, minus);
	ir_jcci(f, OP_JNE, base, 8, end);
	ir_jcci(f, OP_JEQ, ir_arg(f, 2), 0, end);
	prepend(f, at, pos, '0');
	ir_jmp(f, end);
	ir_place(f, hex);
	prepend(f, at, pos, 'x');
	prepend(f, at, pos, '0');
	ir_jmp(f, end);
	ir_place(f, minus);
	ir_jcci(f, OP_JSGE, ir_arg(f, 2), 0, end);
	prepend(f, at, pos, '-');
	ir_place(f, end);
	ir_ret(f, pos);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* ---- text to numbers ---- */

/* What a digit or letter stands for; anything else is more than any base. */
static ir_val
digit_value(struct ir_func *f, ir_val c)
{
	enum { NONE = 99 };
	ir_val digit = ir_bini(f, OP_SUB, c, '0'), is_digit = is_below(f, digit, 10);
	ir_val letter = ir_bini(f, OP_SUB, ir_bini(f, OP_OR, c, 'a' - 'A'), 'a');
	ir_val is_letter = is_below(f, letter, LETTERS);

	digit = ir_bin(f, OP_MUL, ir_bini(f, OP_SUB, digit, NONE), is_digit);
	letter = ir_bin(f, OP_MUL, ir_bini(f, OP_SUB, letter, NONE - 10), is_letter);
	return ir_bini(f, OP_ADD, ir_bin(f, OP_ADD, digit, letter), NONE);
}

/* The value of the digits at an offset, as many as there are in a part. */
void
rt_digits(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), begin;
	ir_val v = ir_const(f, 0), i = ir_const(f, 0), st = rt_state(f, out), d;
	ir_val at = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);

	begin = ir_loop_begin(f);
	d = digit_value(f, ir_load(f, 1, ir_bin(f, OP_ADD, at, i), 0));
	ir_jcc(f, OP_JGE, d, ir_arg(f, 2), out);
	ir_upd(f, OP_MUL, v, ir_arg(f, 2));
	ir_upd(f, OP_ADD, v, d);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_place(f, out);
	ir_ret(f, v);
}

/* Past "0x" before a hexadecimal digit, when the base is 16. */
static void
skip_prefix(struct ir_func *f, ir_val st, ir_val off)
{
	ir_label none = ir_label_new(f), digit = ir_label_new(f);
	ir_val at = ir_bin(f, OP_ADD, st, off), c;

	ir_jcci(f, OP_JNE, ir_arg(f, 2), 16, none);
	ir_jcci(f, OP_JNE, ir_load(f, 1, at, 0), '0', none);
	c = ir_bini(f, OP_OR, ir_load(f, 1, at, 1), 'a' - 'A');
	ir_jcci(f, OP_JNE, c, 'x', none);
	c = ir_load(f, 1, at, 2);
	ir_jcci(f, OP_JLT, ir_bini(f, OP_SUB, c, '0'), 10, digit);
	c = ir_bini(f, OP_SUB, ir_bini(f, OP_OR, c, 'a' - 'A'), 'a');
	ir_jcci(f, OP_JGE, c, 6, none);
	ir_place(f, digit);
	ir_updi(f, OP_ADD, off, 2);
	ir_place(f, none);
}

/* Blanks, a sign, "0x" when the base is 16, digits. */
void
rt_strtoll(struct gen *g, struct ir_func *f)
{
	static const char blank[] = " \t";
	ir_label out = ir_label_new(f), sign = ir_label_new(f), unsign = ir_label_new(f),
	    plus = ir_label_new(f);
	ir_val st = rt_state(f, out), negative = ir_const(f, 0), first, off, c, v;
	uint64_t set = 0;

	for (int i = 0; blank[i] != '\0'; i++)
		set |= UINT64_C(1) << blank[i];
	ir_zero(f, st, RT_SET, RT_SET_BYTES);
	ir_store(f, 8, st, RT_SET, ir_const(f, (int64_t)set));
	first = ir_fcall(f, gen_rt(g, RT_SPAN), 4, ir_arg(f, 0), ir_arg(f, 1), ir_const(f, 0),
	    ir_const(f, 1));
	off = ir_bin(f, OP_ADD, ir_arg(f, 1), first);
	off = ir_bound(f, off, g->layout.bytes - 8, out);
	c = ir_load(f, 1, ir_bin(f, OP_ADD, st, off), 0);
	ir_jcci(f, OP_JEQ, c, '+', sign);
	ir_jcci(f, OP_JNE, c, '-', unsign);
	ir_seti(f, negative, 1);
	ir_place(f, sign);
	ir_updi(f, OP_ADD, off, 1);
	ir_place(f, unsign);
	skip_prefix(f, st, off);
	v = ir_mov(f, ir_fcall(f, gen_rt(g, RT_DIGITS), 3, ir_arg(f, 0), off, ir_arg(f, 2)));
	ir_jcci(f, OP_JEQ, negative, 0, plus);
	ir_set(f, v, ir_neg(f, v));
	ir_place(f, plus);
	ir_ret(f, v);
	ir_place(f, out);
	ir_reti(f, 0);
}
