/*
 * The front end, parser and checker, on any text. The first byte chooses how the text is given:
 * as a script or as one of the arguments. Build: make fuzz.
 */
#include <errno.h>
#include <errno.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lang/check.h"
#include "lang/check.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct fuzz {
	struct arena arena;
	struct intern in;
	struct types types;
	struct scope scope;
	struct options options;
	struct diag diag;
};

static const char *
fuzz_macro(void *self, const char *name)
{
	static const char *const value[] = {
		"name", "-0x7f", "some text", "9223372036854775808", "",
	};

	(void)self;
	if (strcmp(name, "target") == 0)
		return "1234";
	return name[0] >= '1' && name[0] <= '5' && name[1] == '\0' ? value[name[0] - '1'] : NULL;
}

static int
fuzz_arg_type(void *self, const struct pdesc *d, unsigned idx, const struct type **type,
    const struct type **from, unsigned *nargs)
{
	*nargs = 1;
	*from = NULL;
	if (idx > 0)
		return -ENOENT;
	*type = ((struct fuzz *)self)->types.t_charptr;
	return d->name[0] == 'm' ? -EINVAL : 0;
}

static int
fuzz_option(void *self, const char *name, const char *value)
{
	return options_set(&((struct fuzz *)self)->options, name, value, OPTION_PROGRAM);
}

static void
compile(struct fuzz *f, struct source *src)
{
	struct lang_env env = {
		.arena = &f->arena, .intern = &f->in, .types = &f->types, .scope = &f->scope,
		.options = &f->options, .self = f, .arg_type = fuzz_arg_type,
		.macro = fuzz_macro, .option = fuzz_option,
	};
	struct program *prog;
	struct buf b = BUF_INIT;

	if (setjmp(f->diag.catch) != 0)
		return;
	prog = parse(src, &env);
	check(prog, &env);
	program_print(&b, prog);
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { .diag = { .arena = &f.arena, .errtags = true, .caret = true } };
	struct source src = { .name = "fuzz", .diag = &f.diag };
	char *text;

	if (size == 0)
		return 0;
	text = malloc(size);		/* of its own, so that reading beyond it is seen */
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	src.text = text;
	src.len = size - 1;
	src.kind = data[0] & 1 ? SOURCE_ARG : SOURCE_FILE;
	src.spec = (enum source_spec)(data[0] >> 1 & 3);
	arena_init(&f.arena);
	intern_init(&f.in, &f.arena);
	options_init(&f.options);
	types_init(&f.types, &f.arena, &f.in, 256);
	scope_init(&f.scope, &f.arena);
	compile(&f, &src);
	scope_fini(&f.scope);
	types_fini(&f.types);
	intern_fini(&f.in);
	arena_fini(&f.arena);
	free(text);
	return 0;
}
