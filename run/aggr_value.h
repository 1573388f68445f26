/*
 * What the value of an aggregation is, per aggregating function: one row of functions each, by
 * AGG_*. Words are laid out as in rec/aggr.def.
 */
#ifndef RUN_AGGR_VALUE_H
#define RUN_AGGR_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "lang/node.h"
#include "lang/printf.h"
#include "run/aggr_hist.h"

/* Add what another CPU counted. */
void aggr_value_merge(const struct var *, uint64_t *into, const uint64_t *from);

/* A value as if nothing had been counted yet: clear(). */
void aggr_value_reset(const struct var *, uint64_t *);

/* Values sort by their rank, then by their second rank. */
long double aggr_value_rank(const struct var *, const uint64_t *);
int64_t aggr_value_rank2(const struct var *, const uint64_t *);

/* In the default layout; by a conversion of printa() (%@d). factor: of normalize();
 * is_zoomed: the largest bucket of a histogram fills its bar. */
void aggr_value_show(struct buf *, const struct var *, const uint64_t *, int64_t factor,
    bool is_zoomed);
void aggr_value_format(struct buf *, const struct var *, const uint64_t *, int64_t factor,
    bool is_zoomed, const struct printf_conv *);

/* What a value is: a histogram, or (NULL) a number. */
const struct hist_shape *aggr_value_hist(const struct var *);
int64_t aggr_value_number(const struct var *, const uint64_t *, int64_t factor);

#endif
