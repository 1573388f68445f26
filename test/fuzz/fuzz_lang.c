/*
 * The front end on any text. The first byte chooses how the text is given: as a script or as
 * one of the arguments. Build: clang -fsanitize=fuzzer,address,undefined.
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *
fuzz_macro(void *self, const char *name)
{
	static const char *const value[] = { "name", "-0x7f", "some text", "9223372036854775808", "" };

	(void)self;
	if (strcmp(name, "target") == 0)
		return "1234";
	return name[0] >= '1' && name[0] <= '5' && name[1] == '\0' ? value[name[0] - '1'] : NULL;
}

static int
fuzz_option(void *self, const char *name, const char *value)
{
	return options_set(self, name, value, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct intern in;
	struct types types;
	struct options options;
	struct diag diag = { .arena = &arena, .errtags = true, .caret = true };
	struct source src = { .name = "fuzz", .diag = &diag };
	struct lang_env env = {
		.arena = &arena, .intern = &in, .types = &types, .options = &options,
		.self = &options, .macro = fuzz_macro, .option = fuzz_option,
	};
	char *text;

	if (size == 0)
		return 0;
	src.kind = data[0] & 1 ? SOURCE_ARG : SOURCE_FILE;
	src.spec = (enum source_spec)(data[0] >> 1 & 3);
	arena_init(&arena);
	text = malloc(size);		/* of its own, so that reading beyond it is seen */
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	src.text = text;
	src.len = size - 1;
	intern_init(&in, &arena);
	options_init(&options);
	types_init(&types, &arena, &in, 256);
	if (setjmp(diag.catch) == 0) {
		struct program *prog = parse(&src, &env);
		struct buf b = BUF_INIT;

		program_print(&b, prog);
		buf_fini(&b);
	}
	types_fini(&types);
	intern_fini(&in);
	arena_fini(&arena);
	free(text);
	return 0;
}
