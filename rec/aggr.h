/* Sizes of aggregation values and places of tuple elements; see aggr.def. */
#ifndef REC_AGGR_H
#define REC_AGGR_H

#include <stdint.h>

#include "lang/node.h"

enum { AGGR_KEY_CPU = 0, AGGR_KEY_TUPLE = 8 };

/* Words of 8 bytes in the value of an aggregation. */
uint32_t aggr_words(const struct var *);

/* Bytes a key element of this type takes in a tuple: 8 for integers and pointers, else the size
 * rounded up to 8. */
uint32_t tuple_elem_bytes(const struct type *);

/* Bytes of a whole tuple (aggregation: without the 8 bytes of the CPU). */
uint32_t tuple_bytes(const struct var *);

#endif
