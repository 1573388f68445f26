/*
 * Any bytes as a record, against the schemas of a small program: the consumer must refuse it or
 * act on it, and stay within its bytes. The input is copied to the end of an allocation of its
 * own size, so that the sanitizer sees a byte too many.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/builtin.h"
#include "os/ksym.h"
#include "run/consume.h"

enum { STRSIZE = 16, NCLAUSE = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
no_entries(void *self, const struct var *v, int (*fn)(void *, const void *, const void *),
    void *arg)
{
	(void)self, (void)v, (void)fn, (void)arg;
	return 0;
}

static struct rec
make_rec(struct arena *a, uint32_t bytes, uint32_t nact)
{
	return (struct rec){ .bytes = bytes, .nact = nact,
	    .act = arena_alloc(a, nact * sizeof(struct rec_act)) };
}

/* printf of a string and integers of all sizes; trace of bytes and exit; aggregations; a row; a
 * speculation; its end; stacks and a symbol, of any process. */
static void
make_schemas(struct arena *a, struct types *t, struct rec *rec)
{
	struct rec_field *f = arena_alloc(a, 12 * sizeof(*f));
	struct var *v = arena_new(a, struct var);
	struct builtin *count = arena_new(a, struct builtin);
	const struct var **aggr = arena_alloc(a, sizeof(*aggr));

	f[0] = (struct rec_field){ 24, STRSIZE, REC_STR, t->t_string, NULL, 0 };
	f[1] = (struct rec_field){ 40, 1, REC_INT, t->t_schar, NULL, 0 };
	f[2] = (struct rec_field){ 48, 2, REC_INT, t->t_ushort, NULL, 0 };
	f[3] = (struct rec_field){ 56, 4, REC_INT, t->t_int, NULL, 0 };
	f[4] = (struct rec_field){ 64, 8, REC_INT, t->t_int64, NULL, 0 };
	f[5] = (struct rec_field){ 24, 12, REC_BYTES, type_array(t, t->t_int, 3), NULL, 0 };
	f[6] = (struct rec_field){ 36, 4, REC_INT, t->t_int, NULL, 0 };
	f[8] = (struct rec_field){ 24, 8, REC_BYTES, t->t_int64, NULL, 0 };
	f[7] = (struct rec_field){ .kind = REC_PROBENAME };
	f[9] = (struct rec_field){ 24, 32, REC_SHOWN, type_shown(t, HOW_STACK, 2), NULL, 0 };
	f[10] = (struct rec_field){ 56, 24, REC_SHOWN, type_shown(t, HOW_USTACK, 2), NULL, 0 };
	f[11] = (struct rec_field){ 80, 16, REC_SHOWN, type_shown(t, HOW_USYM, 0), NULL, 0 };
	count->id = AGG_COUNT;
	v->aggfn = count;
	aggr[0] = v;

	rec[0] = make_rec(a, 72, 1);
	rec[0].act[0] = (struct rec_act){ .act = BA_PRINTF, .fmt = "%S %c %5u %*d", .field = f,
	    .nfield = 5 };
	rec[1] = make_rec(a, 40, 3);
	rec[1].act[0] = (struct rec_act){ .act = BA_TRACE, .field = &f[5], .nfield = 1 };
	rec[1].act[1] = (struct rec_act){ .act = BA_EXIT, .field = &f[6], .nfield = 1 };
	rec[1].act[2] = (struct rec_act){ .act = BA_TRACE, .field = &f[7], .nfield = 1 };
	rec[2] = make_rec(a, 72, 4);
	rec[2].act[0] = (struct rec_act){ .act = BA_NORMALIZE, .field = &f[4], .nfield = 1,
	    .aggr = aggr, .naggr = 1 };
	rec[2].act[1] = (struct rec_act){ .act = BA_PRINTA, .aggr = aggr, .naggr = 1 };
	rec[2].act[2] = (struct rec_act){ .act = BA_TRUNC, .field = &f[4], .nfield = 1,
	    .aggr = aggr, .naggr = 1 };
	rec[2].act[3] = (struct rec_act){ .act = BA_CLEAR, .aggr = aggr, .naggr = 1 };
	rec[3] = make_rec(a, 24, 1);
	rec[3].act[0] = (struct rec_act){ .act = REC_ACT_DEFAULT };
	rec[4] = make_rec(a, 40, 2);
	rec[4].spec_off = 24;
	rec[4].act[0] = (struct rec_act){ .act = BA_SPECULATE };
	rec[4].act[1] = (struct rec_act){ .act = BA_TRACE, .field = &f[6], .nfield = 1 };
	rec[5] = make_rec(a, 32, 1);
	rec[5].act[0] = (struct rec_act){ .act = BA_COMMIT, .field = &f[8], .nfield = 1 };
	rec[6] = make_rec(a, 96, 3);
	rec[6].act[0] = (struct rec_act){ .act = BA_STACK, .field = &f[9], .nfield = 1 };
	rec[6].act[1] = (struct rec_act){ .act = BA_USTACK, .field = &f[10], .nfield = 1 };
	rec[6].act[2] = (struct rec_act){ .act = BA_USYM, .field = &f[11], .nfield = 1 };
}

static void
run(const struct consume_env *env, const uint8_t *data, size_t size)
{
	struct consumer *c = consumer_new(env);
	uint8_t *copy = malloc(size + (size == 0));
	int status, r;

	if (size > 0)
		memcpy(copy, data, size);
	r = consume(c, copy, size, &status);
	if (r > 1)
		abort();
	consumer_flush(c);
	free(copy);
	consumer_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct aggr_source source = { .each = no_entries };
	struct rec rec[NCLAUSE];
	const struct rec *by_clause[NCLAUSE] = { &rec[0], &rec[1], &rec[2], &rec[3], &rec[4], &rec[5],
	    &rec[6] };
	char symbols[] = "ffffffff81000000 T first\nffffffff81000100 t second\t[module]\n";
	struct ksyms *ksyms = ksyms_parse(symbols);
	struct arena arena;
	struct intern in;
	struct types types;
	struct probes probes;
	struct options options;
	struct consume_env env = { .rec = by_clause, .nrec = NCLAUSE, .probes = &probes,
	    .options = &options, .out = fopen("/dev/null", "w"), .err = fopen("/dev/null", "w") };

	arena_init(&arena);
	intern_init(&in, &arena);
	types_init(&types, &arena, &in, STRSIZE);
	probes_init(&probes, &arena, &in);
	probe_add(&probes, NULL, "python1", "python3", "f", "function-entry");
	options_init(&options);
	env.show = show_new(&options, ksyms, 0);
	env.aggrs = aggrs_new(&source, &options, env.show);
	make_schemas(&arena, &types, rec);
	run(&env, data, size);
	options_set(&options, "quiet", NULL, OPTION_COMMAND);
	run(&env, data, size);
	aggrs_free(env.aggrs);
	show_free(env.show);
	ksyms_free(ksyms);
	fclose(env.out);
	fclose(env.err);
	probes_fini(&probes);
	types_fini(&types);
	intern_fini(&in);
	arena_fini(&arena);
	return 0;
}
