/*
 * A snapshot of aggregations with the same keys: one row per tuple, which holds the merged value
 * of each aggregation. A row of two aggregations:
 *
 *     tuple | is_present | words of the first | is_present | words of the second
 *
 * all in units of 8 bytes. What is not present is zeroed. When each CPU's values are wanted, the
 * same follows for every one of them.
 */
#ifndef RUN_AGGR_ROWS_H
#define RUN_AGGR_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "lang/node.h"
#include "run/aggr.h"

/* A row, and what it is sorted by. */
struct aggr_row {
	void *tuple;
	uint64_t *slot;			/* the words after the tuple */
	long double rank;
};

struct aggr_rows {
	const struct var *const *var;	/* not owned */
	uint32_t nvar;
	uint32_t tuple_bytes;
	struct show *show;		/* not owned: what it shows alike is one key */
	bool is_folded;			/* … there is such a key */
	void *folded;			/* room for a tuple */
	uint32_t *off;			/* by variable: word of its is_present */
	uint32_t slot_words;		/* of all variables */
	uint32_t ncpu;			/* with values of their own; 0: only merged ones */
	struct aggr_row *row;
	uint32_t n, cap;
	uint32_t *hash;			/* row + 1 of each tuple, 0: free */
	uint32_t nhash;			/* a power of two */
};

/* How rows are sorted: the options aggsort…; trunc() has its own. */
struct aggr_order {
	bool by_key;			/* values do not count */
	bool is_reversed;
	uint32_t key_pos;		/* the element of the tuple to compare first */
	uint32_t var_pos;		/* the aggregation whose value to compare first */
};

/* requires: nvar > 0, and the same types of keys in all. by_cpu: each CPU's values, too.
 * gives: 0 or -errno. */
int aggr_rows_read(struct aggr_rows *, const struct aggr_source *, struct show *,
    const struct var *const *var, uint32_t nvar, bool by_cpu);
void aggr_rows_fini(struct aggr_rows *);

/* The tuple's row, or NULL; the tuple is as the source has it. Not between aggr_rows_sort() and aggr_rows_drop(). */
struct aggr_row *aggr_rows_find(const struct aggr_rows *, const void *tuple);
const uint64_t *aggr_row_value(const struct aggr_rows *, const struct aggr_row *, uint32_t var);
const uint64_t *aggr_row_cpu_value(const struct aggr_rows *, const struct aggr_row *,
    uint32_t var, uint32_t cpu);

void aggr_rows_sort(struct aggr_rows *, const struct aggr_order *);
void aggr_rows_drop(struct aggr_rows *, uint32_t n);	/* the first n */

#endif
