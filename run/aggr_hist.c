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

const char hist_title[] = " ------------- Distribution ------------- count    ";

void
hist_scale_add(struct hist_scale *scale, int64_t count, bool is_zoomed)
{
	long double magnitude = fabsl((long double)count);

	if (!is_zoomed)
		scale->total += magnitude;
	else if (magnitude > scale->total)
		scale->total = magnitude;
	scale->has_positive |= count > 0;
	scale->has_negative |= count < 0;
}

void
hist_range(const struct hist_shape *shape, const struct var *v, const uint64_t *count,
    uint32_t *low, uint32_t *high)
{
	const uint32_t n = aggr_words(v);
	uint32_t first = 0, last = n - 1;

	while (first < n && count[first] == 0)
		first++;
	if (first == n) {
		first = shape->empty_first(v);
		last = first + 2 < n ? first + 2 : n - 1;
	} else {
		while (count[last] == 0)
			last--;
		first -= first > 0;
		last += last < n - 1;
	}
	if (first < *low)
		*low = first;
	if (last > *high)
		*high = last;
}

/* Half of the picture for each sign when there are both. */
static void
put_bar(struct buf *b, const struct hist_scale *s, int64_t count)
{
	bool is_split = s->has_positive && s->has_negative;
	size_t width = is_split ? BAR_WIDTH / 2 : BAR_WIDTH, n = 0;
	bool is_left = is_split ? count <= 0 : s->has_negative;

	if (s->total > 0)
		n = (size_t)(fabsl((long double)count) * (long double)width / s->total + 0.5L);
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
hist_show_line(struct buf *b, const struct hist_scale *scale, int64_t count, int64_t shown)
{
	put_bar(b, scale, count);
	buf_putc(b, ' ');
	format_dec(b, shown, -COUNT_WIDTH);
	buf_putc(b, '\n');
}

void
hist_show(struct buf *b, const struct hist_shape *shape, const struct var *v,
    const uint64_t *count, int64_t factor, bool is_zoomed)
{
	struct hist_scale scale = { 0 };
	uint32_t first = UINT32_MAX, last = 0;
	struct buf label = BUF_INIT;

	hist_range(shape, v, count, &first, &last);
	for (uint32_t i = first; i <= last; i++)
		hist_scale_add(&scale, (int64_t)count[i], is_zoomed);
	buf_printf(b, "\n%16s %s\n", "value", hist_title);
	for (uint32_t i = first; i <= last; i++) {
		buf_clear(&label);
		shape->label(&label, v, i, first);
		format_text(b, label.p, label.n, LABEL_WIDTH);
		buf_putc(b, ' ');
		hist_show_line(b, &scale, (int64_t)count[i],
		    (int64_t)(count[i] / (uint64_t)factor));
	}
	buf_fini(&label);
}

int64_t
hist_total(const struct var *v, const uint64_t *count)
{
	int64_t sum = 0;

	for (uint32_t i = 0, n = aggr_words(v); i < n; i++)
		sum = (int64_t)((uint64_t)sum + count[i]);
	return sum;
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
