/* Constants: their spelling to their value. For the lexer and for the values of $1 and its like. */
#ifndef LANG_LITERAL_H
#define LANG_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "type/type.h"

struct literal_int {
	const char *end;		/* after the suffix */
	uint64_t val;
	const struct type *type;	/* NULL: no type holds it */
	char bad_digit;			/* the 8 of 08; 0: none */
};

/* requires: s begins with a digit, and a byte that is no digit or letter follows the constant. */
struct literal_int literal_int(const struct types *, const char *s);

/* s without its escapes; *len bytes, and a NUL after them. */
const char *literal_str(struct arena *, const char *s, size_t n, uint32_t *len);

#endif
