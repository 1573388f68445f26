/* Sizes of aggregation values and places of tuple elements; see aggr.def. */
#ifndef REC_AGGR_H
#define REC_AGGR_H

#include <stdbool.h>
#include <stdint.h>

#include "lang/node.h"

/* The consumer's key, whatever the map's is. */
enum { AGGR_KEY_CPU = 0, AGGR_KEY_TUPLE = 8 };

/* How the map finds a tuple. */
enum aggr_form { AGGR_BY_CPU, AGGR_EXACT, AGGR_DIGESTED };
enum { AGGR_USED = 0 };			/* BY_CPU: in the value, u64: programs have used it */
enum { AGGR_KEY_DIGEST = 8 };		/* DIGESTED: in the key */

/* Words of 8 bytes in the value of an aggregation. */
uint32_t aggr_words(const struct var *);

/*
 * A magnitude of llquantize(): from factor^n to below factor^(n + 1), in bins that begin at the
 * multiples of step; the first one may begin at `from` in the midst of a step. Those of the lowest
 * magnitude are as many as there are integers, when there are more steps than these.
 */
struct aggr_magnitude {
	uint64_t from, to, step;
	uint32_t nbin;
	uint32_t bin;			/* number of the first, the lowest of all being 1 */
};
/* The magnitude after m; at first m is all zeros. false: it was the last. */
bool aggr_magnitude_next(const struct var *, struct aggr_magnitude *);
uint32_t aggr_llquantize_zero(const struct var *);	/* the word around zero */

/* Bytes a key element of this type takes in a tuple: 8 for integers and pointers, else the size
 * rounded up to 8. */
uint32_t tuple_elem_bytes(const struct type *);

/* Bytes of a whole tuple (aggregation: without the 8 bytes of the CPU). */
uint32_t tuple_bytes(const struct var *);

/* The map of an aggregation: its form, sizes, and where in a value the words begin. */
enum aggr_form aggr_form(const struct var *);
uint32_t aggr_key_bytes(const struct var *);
uint32_t aggr_value_bytes(const struct var *);
uint32_t aggr_words_off(const struct var *);

/* The digest of a tuple, and what it starts from. A session has one seed. */
struct aggr_seed {
	uint64_t key[2];
};
enum { AGGR_DIGEST_WORDS = 4 };
void aggr_digest_begin(struct aggr_seed, uint64_t state[AGGR_DIGEST_WORDS]);
void aggr_digest(const struct var *, struct aggr_seed, const void *tuple, uint64_t digest[2]);

#endif
