/* Aggregations as tables, a line for each tuple: -x agghist, aggpack. */
#ifndef RUN_AGGR_TABLE_H
#define RUN_AGGR_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/aggr_rows.h"

/* requires: rows of one aggregation with keys, sorted; of numbers, of histograms.
 * factor: of normalize(). is_zoomed: the largest fills its bar. */
void aggr_table_bars(struct buf *, const struct aggr_rows *, int64_t factor, bool is_zoomed);
void aggr_table_packed(struct buf *, const struct aggr_rows *, int64_t factor, bool is_zoomed);

#endif
