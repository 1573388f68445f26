/* Argument strings: any bytes give a spec whose every field is in range, or a reason. */
#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "prov/argspec.h"
#include "rec/state.h"

static const char *
find(void *self, const char *symbol, uint64_t *addr)
{
	(void)self;
	*addr = strlen(symbol) * 0x1000;
	return strlen(symbol) % 2 ? NULL : "has an even length";
}

static void
check_arg(const struct arg *a)
{
	bool is_size = a->size_bytes == 1 || a->size_bytes == 2 || a->size_bytes == 4 ||
	    a->size_bytes == 8;

	if (!is_size || a->symbol != NULL)
		BUG("bad size, or a symbol that is left");
	if (a->kind == ARG_BAD && a->why == NULL)
		BUG("refused without a reason");
	if (a->kind == ARG_BAD)
		return;
	if (a->reg > 272 || a->base > 272 || a->index > 272 || a->scale_shift > 4 ||
	    (a->index_bytes != 4 && a->index_bytes != 8))
		BUG("field out of range");
	if (a->kind == ARG_REG && a->reg < 0)
		BUG("no register");
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const int machine[] = { EM_X86_64, EM_AARCH64, EM_386 };

	for (size_t i = 0; i < 3; i++) {
		struct arena arena;
		struct argspec *s;
		struct ir_func *f;

		arena_init(&arena);
		s = argspec_parse(&arena, machine[i], arena_strndup(&arena, (const char *)data, n));
		argspec_resolve(&arena, s, 0x400000, find, NULL);
		for (uint32_t k = 0; k < s->narg; k++) {
			check_arg(&s->arg[k]);
			argspec_type(&s->arg[k]);
		}
		f = ir_func_new(&arena, "fuzz", IR_ENTRY, 2);
		argspec_enter(f, s, ir_arg(f, 0), ir_arg(f, 1), (1u << STATE_NARG) - 1,
		    ir_label_new(f));
		arena_fini(&arena);
	}
	return 0;
}
