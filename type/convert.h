/* C's conversions: promotions, usual arithmetic conversions, what may be assigned to what. */
#ifndef TYPE_CONVERT_H
#define TYPE_CONVERT_H

#include "type/type.h"

/* C99 6.3.1.1: the type after integer promotion. requires: an integer type. */
const struct type *convert_promote(struct types *, const struct type *);

/* C99 6.3.1.8. requires: two integer types. gives: the common type. */
const struct type *convert_usual(struct types *, const struct type *, const struct type *);

/* Pointers (or arrays) to compatible types, or one is void *. */
bool convert_ptr_compat(const struct type *, const struct type *);

/* May a value of `from` be assigned to (passed as) `to`? D's rule: d-language "Assignment":
 * integer to integer, string-compatible to string-compatible, same struct, compatible pointers. */
bool convert_assignable(const struct type *to, const struct type *from);

/* The value of an integer constant after conversion to an integer type, extended to 64 bits. */
int64_t convert_int(const struct type *to, int64_t value);

#endif
