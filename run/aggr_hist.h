/* Histograms of quantize(), lquantize() and llquantize(): labels of buckets, the picture, ranks. */
#ifndef RUN_AGGR_HIST_H
#define RUN_AGGR_HIST_H

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

void hist_show(struct buf *, const struct hist_shape *, const struct var *, const uint64_t *,
    int64_t factor);
long double hist_rank(const struct hist_shape *, const struct var *, const uint64_t *);
int64_t hist_zero(const struct hist_shape *, const struct var *, const uint64_t *);

#endif
