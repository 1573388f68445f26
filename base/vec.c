/* The one function behind vec.h's macros. */
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>

void *
vec_grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 8;
	v = reallocarray(v, *cap, size);
	if (v == NULL) {
		fputs("dtrace: Memory allocation failure\n", stderr);
		exit(1);
	}
	return v;
}
