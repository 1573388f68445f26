/* Any bytes as a function: it is refused, or its places are beginnings of its instructions. */
#include <stdint.h>

#include "base/cleanup.h"
#include "interp/func.h"
#include "interp/x86.h"

enum { ADDR = 0x1000, CODE_MAX = 4096 };

static enum func_beyond
beyond(void *self, uint64_t target)
{
	(void)self;
	return target & 1 ? FUNC_ELSEWHERE : FUNC_UNKNOWN;
}

static bool
word(void *self, uint64_t addr, uint64_t *value)
{
	(void)self;
	*value = addr;
	return (addr & 2) != 0;
}

static void
on_end(void *self, const struct func_end *e)
{
	const struct func *f = self;

	if (e->off >= f->n || (f->flag[e->off] & FUNC_INSN) == 0)
		BUG("an end at %zu", e->off);
}

static void
on_address(void *self, uint64_t addr)
{
	(void)self;
	(void)addr;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct func_ask ask = { .beyond = beyond, .word = word };
	size_t half = n / 2;
	struct func f = { .addr = ADDR, .code = data, .n = n - half };
	struct func part = { .addr = ADDR + CODE_MAX, .code = data + f.n, .n = half, .part = &f };

	if (n > CODE_MAX)
		return 0;
	if (func_decode(&f) == NULL) {
		if (func_decode(&part) == NULL)
			f.part = &part;
		if ((f.flag[func_entry(&f)] & FUNC_INSN) == 0)
			BUG("an entry in the middle");
		func_each_end(&f, &ask, on_end, &f);
		func_each_address(&f, on_address, NULL);
		func_fini(&part);
	}
	func_fini(&f);
	return 0;
}
