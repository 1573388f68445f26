/* The evaluation loop's code is where the handlers of opcodes are: a piece of code from the first of
 * them to the last, or several, when compilers have set rare ones apart. */
#include "interp/evaluator.h"

#include <stdlib.h>

#include "interp/handler.h"
#include "interp/image.h"

static int
address_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
evaluator_find(const struct image *image, struct evaluator *e)
{
	enum { OPCODES = 256, APART = 1 << 16, LAST_BYTES = 1024 };
	uint64_t table[OPCODES];

	*e = (struct evaluator){0};
	if (handler_table(image, table) != 0)
		return;
	qsort(table, OPCODES, sizeof(*table), address_cmp);
	for (size_t i = 0; i < OPCODES; i++) {
		if (e->n == 0 || table[i] > e->range[e->n - 1].end + APART) {
			if (e->n == EVALUATOR_RANGES)
				return;
			e->range[e->n++].start = table[i];
		}
		e->range[e->n - 1].end = table[i] + LAST_BYTES;
	}
}
