/* Values of aggregations: merging, ranks for sorting, text. Histograms are in aggr_hist.c. */
#include "run/aggr_value.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "lang/builtin.h"
#include "lang/node.h"
#include "rec/aggr.h"
#include "run/aggr_hist.h"
#include "run/format.h"

enum { VALUE_WIDTH = 16 };

/* Toward zero; a quotient that does not fit wraps, as everywhere in D. */
static int64_t
divide(int64_t a, int64_t b)
{
	if (b == -1)
		return (int64_t)-(uint64_t)a;
	return b == 0 ? 0 : a / b;
}

static void
merge_add(const struct var *v, uint64_t *into, const uint64_t *from)
{
	for (uint32_t i = 0, n = aggr_words(v); i < n; i++)
		into[i] += from[i];
}

/* The sum of squares has a high half, which gets the carry of the low one. */
static void
merge_stddev(const struct var *v, uint64_t *into, const uint64_t *from)
{
	merge_add(v, into, from);
	into[3] += into[2] < from[2];
}

static bool
is_less(const struct var *v, uint64_t a, uint64_t b)
{
	return v->is_signed_aggr ? (int64_t)a < (int64_t)b : a < b;
}

static void
merge_min(const struct var *v, uint64_t *into, const uint64_t *from)
{
	if (is_less(v, from[0], into[0]))
		into[0] = from[0];
}

static void
merge_max(const struct var *v, uint64_t *into, const uint64_t *from)
{
	if (is_less(v, into[0], from[0]))
		into[0] = from[0];
}

/* The value that any other replaces, so that a minimum or maximum can begin again. */
static uint64_t
empty_none(const struct var *v)
{
	(void)v;
	return 0;
}

static uint64_t
empty_min(const struct var *v)
{
	return v->is_signed_aggr ? INT64_MAX : UINT64_MAX;
}

static uint64_t
empty_max(const struct var *v)
{
	return v->is_signed_aggr ? (uint64_t)INT64_MIN : 0;
}

static int64_t
number_word(const uint64_t *value)
{
	return (int64_t)value[0];
}

static int64_t
number_avg(const uint64_t *value)
{
	return divide((int64_t)value[1], (int64_t)value[0]);
}

/* The largest number whose square is not larger. */
static uint64_t
square_root(unsigned __int128 square)
{
	uint64_t root = 0;

	for (int bit = 63; bit >= 0; bit--) {
		uint64_t more = root | UINT64_C(1) << bit;

		if ((unsigned __int128)more * more <= square)
			root = more;
	}
	return root;
}

/* The root of the mean of the squares less the square of the mean. A factor divides both sums. */
static uint64_t
stddev(const uint64_t *value, int64_t factor)
{
	unsigned __int128 squares = (unsigned __int128)value[3] << 64 | value[2], mean2;
	int64_t mean = divide(divide((int64_t)value[1], factor), (int64_t)value[0]);
	uint64_t abs = mean < 0 ? -(uint64_t)mean : (uint64_t)mean;

	if (value[0] == 0)
		return 0;
	squares = squares / (uint64_t)factor / value[0];
	mean2 = (unsigned __int128)abs * abs;
	return squares > mean2 ? square_root(squares - mean2) : 0;
}

static int64_t
number_stddev(const uint64_t *value)
{
	return (int64_t)stddev(value, 1);
}

struct value_ops {
	void (*merge)(const struct var *, uint64_t *into, const uint64_t *from);
	uint64_t (*empty)(const struct var *);	/* each word before the first count */
	int64_t (*number)(const uint64_t *);	/* NULL: a histogram */
	const struct hist_shape *hist;
};

static const struct value_ops value_table[NR_AGG] = {
	[AGG_COUNT] = { merge_add, empty_none, number_word, NULL },
	[AGG_SUM] = { merge_add, empty_none, number_word, NULL },
	[AGG_MIN] = { merge_min, empty_min, number_word, NULL },
	[AGG_MAX] = { merge_max, empty_max, number_word, NULL },
	[AGG_AVG] = { merge_add, empty_none, number_avg, NULL },
	[AGG_STDDEV] = { merge_stddev, empty_none, number_stddev, NULL },
	[AGG_QUANTIZE] = { merge_add, empty_none, NULL, &hist_quantize },
	[AGG_LQUANTIZE] = { merge_add, empty_none, NULL, &hist_lquantize },
	[AGG_LLQUANTIZE] = { merge_add, empty_none, NULL, &hist_llquantize },
};

static const struct value_ops *
ops_of(const struct var *v)
{
	return &value_table[v->aggfn->id];
}

void
aggr_value_merge(const struct var *v, uint64_t *into, const uint64_t *from)
{
	ops_of(v)->merge(v, into, from);
}

void
aggr_value_reset(const struct var *v, uint64_t *value)
{
	for (uint32_t i = 0, n = aggr_words(v); i < n; i++)
		value[i] = ops_of(v)->empty(v);
}

/* What is shown and sorted: a minimum or maximum of nothing is 0. */
static int64_t
number(const struct var *v, const uint64_t *value)
{
	const struct value_ops *ops = ops_of(v);

	if (ops->empty != empty_none && value[0] == ops->empty(v))
		return 0;
	return ops->number(value);
}

long double
aggr_value_rank(const struct var *v, const uint64_t *value)
{
	const struct value_ops *ops = ops_of(v);

	return ops->hist != NULL ? hist_rank(ops->hist, v, value) :
	    (long double)number(v, value);
}

int64_t
aggr_value_rank2(const struct var *v, const uint64_t *value)
{
	const struct value_ops *ops = ops_of(v);

	return ops->hist != NULL ? hist_zero(ops->hist, v, value) : 0;
}

/*
 * DTrace normalises in the default layout without a sign, except avg; printa() by a conversion
 * always with it. avg divides the sum first, stddev both sums.
 */
static int64_t
normal(const struct var *v, const uint64_t *value, int64_t factor, bool is_unsigned)
{
	int64_t n;

	if (v->aggfn->id == AGG_AVG)
		return divide(divide((int64_t)value[1], factor), (int64_t)value[0]);
	if (v->aggfn->id == AGG_STDDEV)
		return (int64_t)stddev(value, factor);
	n = number(v, value);
	return is_unsigned ? (int64_t)((uint64_t)n / (uint64_t)factor) : divide(n, factor);
}

const struct hist_shape *
aggr_value_hist(const struct var *v)
{
	return ops_of(v)->hist;
}

int64_t
aggr_value_number(const struct var *v, const uint64_t *value, int64_t factor)
{
	return normal(v, value, factor, true);
}

void
aggr_value_show(struct buf *b, const struct var *v, const uint64_t *value, int64_t factor,
    bool is_zoomed)
{
	const struct value_ops *ops = ops_of(v);

	if (ops->hist != NULL) {
		hist_show(b, ops->hist, v, value, factor, is_zoomed);
		return;
	}
	buf_putc(b, ' ');
	format_dec(b, normal(v, value, factor, true), VALUE_WIDTH);
}

void
aggr_value_format(struct buf *b, const struct var *v, const uint64_t *value, int64_t factor,
    bool is_zoomed, const struct printf_conv *conv)
{
	const struct value_ops *ops = ops_of(v);
	int64_t n;

	if (ops->hist != NULL) {
		hist_show(b, ops->hist, v, value, factor, is_zoomed);
		return;
	}
	n = normal(v, value, factor, false);
	format_conv(b, conv, &(struct format_value){
	    .data = &n, .size = sizeof(n), .kind = FORMAT_INT, .is_signed = true });
}
