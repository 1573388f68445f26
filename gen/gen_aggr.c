/*
 * Aggregating functions. Every CPU has its own entry per key (the CPU is part of the key), so
 * that additions do not fight for a cache line; they are atomic all the same, because another
 * program can interrupt this one.
 */
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "gen/gen_private.h"
#include "rec/aggr.h"

struct add {
	ir_val value, incr;	/* IR_NONE: the function has none */
};

static bool
is_extreme(const struct var *v)
{
	return v->aggfn->id == AGG_MIN || v->aggfn->id == AGG_MAX;
}

/* In the temporaries. */
struct aggr_key {
	struct gen_at key;
	struct gen_at init;	/* the value of a new entry */
};

static struct aggr_key
gen_key(struct gen_fn *fn, const struct var *v, const struct node *list)
{
	int32_t key, init;

	if (aggr_form(v) == AGGR_DIGESTED) {
		key = gen_tuple_digest(fn, v, list, &init);
	} else {
		key = gen_tuple(fn, v, list, AGGR_KEY_TUPLE);
		init = gen_temp(fn, aggr_value_bytes(v));
	}
	ir_store(fn->f, 8, fn->st, key + AGGR_KEY_CPU, ir_load(fn->f, 4, fn->st, STATE_cpu));
	return (struct aggr_key){ gen_state_at(fn, key), gen_state_at(fn, init) };
}

/* The words of the CPU's entry, which is always there. */
static struct gen_at
find_by_cpu(struct gen_fn *fn, const struct var *v, ir_label out)
{
	ir_val entry = gen_lookup(fn, v->map, gen_state_at(fn, STATE_cpu));

	ir_jcci(fn->f, OP_JEQ, entry, 0, out);
	ir_storei(fn->f, 8, entry, AGGR_USED, 1);
	return (struct gen_at){ entry, (int32_t)aggr_words_off(v) };
}

/* The words of the tuple's entry; in a new one they are zeros, or for min() and max() the first
 * value. Jumps to out, with a drop counted, when there is no room. */
static struct gen_at
find_by_tuple(struct gen_fn *fn, const struct var *v, const struct node *list, struct add add,
    ir_label out)
{
	const struct aggr_key at = gen_key(fn, v, list);
	const int32_t words = (int32_t)aggr_words_off(v);
	const struct gen_at init = { at.init.ptr, at.init.off + words };
	ir_label have = ir_label_new(fn->f);
	ir_val entry = gen_lookup(fn, v->map, at.key);

	ir_jcci(fn->f, OP_JNE, entry, 0, have);
	if (is_extreme(v))
		ir_store(fn->f, 8, init.ptr, init.off, add.value);
	else
		gen_zero(fn, init, aggr_words(v) * 8);
	gen_map_update(fn, v->map, at.key, at.init, BPF_NOEXIST);
	ir_set(fn->f, entry, gen_lookup(fn, v->map, at.key));
	ir_jcci(fn->f, OP_JNE, entry, 0, have);
	gen_drop(fn, DROP_AGGREGATION);
	ir_jmp(fn->f, out);
	ir_place(fn->f, have);
	return (struct gen_at){ entry, words };
}

/* Replace a value that is no longer the extreme one, unless an interrupting program just did. It
 * would take as many of them, one inside of the other, to get past the last try. */
static void
add_extreme(struct gen_fn *fn, const struct var *v, struct gen_at words, ir_val value, ir_label out)
{
	enum { TRIES = 4 };
	const bool is_min = v->aggfn->id == AGG_MIN;
	const enum ir_op settled = v->is_signed_aggr ? (is_min ? OP_JSGE : OP_JSLE)
	    : is_min ? OP_JGE : OP_JLE;
	ir_val seen = ir_load(fn->f, 8, words.ptr, words.off);

	for (int i = 0; i < TRIES; i++) {
		ir_val old;

		ir_jcc(fn->f, settled, value, seen, out);
		old = ir_cmpxchg(fn->f, 8, words.ptr, words.off, seen, value);
		ir_jcc(fn->f, OP_JEQ, old, seen, out);
		ir_set(fn->f, seen, old);
	}
}

static void
add_word(struct gen_fn *fn, const struct var *v, struct gen_at words, ir_val word, ir_val incr,
    ir_label out)
{
	ir_val at = ir_bound(fn->f, word, aggr_words(v) - 1, out);

	at = ir_bini(fn->f, OP_LSH, at, 3);
	ir_xadd(fn->f, 8, ir_bin(fn->f, OP_ADD, words.ptr, at), words.off, incr);
}

/* Word 0: below base; then the levels; the last: limit and above. */
static ir_val
lquantize_word(struct gen_fn *fn, const struct var *v, ir_val value)
{
	const int64_t base = v->aggarg[0], step = v->aggarg[2];
	const uint32_t levels = aggr_words(v) - 2;
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val word = ir_const(f, 0), level;

	ir_jcci(f, OP_JSLT, value, base, end);
	level = ir_bini(f, OP_SUB, value, base);
	level = ir_bini(f, OP_DIV, level, step);
	ir_seti(f, word, levels + 1);
	ir_jcci(f, OP_JGE, level, levels, end);
	ir_set(f, word, ir_bini(f, OP_ADD, level, 1));
	ir_place(f, end);
	return word;
}

/* The bins of all magnitudes, of what the value is without its sign; then to its side of zero. */
static ir_val
llquantize_word(struct gen_fn *fn, const struct var *v, ir_val value)
{
	const int64_t zero = aggr_llquantize_zero(v);
	struct aggr_magnitude m = { 0 };
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val sign = ir_bini(f, OP_ARSH, value, 63), word = ir_const(f, 0);
	ir_val abs = ir_bin(f, OP_SUB, ir_bin(f, OP_XOR, value, sign), sign);

	while (aggr_magnitude_next(v, &m)) {
		ir_label next = ir_label_new(f);
		ir_val bin;

		if (m.bin == 1)
			ir_jcc(f, OP_JLT, abs, ir_const(f, (int64_t)m.from), end);
		ir_jcc(f, OP_JGE, abs, ir_const(f, (int64_t)m.to), next);
		bin = ir_bin(f, OP_DIV, abs, ir_const(f, (int64_t)m.step));
		ir_set(f, word, ir_bini(f, OP_ADD, bin,
		    (int64_t)m.bin - (int64_t)(m.from / m.step)));
		ir_jmp(f, end);
		ir_place(f, next);
	}
	ir_seti(f, word, zero);
	ir_place(f, end);
	word = ir_bin(f, OP_SUB, ir_bin(f, OP_XOR, word, sign), sign);
	return ir_bini(f, OP_ADD, word, zero);
}

/* The square of a 64-bit number has 128 bits, and so has their sum: the old low half tells
 * whether the new one has carried. */
static void
add_square(struct gen_fn *fn, struct gen_at words, ir_val value)
{
	struct ir_func *f = fn->f;
	ir_label fits = ir_label_new(f), added = ir_label_new(f);
	ir_val sign = ir_bini(f, OP_ARSH, value, 63);
	ir_val abs = ir_bin(f, OP_SUB, ir_bin(f, OP_XOR, value, sign), sign);
	ir_val lo = ir_extend(f, abs, 4, false), hi = ir_bini(f, OP_RSH, abs, 32);
	ir_val mid = ir_bin(f, OP_MUL, lo, hi), low = ir_bin(f, OP_MUL, lo, lo), part, sum;

	hi = ir_bin(f, OP_MUL, hi, hi);
	hi = ir_bin(f, OP_ADD, hi, ir_bini(f, OP_RSH, mid, 31));
	part = ir_bini(f, OP_LSH, mid, 33);
	low = ir_bin(f, OP_ADD, low, part);
	ir_jcc(f, OP_JGE, low, part, fits);
	ir_updi(f, OP_ADD, hi, 1);
	ir_place(f, fits);
	sum = ir_bin(f, OP_ADD, ir_fadd(f, 8, words.ptr, words.off + 16, low), low);
	ir_jcc(f, OP_JGE, sum, low, added);
	ir_updi(f, OP_ADD, hi, 1);
	ir_place(f, added);
	ir_xadd(f, 8, words.ptr, words.off + 24, hi);
}

static void
add_to_entry(struct gen_fn *fn, const struct var *v, struct gen_at words, struct add add,
    ir_label out)
{
	struct ir_func *f = fn->f;

	switch ((enum builtin_agg)v->aggfn->id) {
	case AGG_AVG:
		ir_xadd(f, 8, words.ptr, words.off, ir_const(f, 1));
		ir_xadd(f, 8, words.ptr, words.off + 8, add.value);
		break;
	case AGG_COUNT:
		ir_xadd(f, 8, words.ptr, words.off, ir_const(f, 1));
		break;
	case AGG_LQUANTIZE:
		add_word(fn, v, words, lquantize_word(fn, v, add.value), add.incr, out);
		break;
	case AGG_LLQUANTIZE:
		add_word(fn, v, words, llquantize_word(fn, v, add.value), add.incr, out);
		break;
	case AGG_MAX:
	case AGG_MIN:
		add_extreme(fn, v, words, add.value, out);
		break;
	case AGG_QUANTIZE:
		add_word(fn, v, words, ir_fcall(f, gen_rt(fn->g, RT_QUANTIZE), 1, add.value),
		    add.incr, out);
		break;
	case AGG_STDDEV:
		ir_xadd(f, 8, words.ptr, words.off, ir_const(f, 1));
		ir_xadd(f, 8, words.ptr, words.off + 8, add.value);
		add_square(fn, words, add.value);
		break;
	case AGG_SUM:
		ir_xadd(f, 8, words.ptr, words.off, add.value);
		break;
	case NR_AGG:
		BUG("aggregating function %d", v->aggfn->id);
	}
}

/* The increment of a histogram, 1 if it has none, is the last argument that there can be. */
static struct add
gen_arguments(struct gen_fn *fn, const struct var *v, const struct node *args)
{
	const struct builtin *aggfn = v->aggfn;
	const struct node *incr = args;
	struct add add = { IR_NONE, IR_NONE };

	if (args != NULL)
		add.value = gen_expr(fn, args);
	if (aggfn->max == aggfn->min)
		return add;
	for (int i = 1; i < aggfn->max && incr != NULL; i++)
		incr = incr->next;
	add.incr = incr != NULL ? gen_expr(fn, incr) : ir_const(fn->f, 1);
	return add;
}

void
gen_aggr(struct gen_fn *fn, const struct node *n)
{
	struct ir_func *f = fn->f;
	ir_label out = ir_label_new(f);
	struct add add = gen_arguments(fn, n->var, n->b->list);
	struct gen_at words = aggr_form(n->var) == AGGR_BY_CPU ? find_by_cpu(fn, n->var, out)
	    : find_by_tuple(fn, n->var, n->list, add, out);

	add_to_entry(fn, n->var, words, add, out);
	ir_place(f, out);
}
