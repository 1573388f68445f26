/*
 * The picture of a histogram:
 *
 *            value  ------------- Distribution ------------- count
 *                0 |                                         0
 *                1 |@@@@@@@@@@@@@@@@@@@@                     10
 *
 * Blanks at the ends of lines are part of DTrace's format.
 */
#include "run/aggr_hist.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "lang/node.h"
#include "rec/aggr.h"
#include "run/format.h"

enum { LABEL_WIDTH = 16, BAR_WIDTH = 40, COUNT_WIDTH = 9, QUANTIZE_ZERO = 63 };

static int64_t
quantize_bound(const struct var *v, uint32_t i)
{
	(void)v;
	if (i == QUANTIZE_ZERO)
		return 0;
	return i > QUANTIZE_ZERO ? INT64_C(1) << (i - QUANTIZE_ZERO - 1) :
	    -(INT64_C(1) << (QUANTIZE_ZERO - 1 - i));
}

static int64_t
quantize_zero(const struct var *v)
{
	(void)v;
	return QUANTIZE_ZERO;
}

static uint32_t
quantize_first(const struct var *v)
{
	(void)v;
	return QUANTIZE_ZERO - 1;
}

static void
quantize_label(struct buf *b, const struct var *v, uint32_t i, uint32_t first)
{
	(void)first;
	format_dec(b, quantize_bound(v, i), 0);
}

const struct hist_shape hist_quantize = {
	.label = quantize_label, .bound = quantize_bound, .zero = quantize_zero,
	.empty_first = quantize_first,
};

/* Lower bound of bucket i ≥ 1: base and limit are 32-bit numbers, so nothing overflows. */
static int64_t
lquantize_low(const struct var *v, uint32_t i)
{
	return v->aggarg[0] + ((int64_t)i - 1) * v->aggarg[2];
}

/* Underflow weighs base - 1, overflow one more than the last step. */
static int64_t
lquantize_bound(const struct var *v, uint32_t i)
{
	if (i == 0)
		return v->aggarg[0] - 1;
	return lquantize_low(v, i) + (i == aggr_words(v) - 1);
}

static int64_t
lquantize_zero(const struct var *v)
{
	for (uint32_t i = 1, last = aggr_words(v) - 1; i < last; i++) {
		if (lquantize_low(v, i) == 0)
			return i;
	}
	return -1;
}

static uint32_t
lquantize_first(const struct var *v)
{
	(void)v;
	return 0;
}

static void
lquantize_label(struct buf *b, const struct var *v, uint32_t i, uint32_t first)
{
	(void)first;
	if (i == 0) {
		buf_puts(b, "< ");
		format_dec(b, v->aggarg[0], 0);
		return;
	}
	if (i == aggr_words(v) - 1)
		buf_puts(b, ">= ");
	format_dec(b, lquantize_low(v, i), 0);
}

const struct hist_shape hist_lquantize = {
	.label = lquantize_label, .bound = lquantize_bound, .zero = lquantize_zero,
	.empty_first = lquantize_first,
};

/* Where the bin begins that is so many from zero; the one above all magnitudes where they end. */
static uint64_t
llquantize_low(const struct var *v, uint32_t bin)
{
	struct aggr_magnitude m = { 0 };
	uint64_t low;

	if (bin == 0)
		return 0;
	while (aggr_magnitude_next(v, &m) && bin >= m.bin + m.nbin)
		continue;
	if (bin >= m.bin + m.nbin)
		return m.to;
	low = (m.from / m.step + bin - m.bin) * m.step;
	return low < m.from ? m.from : low;
}

static int64_t
llquantize_bound(const struct var *v, uint32_t i)
{
	uint32_t zero = aggr_llquantize_zero(v);

	return (int64_t)(i < zero ? -llquantize_low(v, zero - i) : llquantize_low(v, i - zero));
}

static int64_t
llquantize_zero(const struct var *v)
{
	return aggr_llquantize_zero(v);
}

/* Bins below zero are labelled as their mirror images. */
static void
llquantize_label(struct buf *b, const struct var *v, uint32_t i, uint32_t first)
{
	uint32_t zero = aggr_llquantize_zero(v);
	uint64_t lowest = llquantize_low(v, 1);
	uint64_t low = llquantize_low(v, i < zero ? zero - i : i - zero);

	if (i == zero && lowest > 1) {
		buf_puts(b, first < zero ? "abs() < " : "< ");
		low = lowest;
	} else if (i == 0) {
		buf_puts(b, "<= ");
	} else if (i == 2 * zero) {
		buf_puts(b, ">= ");
	}
	if (i < zero)
		buf_putc(b, '-');
	format_udec(b, low, 0);
}

const struct hist_shape hist_llquantize = {
	.label = llquantize_label, .bound = llquantize_bound, .zero = llquantize_zero,
	.empty_first = aggr_llquantize_zero,
};

/* The buckets that are shown, and what their bars are relative to. */
struct picture {
	uint32_t first, last;
	long double total;
	bool has_positive, has_negative;
};

static long double
magnitude(uint64_t count)
{
	return fabsl((long double)(int64_t)count);
}

/* From the first to the last bucket that is not empty, with a neighbour on each side. */
static struct picture
make_picture(const struct hist_shape *shape, const struct var *v, const uint64_t *count)
{
	const uint32_t n = aggr_words(v);
	struct picture p = { .first = 0, .last = n - 1 };

	while (p.first < n && count[p.first] == 0)
		p.first++;
	if (p.first == n) {
		p.first = shape->empty_first(v);
		p.last = p.first + 2 < n ? p.first + 2 : n - 1;
		return p;
	}
	while (count[p.last] == 0)
		p.last--;
	p.first -= p.first > 0;
	p.last += p.last < n - 1;
	for (uint32_t i = p.first; i <= p.last; i++) {
		p.total += magnitude(count[i]);
		p.has_positive |= (int64_t)count[i] > 0;
		p.has_negative |= (int64_t)count[i] < 0;
	}
	return p;
}

/* Half of the picture for each sign when there are both. */
static void
put_bar(struct buf *b, const struct picture *p, uint64_t count)
{
	bool is_split = p->has_positive && p->has_negative;
	size_t width = is_split ? BAR_WIDTH / 2 : BAR_WIDTH, n = 0;
	bool is_left = is_split ? (int64_t)count <= 0 : p->has_negative;

	if (p->total > 0)
		n = (size_t)(magnitude(count) * (long double)width / p->total + 0.5L);
	if (n > width)
		n = width;
	if (is_left) {
		buf_fill(b, ' ', width - n);
		buf_fill(b, '@', n);
	} else if (is_split) {
		buf_fill(b, ' ', width);
	}
	buf_putc(b, '|');
	if (!is_left) {
		buf_fill(b, '@', n);
		buf_fill(b, ' ', width - n);
	} else if (is_split) {
		buf_fill(b, ' ', width);
	}
}

void
hist_show(struct buf *b, const struct hist_shape *shape, const struct var *v,
    const uint64_t *count, int64_t factor)
{
	struct picture p = make_picture(shape, v, count);
	struct buf label = BUF_INIT;

	buf_printf(b, "\n%16s %41s %-9s\n", "value",
	    "------------- Distribution -------------", "count");
	for (uint32_t i = p.first; i <= p.last; i++) {
		buf_clear(&label);
		shape->label(&label, v, i, p.first);
		format_text(b, label.p, label.n, LABEL_WIDTH);
		buf_putc(b, ' ');
		put_bar(b, &p, count[i]);
		buf_putc(b, ' ');
		format_dec(b, (int64_t)(count[i] / (uint64_t)factor), -COUNT_WIDTH);
		buf_putc(b, '\n');
	}
	buf_fini(&label);
}

long double
hist_rank(const struct hist_shape *shape, const struct var *v, const uint64_t *count)
{
	long double sum = 0;

	for (uint32_t i = 0, n = aggr_words(v); i < n; i++) {
		if (count[i] != 0)
			sum += (long double)shape->bound(v, i) * (long double)(int64_t)count[i];
	}
	return sum;
}

int64_t
hist_zero(const struct hist_shape *shape, const struct var *v, const uint64_t *count)
{
	int64_t i = shape->zero(v);

	return i < 0 ? 0 : (int64_t)count[i];
}
