/*
 * Aggregations in user space: merge what the CPUs counted, sort, normalise, truncate, print.
 */
#ifndef RUN_AGGR_H
#define RUN_AGGR_H

#include "base/buf.h"
#include "lang/node.h"
#include "lang/option.h"
#include "lang/printf.h"
#include "rec/rec.h"
#include "run/show.h"

/* Where the raw keys and values are: maps of the kernel, or an array in tests. */
struct aggr_source {
	void *self;
	uint32_t ncpu;			/* a key's CPU is less */
	/* Calls fn for each entry: key: AGGR_KEY_CPU, AGGR_KEY_TUPLE, zeros behind the end of strings;
	 * value: the words of rec/aggr.def. */
	int (*each)(void *self, const struct var *,
	    int (*fn)(void *arg, const void *key, const void *value), void *arg);
	int (*remove)(void *self, const struct var *, const void *key);	/* trunc() */
	/* clear(): the entry gets this value; for min and max it is one that any other replaces. */
	int (*write)(void *self, const struct var *, const void *key, const void *value);
};

struct aggrs;	/* the state of all aggregations of a session: factors, what was printed */

/* The options are read when something is printed: setopt() may change them. */
struct aggrs *aggrs_new(const struct aggr_source *, const struct options *, struct show *);
void aggrs_free(struct aggrs *);

/* Each reads the source anew. Output is appended to the buffer. 0 or -errno. */
/* printa(); fmt NULL: the default format. Several aggregations are joined by their keys. */
int aggrs_print(struct aggrs *, struct buf *, const struct var *const *, uint32_t n,
    const struct printf_fmt *fmt);
int aggrs_clear(struct aggrs *, const struct var *);
int aggrs_trunc(struct aggrs *, const struct var *, bool has_n, int64_t n);
/* factor 1: denormalize */
void aggrs_normalize(struct aggrs *, const struct var *, int64_t factor);
/* At the end: every aggregation that printa() never printed, in order of id. */
int aggrs_print_rest(struct aggrs *, struct buf *, const struct var *const *all, uint32_t n);

#endif
