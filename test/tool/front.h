/*
 * D text → struct gen, with a made-up environment: for tools and tests of the code generator.
 * Clauses of dtrace:::ERROR are its error clauses, all others run at one made-up probe.
 */
#ifndef TEST_FRONT_H
#define TEST_FRONT_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "gen/gen.h"
#include "lang/check.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parse.h"
#include "lang/scope.h"

struct front {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct scope scope;
	struct options options;
	struct diag diag;
	struct source src;
	struct lang_env env;
	struct program *program;
	struct gen *gen;
	struct gen_group group;
};

enum { FRONT_PROBE = 7, FRONT_ERROR_PROBE = 3 };

static inline const char *
front_macro(void *self, const char *name)
{
	(void)self;
	return strcmp(name, "target") == 0 ? "1234" : NULL;
}

static inline int
front_option(void *self, const char *name, const char *value)
{
	struct front *t = self;

	return options_set(&t->options, name, value, OPTION_PROGRAM);
}

static inline int
front_arg_type(void *self, const struct pdesc *desc, unsigned idx, const struct type **type,
    const struct type **from, unsigned *nargs)
{
	struct front *t = self;

	*from = NULL;
	(void)desc;
	*nargs = 2;
	*type = idx == 0 ? t->types.t_int : t->types.t_charptr;
	return idx < *nargs ? 0 : -2;
}

static inline void
front_group(struct front *t)
{
	const uint32_t n = t->gen->nclause;
	uint32_t *clause = arena_alloc(&t->arena, (n + 1) * sizeof(*clause));
	uint32_t *error = arena_alloc(&t->arena, (n + 1) * sizeof(*error));
	struct gen_group *g = &t->group;

	*g = (struct gen_group){
		.name = "probe", .clause = clause, .error_clause = error,
		.error_probe = FRONT_ERROR_PROBE, .probe = FRONT_PROBE,
	};
	for (uint32_t i = 0; i < n; i++) {
		if (t->gen->clause[i].rec.is_error_clause)
			error[g->nerror_clause++] = i;
		else
			clause[g->nclause++] = i;
	}
}

/* gives: 0, ->gen and ->group are made; or -1, with the message printed. opts.strsize, .nspec
 * and .quiet are taken from the program's options. */
static inline int
front_compile(struct front *t, const char *text, struct gen_opts *opts)
{
	memset(t, 0, sizeof(*t));
	arena_init(&t->arena);
	intern_init(&t->intern, &t->arena);
	options_init(&t->options);
	scope_init(&t->scope, &t->arena);
	types_init(&t->types, &t->arena, &t->intern, 256);
	t->diag.arena = &t->arena;
	t->src = (struct source){
		.kind = SOURCE_FILE, .spec = SPEC_NAME, .name = "test.d", .text = text,
		.len = strlen(text), .diag = &t->diag,
	};
	t->env = (struct lang_env){
		.arena = &t->arena, .intern = &t->intern, .types = &t->types, .scope = &t->scope,
		.options = &t->options, .self = t, .macro = front_macro, .option = front_option,
		.arg_type = front_arg_type,
	};
	if (setjmp(t->diag.catch) != 0) {
		printf("# %s\n", t->diag.message);
		return -1;
	}
	t->program = parse(&t->src, &t->env);
	opts->strsize = (uint32_t)options_get(&t->options, OPT_STRSIZE);
	opts->scratchsize = (uint32_t)options_get(&t->options, OPT_SCRATCHSIZE);
	opts->printsize = (uint32_t)options_get(&t->options, OPT_PRINTSIZE);
	opts->nspec = (uint32_t)options_get(&t->options, OPT_NSPEC);
	opts->quiet = options_on(&t->options, OPT_QUIET);
	types_set_strsize(&t->types, opts->strsize);
	check(t->program, &t->env);
	t->gen = gen_new(&t->arena, opts, &t->scope, &t->types, &t->program, 1);
	front_group(t);
	return 0;
}

static inline void
front_fini(struct front *t)
{
	scope_fini(&t->scope);
	types_fini(&t->types);
	intern_fini(&t->intern);
	arena_fini(&t->arena);
}

#endif
