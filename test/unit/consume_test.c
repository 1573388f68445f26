/* Records → rows: prefixes, every action, constants, faults, and records that do not fit. */
#include "run/consume.h"

#include <errno.h>
#include <unistd.h>

#include "lang/builtin.h"
#include "test/unit/aggr_fake.h"
#include "test/unit/tap.h"

#define HEADER "CPU     ID                    FUNCTION:NAME\n"
#define BEGIN_ROW "  0      1                           :BEGIN "
#define FOO_ROW "  3      2                        foo:entry "

enum { STRSIZE = 16, RECORD_MAX = 256 };

enum clause {
	C_TRACE_STR, C_PRINTF, C_TWO, C_EXIT, C_DEFAULT, C_SILENT, C_NAMES, C_AGGR, C_NORMALIZE,
	C_CLEAR, C_TRUNC, C_EMPTY_TRUNC, C_BRANCH, C_MEMORY, C_SETOPT, C_SPEC, C_COMMIT, C_DISCARD, NCLAUSE,
};

struct world {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct options options;
	struct probes probes;
	struct fake fake;
	struct var aggr;
	struct aggrs *aggrs;
	const struct rec *rec[NCLAUSE];
	FILE *out, *err;
	struct consumer *consumer;
	bool is_testing;
	uint64_t met_pid;
	char text[4096];
};

/* One action with its values; a clause is a list of them. */
static struct rec_act
make_act(int act, const char *fmt, struct rec_field *field, uint32_t n)
{
	return (struct rec_act){ .act = act, .fmt = fmt, .field = field, .nfield = n };
}

static void
make_rec(struct world *w, enum clause clause, uint32_t bytes, const struct rec_act *act,
    uint32_t nact)
{
	struct rec *rec = arena_new(&w->arena, struct rec);

	rec->act = arena_alloc(&w->arena, nact * sizeof(*act));
	memcpy(rec->act, act, nact * sizeof(*act));
	rec->nact = nact;
	rec->bytes = bytes;
	w->rec[clause] = rec;
}

#define RECORD(CLAUSE, BYTES, ...) \
	make_rec(w, (CLAUSE), (BYTES), (const struct rec_act[]){ __VA_ARGS__ }, \
	    sizeof((const struct rec_act[]){ __VA_ARGS__ }) / sizeof(struct rec_act))

static void
make_schemas(struct world *w)
{
	static struct rec_field str = { 24, STRSIZE, REC_STR, NULL, NULL, 0 };
	static struct rec_field num, wide[4], names[6], factor, negative, memory[2], option[2], end;
	static const struct var *aggrs[1];
	struct rec_act printa = { .act = BA_PRINTA, .fmt = "%d=%@d\n", .naggr = 1 };
	struct rec_act normalize = { .act = BA_NORMALIZE, .naggr = 1, .nfield = 1 };
	struct rec_act denormalize = { .act = BA_DENORMALIZE, .naggr = 1 };
	struct rec_act clear = { .act = BA_CLEAR, .naggr = 1 };
	struct rec_act trunc = { .act = BA_TRUNC, .naggr = 1 };

	num = (struct rec_field){ 40, 4, REC_INT, w->types.t_int, NULL, 0 };
	wide[0] = (struct rec_field){ 24, 1, REC_INT, w->types.t_schar, NULL, 0 };
	wide[1] = (struct rec_field){ 32, 2, REC_INT, w->types.t_ushort, NULL, 0 };
	wide[2] = (struct rec_field){ 40, 4, REC_INT, w->types.t_int, NULL, 0 };
	wide[3] = (struct rec_field){ 48, 8, REC_INT, w->types.t_int64, NULL, 0 };
	names[0] = (struct rec_field){ .off = 24, .size = 4, .kind = REC_PROBEPROV };
	names[1] = (struct rec_field){ .kind = REC_PROBEMOD };
	names[2] = (struct rec_field){ .kind = REC_PROBEFUNC };
	names[3] = (struct rec_field){ .kind = REC_PROBENAME };
	names[4] = (struct rec_field){ .kind = REC_CONST_STR, .str = "const" };
	names[5] = (struct rec_field){ .kind = REC_CONST_INT, .type = w->types.t_int, .val = -9 };
	factor = (struct rec_field){ .off = 24, .size = 8, .kind = REC_INT,
	    .type = w->types.t_int64 };
	negative = (struct rec_field){ .kind = REC_CONST_INT, .type = w->types.t_int, .val = -1 };
	memory[0] = (struct rec_field){ 24, 17, REC_BYTES, w->types.t_int64, NULL, 0 };
	memory[1] = (struct rec_field){ 48, 8, REC_INT, w->types.t_int64, NULL, 0 };
	option[0] = (struct rec_field){ .kind = REC_CONST_STR, .str = "quiet" };
	option[1] = str;
	aggrs[0] = &w->aggr;
	printa.aggr = normalize.aggr = denormalize.aggr = clear.aggr = trunc.aggr = aggrs;
	normalize.field = &factor;

	RECORD(C_TRACE_STR, 40, make_act(BA_TRACE, NULL, &str, 1));
	RECORD(C_PRINTF, 56, make_act(BA_PRINTF, "%d %d %d %d\n", wide, 4));
	RECORD(C_TWO, 48, make_act(BA_PRINTF, "%s|", &str, 1), make_act(BA_TRACE, NULL, &num, 1));
	RECORD(C_EXIT, 48, make_act(BA_EXIT, NULL, &num, 1), make_act(BA_TRACE, NULL, &str, 1));
	RECORD(C_DEFAULT, 24, make_act(REC_ACT_DEFAULT, NULL, NULL, 0));
	RECORD(C_SILENT, 0, make_act(REC_ACT_DEFAULT, NULL, NULL, 0));
	RECORD(C_NAMES, 32, make_act(BA_PRINTF, "%s:%s:%s:%s %s %d", names, 6));
	RECORD(C_AGGR, 24, printa);
	RECORD(C_NORMALIZE, 32, normalize, printa, denormalize, printa);
	RECORD(C_CLEAR, 24, clear);
	RECORD(C_EMPTY_TRUNC, 24, trunc);
	trunc.field = &negative;
	trunc.nfield = 1;
	RECORD(C_TRUNC, 24, trunc);
	RECORD(C_MEMORY, 56, make_act(BA_TRACEMEM, NULL, memory, 2));
	RECORD(C_SETOPT, 40, make_act(BA_SETOPT, NULL, option, 2));
	end = (struct rec_field){ 24, 8, REC_BYTES, w->types.t_int64, NULL, 0 };
	RECORD(C_COMMIT, 32, make_act(BA_COMMIT, NULL, &end, 1));
	RECORD(C_DISCARD, 32, make_act(BA_DISCARD, NULL, &end, 1),
	    { .act = BA_PRINTF, .fmt = "gone" });
	RECORD(C_SPEC, 56, make_act(BA_SPECULATE, NULL, NULL, 0),
	    make_act(BA_TRACE, NULL, &num, 1), { .act = BA_COMMIT, .field = &end, .nfield = 1,
	    .when = 48 });
	((struct rec *)(uintptr_t)w->rec[C_SPEC])->spec_off = 32;
	RECORD(C_BRANCH, 32,
	    { .act = BA_PRINTF, .fmt = "yes", .when = 24 },
	    { .act = BA_PRINTF, .fmt = "no", .when = 25 },
	    { .act = BA_PRINTF, .fmt = "!" });
}

static void
python_met(void *self, uint64_t pid)
{
	((struct world *)self)->met_pid = pid;
}

static struct consumer *
make_consumer(struct world *w)
{
	return consumer_new(&(struct consume_env){
		.rec = w->rec, .nrec = NCLAUSE, .probes = &w->probes, .options = &w->options,
		.aggrs = w->aggrs, .out = w->out, .err = w->err, .is_testing = w->is_testing,
		.python_met = python_met, .self = w,
	});
}

static void
world_init(struct world *w, bool is_quiet, bool is_testing)
{
	static const struct builtin sum = { .name = "sum", .kind = BUILTIN_AGG, .id = AGG_SUM };
	struct aggr_source source = fake_source(&w->fake);

	*w = (struct world){ .is_testing = is_testing };
	arena_init(&w->arena);
	intern_init(&w->intern, &w->arena);
	types_init(&w->types, &w->arena, &w->intern, STRSIZE);
	options_init(&w->options);
	if (is_quiet)
		options_set(&w->options, "quiet", NULL, OPTION_COMMAND);
	probes_init(&w->probes, &w->arena, &w->intern);
	probe_add(&w->probes, NULL, "dtrace", "", "", "BEGIN");
	probe_add(&w->probes, NULL, "python7", "libpy", "foo", "entry");
	probe_add(&w->probes, NULL, "p", "m", "a_function_with_a_name_that_is_long", "entry");
	w->aggr = (struct var){ .scope = VAR_AGGR, .aggfn = &sum, .nkey = 1,
	    .key = &w->types.t_int };
	for (int i = 1; i <= 3; i++)
		fake_add(&w->fake, &w->aggr, 0, &(union fake_elem){ i },
		    &(uint64_t){ (uint64_t)i * 10 });
	w->aggrs = aggrs_new(&source, &w->options, NULL);
	make_schemas(w);
	w->out = tmpfile();
	w->err = tmpfile();
	w->consumer = make_consumer(w);
}

static void
world_fini(struct world *w)
{
	consumer_free(w->consumer);
	aggrs_free(w->aggrs);
	fake_fini(&w->fake);
	fclose(w->out);
	fclose(w->err);
	probes_fini(&w->probes);
	types_fini(&w->types);
	intern_fini(&w->intern);
	arena_fini(&w->arena);
}

/* What has been written since the last time. */
static const char *
written(struct world *w, FILE *f)
{
	size_t n;

	fflush(f);
	rewind(f);
	n = fread(w->text, 1, sizeof(w->text) - 1, f);
	w->text[n] = '\0';
	rewind(f);
	if (ftruncate(fileno(f), 0) != 0)
		return "?";
	return w->text;
}

static const char *
output(struct world *w)
{
	return consumer_flush(w->consumer) == 0 ? written(w, w->out) : "error";
}

struct record {
	unsigned char byte[RECORD_MAX];
};

static struct record
record(uint32_t clause, uint32_t probe, uint32_t cpu)
{
	struct rec_hdr hdr = { .timestamp = 1, .clause = clause, .probe = probe, .cpu = cpu };
	struct record r = { { 0 } };

	memcpy(r.byte, &hdr, sizeof(hdr));
	return r;
}

static void
set(struct record *r, uint32_t off, const void *data, size_t n)
{
	memcpy(r->byte + off, data, n);
}

static int
take(struct world *w, const struct record *r, size_t bytes)
{
	int status = -1;

	return consume(w->consumer, r->byte, bytes, &status);
}

static void
test_rows(void)
{
	struct world w;
	struct record r;

	world_init(&w, false, false);
	CHECK_STR(output(&w), "");
	r = record(C_TRACE_STR, 1, 0);
	set(&r, 24, "hello", 5);
	CHECK_INT(take(&w, &r, 40), 0);
	CHECK_STR(output(&w), HEADER BEGIN_ROW "  hello                            \n");
	set(&r, 24, "0123456789abcdef", 16);		/* full: no NUL */
	CHECK_INT(take(&w, &r, 40), 0);
	CHECK_STR(output(&w), BEGIN_ROW "  0123456789abcdef                 \n");

	r = record(C_PRINTF, 2, 3);
	set(&r, 24, &(int8_t){ -5 }, 1);
	set(&r, 32, &(uint16_t){ 65535 }, 2);
	set(&r, 40, &(int32_t){ INT32_MIN }, 4);
	set(&r, 48, &(int64_t){ INT64_MIN }, 8);
	CHECK_INT(take(&w, &r, 56), 0);
	CHECK_STR(output(&w), FOO_ROW "-5 65535 -2147483648 -9223372036854775808\n\n");

	r = record(C_TWO, 2, 3);
	set(&r, 24, "x", 1);
	set(&r, 40, &(int32_t){ 7 }, 4);
	CHECK_INT(take(&w, &r, 48), 0);
	r = record(C_DEFAULT, 3, 123);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w), FOO_ROW "x|          7\n"
	    "123      3 a_function_with_a_name_that_is_long:entry \n");

	r = record(C_NAMES, 2, 3);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), FOO_ROW "python7:libpy:foo:entry const -9\n");
	w.probes.probe[1]->family = "py";	/* a probe of every process: of 42 */
	set(&r, 24, &(int32_t){ 42 }, 4);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), FOO_ROW "py42:libpy:foo:entry const -9\n");
	world_fini(&w);
}

static void
test_modes(void)
{
	struct world w;
	struct record r = record(C_TWO, 2, 3);

	set(&r, 24, "x", 1);
	set(&r, 40, &(int32_t){ 7 }, 4);
	world_init(&w, true, false);
	CHECK_INT(take(&w, &r, 48), 0);
	CHECK_STR(output(&w), "x|7");
	r = record(C_DEFAULT, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w), "");
	world_fini(&w);

	world_init(&w, false, true);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w),
	    "                   FUNCTION:NAME\n"
	    "                       foo:entry \n");
	world_fini(&w);
}

/* if and else: actions that were not reached show nothing. */
static void
test_branches(void)
{
	struct world w;
	struct record r = record(C_BRANCH, 2, 3);

	world_init(&w, true, false);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), "!");
	set(&r, 24, "\1", 1);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), "yes!");
	set(&r, 24, "\0\1", 2);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), "no!");
	world_fini(&w);
}

/* exit() shows nothing of its own; the rest of the clause runs. */
static void
test_exit(void)
{
	struct world w;
	struct record r = record(C_EXIT, 1, 0);
	int status = -1;

	world_init(&w, false, false);
	set(&r, 24, "bye", 3);
	set(&r, 40, &(int32_t){ 3 }, 4);
	CHECK_INT(consume(w.consumer, r.byte, 48, &status), 1);
	CHECK_INT(status, 3);
	CHECK_STR(output(&w), HEADER BEGIN_ROW "  bye                              \n");
	r = record(C_DEFAULT, 1, 0);
	CHECK_INT(take(&w, &r, 24), 0);
	world_fini(&w);
}

static void
test_aggr(void)
{
	struct world w;
	struct record r = record(C_AGGR, 2, 3);

	world_init(&w, true, false);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w), "1=10\n2=20\n3=30\n");
	r = record(C_NORMALIZE, 2, 3);
	set(&r, 24, &(int64_t){ 10 }, 8);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_STR(output(&w), "1=1\n2=2\n3=3\n1=10\n2=20\n3=30\n");
	r = record(C_TRUNC, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	r = record(C_AGGR, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w), "1=10\n");
	r = record(C_CLEAR, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	r = record(C_AGGR, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_STR(output(&w), "1=0\n");
	r = record(C_EMPTY_TRUNC, 2, 3);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_INT(w.fake.entry.n, 0);
	CHECK_STR(output(&w), "");
	world_fini(&w);
}

/* A record of a speculation shows when that is committed; nothing else does of commit(). */
static void
test_speculation(void)
{
	struct world w;
	struct record spec = record(C_SPEC, 2, 3), commit = record(C_COMMIT, 1, 0);
	struct record discard = record(C_DISCARD, 1, 0), row = record(C_DEFAULT, 1, 0);
	const struct rec_spec first = { 1, 1 }, second = { 1, 3 };

	world_init(&w, false, false);
	set(&spec, 32, &first, 8);
	set(&spec, 40, &(int32_t){ 7 }, 4);
	CHECK_INT(take(&w, &spec, 56), 0);
	CHECK_INT(take(&w, &row, 24), 0);
	CHECK_STR(output(&w), HEADER BEGIN_ROW "\n");
	CHECK_INT(take(&w, &commit, 32), 0);		/* of none */
	CHECK_STR(output(&w), "");
	set(&commit, 24, &first, 8);
	CHECK_INT(take(&w, &commit, 32), 0);
	CHECK_STR(output(&w), FOO_ROW "          7\n");

	set(&spec, 32, &second, 8);
	CHECK_INT(take(&w, &spec, 56), 0);
	set(&discard, 24, &second, 8);
	CHECK_INT(take(&w, &discard, 32), 0);
	CHECK_STR(output(&w), BEGIN_ROW "gone\n");

	/* one that commits itself, and one that does not speculate after all */
	set(&spec, 32, &(struct rec_spec){ 1, 5 }, 8);
	set(&spec, 24, &(struct rec_spec){ 1, 5 }, 8);
	set(&spec, 48, "\1", 1);
	CHECK_INT(take(&w, &spec, 56), 0);
	CHECK_STR(output(&w), FOO_ROW "          7\n");
	set(&spec, 32, &(struct rec_spec){ 0, 0 }, 8);
	CHECK_INT(take(&w, &spec, 56), 0);
	CHECK_STR(output(&w), FOO_ROW "          7\n");

	/* numbers from nowhere */
	set(&spec, 32, &(struct rec_spec){ 2, 1 }, 8);
	CHECK_INT(take(&w, &spec, 56), 0);
	set(&commit, 24, &(struct rec_spec){ UINT32_MAX, 1 }, 8);
	CHECK_INT(take(&w, &commit, 32), 0);
	CHECK_STR(output(&w), "");
	world_fini(&w);
}

#define DUMP_HEADER \
	"\n             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef\n"

/* The second value limits what is shown, if it is not more than there is. */
static void
test_tracemem(void)
{
	struct world w;
	struct record r = record(C_MEMORY, 2, 3);
	static const int64_t all[] = { 17, 18, -1, INT64_MIN };

	world_init(&w, true, false);
	set(&r, 24, "0123456789abcdef\n", 17);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		set(&r, 48, &all[i], 8);
		CHECK_INT(take(&w, &r, 56), 0);
		CHECK_STR(output(&w), DUMP_HEADER
		    "         0: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  "
		    "0123456789abcdef\n"
		    "        10: 0a                                               .\n");
	}
	set(&r, 48, &(int64_t){ 1 }, 8);
	CHECK_INT(take(&w, &r, 56), 0);
	CHECK_STR(output(&w), DUMP_HEADER
	    "         0: 30                                               0\n");
	set(&r, 48, &(int64_t){ 0 }, 8);
	CHECK_INT(take(&w, &r, 56), 0);
	CHECK_STR(output(&w), "");
	world_fini(&w);
}

/* Options change for what comes after; one that can't is told. */
static void
test_setopt(void)
{
	struct world w;
	struct record r = record(C_SETOPT, 2, 3), row = record(C_DEFAULT, 1, 0);

	world_init(&w, false, false);
	set(&r, 24, "yes", 4);
	CHECK_INT(take(&w, &r, 40), 0);
	CHECK_INT(take(&w, &row, 24), 0);
	CHECK_STR(output(&w), HEADER FOO_ROW "\n");
	set(&r, 24, "0123456789abcdef", 16);		/* full: no NUL */
	CHECK_INT(take(&w, &r, 40), 0);
	CHECK_STR(written(&w, w.err), "dtrace: error in dt_clause_14 for probe ID 2 "
	    "(python7:libpy:foo:entry): couldn't set option \"quiet\" to \"0123456789abcdef\": "
	    "Invalid value for specified option\n");
	set(&r, 24, "no", 3);
	CHECK_INT(take(&w, &r, 40), 0);
	CHECK_INT(take(&w, &row, 24), 0);
	CHECK_STR(output(&w), BEGIN_ROW "\n");
	world_fini(&w);
}

static const struct {
	struct rec_error error;
	const char *want;
} faults[] = {
	{ { 0, 1, 0x1234, 17 },
	    "dtrace: error in dt_clause_0 for probe ID 2 (python7:libpy:foo:entry): "
	    "invalid address (0x1234) at BPF pc 17\n" },
	{ { 1, 1, UINT64_MAX, 17 },
	    "dtrace: error in dt_clause_1 for probe ID 2 (python7:libpy:foo:entry): "
	    "invalid address at BPF pc 17\n" },
	{ { 2, 4, 5, UINT64_MAX },
	    "dtrace: error in dt_clause_2 for probe ID 2 (python7:libpy:foo:entry): "
	    "divide-by-zero\n" },
	{ { 2, 11, (uint64_t)-3, 1 },
	    "dtrace: error in dt_clause_2 for probe ID 2 (python7:libpy:foo:entry): "
	    "index out of bounds (-3) at BPF pc 1\n" },
	{ { 2, 999, 0, 1 },
	    "dtrace: error in dt_clause_2 for probe ID 2 (python7:libpy:foo:entry): "
	    "unknown fault at BPF pc 1\n" },
};

static void
test_faults(void)
{
	struct world w;
	struct record r;

	world_init(&w, false, false);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		r = record(REC_ERROR, 2, 3);
		set(&r, 24, &faults[i].error, sizeof(faults[i].error));
		CHECK_INT(take(&w, &r, 56), 0);
		CHECK_STR(written(&w, w.err), faults[i].want);
	}
	CHECK_STR(output(&w), "");
	/* what was traced before is written before */
	r = record(C_DEFAULT, 1, 0);
	CHECK_INT(take(&w, &r, 24), 0);
	r = record(REC_ERROR, 2, 3);
	CHECK_INT(take(&w, &r, 56), 0);
	CHECK_STR(written(&w, w.out), HEADER BEGIN_ROW "\n");

	r = record(REC_PYTHON, 0, 0);
	set(&r, 24, &(uint64_t){ 4711 }, 8);
	CHECK_INT(take(&w, &r, 32), 0);
	CHECK_INT(w.met_pid, 4711);
	world_fini(&w);
}

static void
test_bad_records(void)
{
	static const struct {
		uint32_t clause, probe;
		size_t bytes;
	} bad[] = {
		{ C_DEFAULT, 1, 0 },
		{ C_DEFAULT, 1, 23 },
		{ C_DEFAULT, 1, 25 },
		{ C_DEFAULT, 0, 24 },
		{ C_DEFAULT, 4, 24 },
		{ C_SILENT, 1, 24 },
		{ C_SILENT, 1, 0 },
		{ NCLAUSE, 1, 24 },
		{ C_PRINTF, 1, 48 },
		{ REC_ERROR, 1, 48 },
		{ REC_ERROR, 9, 56 },
		{ REC_PYTHON, 0, 24 },
		{ REC_SPECIAL + 200, 1, 24 },
	};
	struct world w;

	world_init(&w, false, false);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct record r = record(bad[i].clause, bad[i].probe, 0);

		CHECK_INT(take(&w, &r, bad[i].bytes), -EBADMSG);
	}
	CHECK_STR(output(&w), "");
	CHECK_STR(written(&w, w.err), "");
	world_fini(&w);
}

/* A write that fails is told once, and the buffer does not grow. */
static void
test_flush_error(void)
{
	struct world w;
	struct record r = record(C_DEFAULT, 1, 0);
	FILE *full = fopen("/dev/full", "w");

	world_init(&w, false, false);
	fclose(w.out);
	w.out = full;
	consumer_free(w.consumer);
	w.consumer = make_consumer(&w);
	CHECK_INT(take(&w, &r, 24), 0);
	CHECK_INT(consumer_flush(w.consumer), -ENOSPC);
	CHECK_INT(consumer_flush(w.consumer), 0);
	world_fini(&w);
}

int
main(void)
{
	test_rows();
	test_modes();
	test_branches();
	test_exit();
	test_aggr();
	test_speculation();
	test_tracemem();
	test_setopt();
	test_faults();
	test_bad_records();
	test_flush_error();
	return tap_done();
}
