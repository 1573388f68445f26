/* Histograms of quantize(), lquantize() and llquantize(): labels of buckets, the picture, ranks. */
#ifndef RUN_AGGR_HIST_H
#define RUN_AGGR_HIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "lang/node.h"

/* How buckets are numbered; a new kind of histogram is one of these. */
struct hist_shape {
	/* The label of bucket i, in a picture that begins with `first`: "-1", "< 0", ">= 100". */
	void (*label)(struct buf *, const struct var *, uint32_t i, uint32_t first);
	/* The value that stands for all in bucket i, to sort by. */
	int64_t (*bound)(const struct var *, uint32_t i);
	/* The bucket that begins at zero; -1: none. */
	int64_t (*zero)(const struct var *);
	/* The first of the three buckets to show when all are empty. */
	uint32_t (*empty_first)(const struct var *);
};

extern const struct hist_shape hist_quantize, hist_lquantize, hist_llquantize;

/* What bars are relative to: all counts that were added, or (is_zoomed) the largest. */
struct hist_scale {
	long double total;
	bool has_positive, has_negative;
};

extern const char hist_title[];		/* of the columns behind the first */
void hist_scale_add(struct hist_scale *, int64_t count, bool is_zoomed);
void hist_show_line(struct buf *, const struct hist_scale *, int64_t count, int64_t shown);

/* Widen the range to the buckets that are shown: from the first to the last that is not empty,
 * with a neighbour on each side. */
void hist_range(const struct hist_shape *, const struct var *, const uint64_t *count,
    uint32_t *low, uint32_t *high);

/* The whole picture; factor: of normalize(). */
void hist_show(struct buf *, const struct hist_shape *, const struct var *, const uint64_t *,
    int64_t factor, bool is_zoomed);
int64_t hist_total(const struct var *, const uint64_t *count);
long double hist_rank(const struct hist_shape *, const struct var *, const uint64_t *);
int64_t hist_zero(const struct hist_shape *, const struct var *, const uint64_t *);

#endif
