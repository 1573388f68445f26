/* The evaluation loop's code is where the handlers of opcodes are: a piece of code from the first of
 * them to the last, or several; and where compilers have set apart what is rarely executed, which
 * is known by the many jumps that lead there. */
#include "interp/evaluator.h"

#include <stdlib.h>

#include "base/vec.h"
#include "interp/handler.h"
#include "interp/image.h"
#include "interp/x86.h"

enum { OPCODES = 256, APART = 1 << 16, LAST_BYTES = 1024 };
enum { JUMPS = 16, JUMPS_APART = 512, JUMPS_MAX = 1 << 16 };

typedef vec(uint64_t) addresses;

static int
address_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool
is_inside(const struct evaluator *e, uint64_t addr)
{
	for (size_t i = 0; i < e->n; i++)
		if (addr >= e->range[i].start && addr < e->range[i].end)
			return true;
	return false;
}

/* Pieces of sorted addresses that are close to each other, if there are so many of them. */
static void
add_ranges(struct evaluator *e, const uint64_t *addr, size_t n, size_t min, uint64_t apart,
    uint64_t last_bytes)
{
	for (size_t i = 0, end; i < n && e->n < EVALUATOR_RANGES; i = end) {
		for (end = i + 1; end < n && addr[end] <= addr[end - 1] + apart; end++)
			;
		if (end - i >= min) {
			e->range[e->n].start = addr[i];
			e->range[e->n++].end = addr[end - 1] + last_bytes;
		}
	}
}

/* Where a handler's jumps lead that leave the code known so far. */
static void
follow(const struct image *image, const struct evaluator *e, uint64_t addr, uint64_t end,
    addresses *out)
{
	const uint8_t *code;
	struct x86_insn in;
	size_t n;

	while (addr < end && (code = image_at(image, addr, &n)) != NULL &&
	    x86_decode(code, n, addr, &in)) {
		if ((in.kind == X86_JCC || in.kind == X86_JMP) && !is_inside(e, in.target) &&
		    image_is_code(image, in.target) && out->n < JUMPS_MAX)
			vec_push(out, in.target);
		addr += in.bytes;
	}
}

void
evaluator_find(const struct image *image, struct evaluator *e)
{
	uint64_t table[OPCODES];
	addresses jump = {0};

	*e = (struct evaluator){0};
	if (handler_table(image, table) != 0)
		return;
	qsort(table, OPCODES, sizeof(*table), address_cmp);
	add_ranges(e, table, OPCODES, 1, APART, LAST_BYTES);
	for (size_t i = 0; i + 1 < OPCODES; i++)	/* behind the last may be another function */
		if (table[i + 1] <= table[i] + APART)
			follow(image, e, table[i], table[i + 1], &jump);
	if (jump.n > 0)
		qsort(jump.v, jump.n, sizeof(*jump.v), address_cmp);
	add_ranges(e, jump.v, jump.n, JUMPS, JUMPS_APART, JUMPS_APART);
	vec_fini(&jump);
}
