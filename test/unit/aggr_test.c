/* Aggregations: merging CPUs, sorting, layouts to the byte, normalize, clear, trunc, printa. */
#include "run/aggr.h"

#include <inttypes.h>
#include <time.h>

#include "lang/builtin.h"
#include "run/aggr_value.h"
#include "test/unit/aggr_fake.h"
#include "test/unit/tap.h"

#define VALUE(...) ((const uint64_t[]){ __VA_ARGS__ })
#define KEY(...) ((const union fake_elem[]){ __VA_ARGS__ })
#define NO_KEY NULL

static const struct builtin fns[NR_AGG] = {
#define BVAR(...)
#define BFUNC(...)
#define BACT(...)
#define BAGG(NAME, ID, MIN, MAX) [AGG_##ID] = { .name = NAME, .kind = BUILTIN_AGG, .id = AGG_##ID },
#include "lang/builtin.def"
#undef BVAR
#undef BFUNC
#undef BACT
#undef BAGG
};

/* Everything that a test needs, and the text that it made. */
struct world {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct options options;
	struct fake fake;
	struct aggrs *aggrs;
	struct buf out;
	uint32_t nvar;
};

static void
world_init(struct world *w)
{
	struct aggr_source source = fake_source(&w->fake);

	*w = (struct world){ .out = BUF_INIT };
	arena_init(&w->arena);
	intern_init(&w->intern, &w->arena);
	types_init(&w->types, &w->arena, &w->intern, 32);
	options_init(&w->options);
	w->aggrs = aggrs_new(&source, &w->options, NULL);
}

static void
world_fini(struct world *w)
{
	aggrs_free(w->aggrs);
	buf_fini(&w->out);
	fake_fini(&w->fake);
	types_fini(&w->types);
	intern_fini(&w->intern);
	arena_fini(&w->arena);
}

/* keys: types separated by blanks. */
static struct var *
make_var(struct world *w, int agg, const char *keys)
{
	struct var *v = arena_new(&w->arena, struct var);
	char *list = arena_strdup(&w->arena, keys), *key;

	*v = (struct var){ .scope = VAR_AGGR, .id = w->nvar++, .aggfn = &fns[agg],
	    .is_signed_aggr = true };
	v->key = arena_alloc(&w->arena, 8 * sizeof(*v->key));
	while ((key = strsep(&list, " ")) != NULL) {
		if (*key != '\0')
			v->key[v->nkey++] = type_find(&w->types, key);
	}
	return v;
}

static const char *
printa(struct world *w, const char *fmt, const struct var *const *v, uint32_t n)
{
	const char *error;

	buf_clear(&w->out);
	if (aggrs_print(w->aggrs, &w->out, v, n,
	    fmt != NULL ? printf_parse(&w->arena, fmt, &error) : NULL) != 0)
		return "error";
	return buf_str(&w->out);
}

/* In the default layout, without the newline before all. */
static const char *
shown(struct world *w, const struct var *v)
{
	return printa(w, NULL, &v, 1) + 1;
}

static void
test_scalars(void)
{
	struct world w;
	struct var *v;

	world_init(&w);
	v = make_var(&w, AGG_COUNT, "");
	CHECK_STR(shown(&w, v), "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(3));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(4));
	CHECK_STR(shown(&w, v), "                7\n");

	v = make_var(&w, AGG_SUM, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(3));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE((uint64_t)-10));
	CHECK_STR(shown(&w, v), "               -7\n");

	v = make_var(&w, AGG_AVG, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(2, (uint64_t)-10));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(1, (uint64_t)-1));
	CHECK_STR(shown(&w, v), "               -3\n");	/* toward zero */

	v = make_var(&w, AGG_MIN, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(3));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE((uint64_t)-1));
	CHECK_STR(shown(&w, v), "               -1\n");
	v->is_signed_aggr = false;
	CHECK_STR(shown(&w, v), "                3\n");

	v = make_var(&w, AGG_MAX, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE((uint64_t)-1));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(3));
	CHECK_STR(shown(&w, v), "                3\n");
	v->is_signed_aggr = false;
	CHECK_STR(shown(&w, v), "               -1\n");	/* DTrace shows a sign here */
	world_fini(&w);
}

/* Ascending values, ties by key; keys of all widths and the same key from several CPUs. */
static void
test_keys(void)
{
	struct world w;
	struct var *v;

	world_init(&w);
	v = make_var(&w, AGG_COUNT, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "write" }), VALUE(5));
	fake_add(&w.fake, v, 0, KEY({ .s = "open" }), VALUE(5));
	fake_add(&w.fake, v, 1, KEY({ .s = "read" }), VALUE(1));
	fake_add(&w.fake, v, 2, KEY({ .s = "read" }), VALUE(2));
	CHECK_STR(shown(&w, v),
	    "  read                                                              3\n"
	    "  open                                                              5\n"
	    "  write                                                             5\n");

	v = make_var(&w, AGG_SUM, "int64_t int32_t int16_t int8_t");
	fake_add(&w.fake, v, 0, KEY({ -1 }, { -2 }, { -3 }, { -4 }), VALUE(9));
	CHECK_STR(shown(&w, v),
	    "               -1       -2    -3  -4                9\n");

	/* keys compare without a sign, in their own width */
	v = make_var(&w, AGG_COUNT, "int32_t");
	fake_add(&w.fake, v, 0, KEY({ -1 }), VALUE(1));
	fake_add(&w.fake, v, 0, KEY({ 5 }), VALUE(1));
	CHECK_STR(shown(&w, v), "        5                1\n       -1                1\n");
	options_set(&w.options, "rawbytes", NULL, OPTION_COMMAND);
	CHECK_STR(shown(&w, v), "        5                1\n       -1                1\n");
	v = make_var(&w, AGG_COUNT, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "read" }), VALUE(1));
	CHECK(strstr(shown(&w, v), "         0: 72 65 61 64 00 00 ") != NULL);
	options_set(&w.options, "rawbytes", "off", OPTION_COMMAND);
	CHECK(strstr(shown(&w, v), "  read    ") != NULL);

	/* text that can't be printed */
	v = make_var(&w, AGG_COUNT, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "a\tb\n" }), VALUE(1));
	CHECK(strstr(shown(&w, v), "  a\tb\n    ") != NULL);
	v = make_var(&w, AGG_COUNT, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "\x1b[1m" }), VALUE(1));
	CHECK(strstr(shown(&w, v), "         0: 1b 5b 31 6d 00 00 ") != NULL);
	v = make_var(&w, AGG_COUNT, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "" }), VALUE(1));
	CHECK(strstr(shown(&w, v), ":") == NULL);
	world_fini(&w);
}

static void
add_pairs(struct world *w, const struct var *v)
{
	fake_add(&w->fake, v, 0, KEY({ 1 }, { 3 }), VALUE(7));
	fake_add(&w->fake, v, 0, KEY({ 2 }, { 2 }), VALUE(9));
	fake_add(&w->fake, v, 0, KEY({ 3 }, { 1 }), VALUE(7));
}

static void
test_sort_options(void)
{
	static const struct {
		const char *name[2], *value[2], *want;
	} cases[] = {
		{ { NULL, NULL }, { NULL, NULL }, "1.3=7 3.1=7 2.2=9 " },
		{ { "aggsortkey", NULL }, { NULL, NULL }, "1.3=7 2.2=9 3.1=7 " },
		{ { "aggsortrev", NULL }, { NULL, NULL }, "2.2=9 3.1=7 1.3=7 " },
		{ { "aggsortkeypos", NULL }, { "1", NULL }, "3.1=7 1.3=7 2.2=9 " },
		{ { "aggsortkeypos", "aggsortkey" }, { "1", NULL }, "3.1=7 2.2=9 1.3=7 " },
		{ { "aggsortkeypos", "aggsortkey" }, { "2", NULL }, "1.3=7 2.2=9 3.1=7 " },
	};
	struct world w;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct var *v;

		world_init(&w);
		v = make_var(&w, AGG_SUM, "int int");
		add_pairs(&w, v);
		for (int j = 0; j < 2 && cases[i].name[j] != NULL; j++)
			CHECK_INT(options_set(&w.options, cases[i].name[j], cases[i].value[j],
			    OPTION_COMMAND), 0);
		CHECK_STR(printa(&w, "%d.%d=%@d ", &v, 1), cases[i].want);
		world_fini(&w);
	}
}

static void
test_joined(void)
{
	struct world w;
	const struct var *v[2];

	world_init(&w);
	v[0] = make_var(&w, AGG_COUNT, "string");
	v[1] = make_var(&w, AGG_MIN, "string");
	fake_add(&w.fake, v[0], 0, KEY({ .s = "a" }), VALUE(2));
	fake_add(&w.fake, v[0], 1, KEY({ .s = "b" }), VALUE(1));
	fake_add(&w.fake, v[1], 1, KEY({ .s = "a" }), VALUE(10));
	fake_add(&w.fake, v[1], 0, KEY({ .s = "c" }), VALUE(30));
	CHECK_STR(printa(&w, "%s %@d %@d\n", v, 2), "c 0 30\nb 1 0\na 2 10\n");
	CHECK_STR(printa(&w, "%@d %@d %@d\n", v, 2), "0 30 30\n1 0 0\n2 10 10\n");
	CHECK_STR(printa(&w, NULL, v, 2),
	    "\n"
	    "  c                                                                 0"
	    "               30\n"
	    "  b                                                                 1"
	    "                0\n"
	    "  a                                                                 2"
	    "               10\n");
	options_set(&w.options, "aggsortpos", "1", OPTION_COMMAND);
	CHECK_STR(printa(&w, "%s ", v, 2), "b a c ");
	/* both have been printed */
	buf_clear(&w.out);
	CHECK_INT(aggrs_print_rest(w.aggrs, &w.out, v, 2), 0);
	CHECK_STR(buf_str(&w.out), "");
	world_fini(&w);
}

/* An aggregation without entries is not printed by printa(), and comes at the end. */
static void
test_rest(void)
{
	struct world w;
	const struct var *v[2];

	world_init(&w);
	v[0] = make_var(&w, AGG_COUNT, "");
	v[1] = make_var(&w, AGG_COUNT, "");
	CHECK_STR(printa(&w, NULL, v, 1), "\n");
	CHECK_STR(printa(&w, "%@d", v, 1), "");
	fake_add(&w.fake, v[0], 0, NO_KEY, VALUE(1));
	fake_add(&w.fake, v[1], 0, NO_KEY, VALUE(2));
	buf_clear(&w.out);
	CHECK_INT(aggrs_print_rest(w.aggrs, &w.out, v, 2), 0);
	CHECK_STR(buf_str(&w.out), "                1\n                2\n");
	buf_clear(&w.out);
	CHECK_INT(aggrs_print_rest(w.aggrs, &w.out, v, 2), 0);
	CHECK_STR(buf_str(&w.out), "");		/* once is enough */

	v[0] = make_var(&w, AGG_COUNT, "");
	v[1] = make_var(&w, AGG_COUNT, "");
	fake_add(&w.fake, v[0], 0, NO_KEY, VALUE(1));
	fake_add(&w.fake, v[1], 0, NO_KEY, VALUE(2));
	options_set(&w.options, "aggsortrev", NULL, OPTION_COMMAND);
	buf_clear(&w.out);
	CHECK_INT(aggrs_print_rest(w.aggrs, &w.out, v, 2), 0);
	CHECK_STR(buf_str(&w.out), "                2\n                1\n");
	world_fini(&w);
}

static void
test_conversions(void)
{
	struct world w;
	const struct var *v, *avg;

	world_init(&w);
	v = make_var(&w, AGG_SUM, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE((uint64_t)-300));
	CHECK_STR(printa(&w, "[%@d][%@8d][%-@8d][%@08d][%@+d]", &v, 1),
	    "[-300][    -300][-300    ][-0000300][-300]");
	CHECK_STR(printa(&w, "%@u %@x", &v, 1), "18446744073709551316 fffffffffffffed4");
	avg = make_var(&w, AGG_AVG, "");
	fake_add(&w.fake, avg, 0, NO_KEY, VALUE(2, 31));
	CHECK_STR(printa(&w, "%@x%%", &avg, 1), "f%");

	aggrs_normalize(w.aggrs, v, 7);
	CHECK_STR(printa(&w, "%@d", &v, 1), "-42");
	CHECK_STR(printa(&w, NULL, &v, 1), "\n 2635249153387078759\n"); /* unsigned: 2^64 - 300 */
	aggrs_normalize(w.aggrs, avg, 2);
	CHECK_STR(printa(&w, "%@d", &avg, 1), "7");
	aggrs_normalize(w.aggrs, v, 1);
	CHECK_STR(printa(&w, "%@d", &v, 1), "-300");
	aggrs_normalize(w.aggrs, v, -1);
	CHECK_STR(printa(&w, "%@d", &v, 1), "300");
	aggrs_normalize(w.aggrs, v, 0);
	CHECK_STR(printa(&w, "%@d", &v, 1), "-300");
	world_fini(&w);
}

#define HEADER \
	"\n           value  ------------- Distribution ------------- count    \n"

static void
test_quantize(void)
{
	struct world w;
	const struct var *v;
	uint64_t value[127] = { [64] = 10, [65] = 10 };

	world_init(&w);
	v = make_var(&w, AGG_QUANTIZE, "string");
	fake_add(&w.fake, v, 0, KEY({ .s = "x" }), value);
	CHECK_STR(shown(&w, v),
	    "  x                                                 " HEADER
	    "               0 |                                         0        \n"
	    "               1 |@@@@@@@@@@@@@@@@@@@@                     10       \n"
	    "               2 |@@@@@@@@@@@@@@@@@@@@                     10       \n"
	    "               4 |                                         0        \n"
	    "\n");
	aggrs_normalize(w.aggrs, v, 3);
	CHECK(strstr(shown(&w, v), "1 |@@@@@@@@@@@@@@@@@@@@                     3        \n")
	    != NULL);

	v = make_var(&w, AGG_QUANTIZE, "");
	memset(value, 0, sizeof(value));
	fake_add(&w.fake, v, 0, NO_KEY, value);
	CHECK_STR(shown(&w, v), HEADER
	    "              -1 |                                         0        \n"
	    "               0 |                                         0        \n"
	    "               1 |                                         0        \n"
	    "\n");

	/* ends of the array have one neighbour */
	v = make_var(&w, AGG_QUANTIZE, "");
	value[126] = 1;
	fake_add(&w.fake, v, 0, NO_KEY, value);
	CHECK_STR(shown(&w, v), HEADER
	    "2305843009213693952 |                                         0        \n"
	    "4611686018427387904 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@ 1        \n"
	    "\n");

	/* counts of both signs: quantize(e, incr) */
	v = make_var(&w, AGG_QUANTIZE, "");
	memset(value, 0, sizeof(value));
	value[62] = 1;
	value[63] = (uint64_t)-3;
	fake_add(&w.fake, v, 0, NO_KEY, value);
	CHECK_STR(shown(&w, v), HEADER
	    "              -2                     |                     0        \n"
	    "              -1                     |@@@@@                1        \n"
	    "               0      @@@@@@@@@@@@@@@|                     -3       \n"
	    "               1                     |                     0        \n"
	    "\n");
	v = make_var(&w, AGG_QUANTIZE, "");
	value[62] = 0;
	fake_add(&w.fake, v, 0, NO_KEY, value);
	CHECK_STR(shown(&w, v), HEADER
	    "              -1                                         | 0        \n"
	    "               0 @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@| -3       \n"
	    "               1                                         | 0        \n"
	    "\n");
	world_fini(&w);
}

/* Bins of each magnitude, on both sides of zero; labels say where they begin. */
static void
test_llquantize(void)
{
	struct world w;
	struct var *v;

	world_init(&w);
	v = make_var(&w, AGG_LLQUANTIZE, "");
	memcpy(v->aggarg, (const int64_t[4]){ 10, 1, 2, 5 }, sizeof(v->aggarg));
	CHECK_INT(aggr_words(v), 2 * 11 + 1);
	CHECK_INT(aggr_llquantize_zero(v), 11);
	fake_add(&w.fake, v, 0, NO_KEY, VALUE([11] = 0, [22] = 0));
	CHECK_STR(shown(&w, v), HEADER
	    "            < 10 |                                         0        \n"
	    "              10 |                                         0        \n"
	    "              20 |                                         0        \n"
	    "\n");
	fake_add(&w.fake, v, 1, NO_KEY, VALUE([11] = 1, [17] = 1, [22] = 0));
	CHECK_STR(shown(&w, v), HEADER
	    "             -10 |                                         0        \n"
	    "      abs() < 10 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
	    "              10 |                                         0        \n"
	    "              20 |                                         0        \n"
	    "              40 |                                         0        \n"
	    "              60 |                                         0        \n"
	    "              80 |                                         0        \n"
	    "             100 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
	    "             200 |                                         0        \n"
	    "\n");
	CHECK_INT(aggr_value_rank(v, VALUE([0] = 1, [10] = 2, [11] = 9, [13] = 3, [22] = 2)),
	    -1000 - 20 + 60 + 2000);
	CHECK_INT(aggr_value_rank2(v, VALUE([11] = 9, [22] = 0)), 9);

	/* the lowest magnitude has no more bins than integers */
	v = make_var(&w, AGG_LLQUANTIZE, "");
	memcpy(v->aggarg, (const int64_t[4]){ 2, 0, 3, 4 }, sizeof(v->aggarg));
	CHECK_INT(aggr_llquantize_zero(v), 1 + 2 + 2 + 2 + 1);
	fake_add(&w.fake, v, 0, NO_KEY, VALUE([8] = 1, [16] = 1));
	CHECK_STR(shown(&w, v), HEADER
	    "              -1 |                                         0        \n"
	    "               0 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
	    "               1 |                                         0        \n"
	    "               2 |                                         0        \n"
	    "               3 |                                         0        \n"
	    "               4 |                                         0        \n"
	    "               6 |                                         0        \n"
	    "               8 |                                         0        \n"
	    "              12 |                                         0        \n"
	    "           >= 16 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
	    "\n");
	world_fini(&w);
}

/* count, sum, sum of squares: its low half carries when CPUs are merged. */
static void
test_stddev(void)
{
	struct world w;
	const struct var *v;

	world_init(&w);
	v = make_var(&w, AGG_STDDEV, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(2, 10, 82, 0));		/* 1, 9 */
	CHECK_STR(shown(&w, v), "                4\n");
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(1, 5, 25, 0));
	CHECK_STR(shown(&w, v), "                3\n");
	aggrs_normalize(w.aggrs, v, 2);					/* 53 / 3 - (7 / 3)^2 */
	CHECK_STR(shown(&w, v), "                3\n");
	CHECK_INT(aggrs_clear(w.aggrs, v), 0);
	CHECK_STR(shown(&w, v), "                0\n");

	/* INT64_MIN on one CPU, INT64_MAX on another, and 2^32 twice */
	v = make_var(&w, AGG_STDDEV, "");
	fake_add(&w.fake, v, 0, NO_KEY,
	    VALUE(1, (uint64_t)INT64_MIN, 0, UINT64_C(1) << 62));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(1, INT64_MAX, 1, (UINT64_C(1) << 62) - 1));
	CHECK_STR(shown(&w, v), " 9223372036854775807\n");
	CHECK_INT(aggr_value_rank(v, VALUE(2, 10, 82, 0)), 4);
	v = make_var(&w, AGG_STDDEV, "");
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(2, 0, UINT64_MAX, 0));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(2, 0, 1, 0));		/* 2^64 / 4 */
	CHECK_STR(shown(&w, v), "       2147483648\n");
	world_fini(&w);
}

static void
test_percpu(void)
{
	struct world w;
	const struct var *v;

	world_init(&w);
	CHECK_INT(options_set(&w.options, "aggpercpu", NULL, OPTION_COMMAND), 0);
	v = make_var(&w, AGG_MIN, "int");
	fake_add(&w.fake, v, 0, KEY({ .i = 7 }), VALUE(5));
	fake_add(&w.fake, v, 2, KEY({ .i = 7 }), VALUE(3));
	aggrs_normalize(w.aggrs, v, 2);
	CHECK_STR(shown(&w, v), "        7                1\n"
	    "    [CPU 0]                2\n"
	    "    [CPU 1]                0\n"
	    "    [CPU 2]                1\n");
	world_fini(&w);
}

static void
test_lquantize(void)
{
	struct world w;
	struct var *v;

	world_init(&w);
	v = make_var(&w, AGG_LQUANTIZE, "");
	v->aggarg[0] = -10;
	v->aggarg[1] = 20;
	v->aggarg[2] = 10;
	fake_add(&w.fake, v, 0, NO_KEY, VALUE(1, 0, 0, 0, 0));
	fake_add(&w.fake, v, 1, NO_KEY, VALUE(0, 0, 1, 0, 1));
	CHECK_STR(shown(&w, v), HEADER
	    "           < -10 |@@@@@@@@@@@@@                            1        \n"
	    "             -10 |                                         0        \n"
	    "               0 |@@@@@@@@@@@@@                            1        \n"
	    "              10 |                                         0        \n"
	    "           >= 20 |@@@@@@@@@@@@@                            1        \n"
	    "\n");
	/* underflow weighs -11, overflow 21 */
	CHECK_INT(aggr_value_rank(v, VALUE(1, 2, 3, 4, 5)), -11 - 20 + 40 + 105);
	CHECK_INT(aggr_value_rank2(v, VALUE(1, 2, 3, 4, 5)), 3);

	CHECK_INT(aggrs_clear(w.aggrs, v), 0);
	CHECK_STR(shown(&w, v), HEADER
	    "           < -10 |                                         0        \n"
	    "             -10 |                                         0        \n"
	    "               0 |                                         0        \n"
	    "\n");
	world_fini(&w);
}

static void
test_clear(void)
{
	struct world w;
	const struct var *min;
	struct var *max;

	world_init(&w);
	min = make_var(&w, AGG_MIN, "int");
	max = make_var(&w, AGG_MAX, "int");
	max->is_signed_aggr = false;
	fake_add(&w.fake, min, 0, KEY({ 1 }), VALUE(5));
	fake_add(&w.fake, min, 1, KEY({ 1 }), VALUE(6));
	fake_add(&w.fake, max, 1, KEY({ 1 }), VALUE(7));
	CHECK_INT(aggrs_clear(w.aggrs, min), 0);
	CHECK_INT(aggrs_clear(w.aggrs, max), 0);
	CHECK_STR(shown(&w, min), "        1                0\n");
	CHECK_STR(shown(&w, max), "        1                0\n");
	/* what is counted from now on wins over the cleared value, on whichever CPU */
	CHECK((int64_t)w.fake.entry.v[0].value[0] == INT64_MAX);
	w.fake.entry.v[1].value[0] = 9;
	CHECK_STR(shown(&w, min), "        1                9\n");
	world_fini(&w);
}

static void
test_trunc(void)
{
	static const struct {
		bool has_n;
		int64_t n;
		const char *want;
	} cases[] = {
		{ true, 2, "2=9 3=9 " },
		{ true, -2, "1=3 4=5 " },
		{ true, 1, "3=9 " },
		{ true, 9, "1=3 4=5 2=9 3=9 " },
		{ true, 0, "" },
		{ true, INT64_MIN, "1=3 4=5 2=9 3=9 " },
		{ false, 0, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		const struct var *v, *other;

		world_init(&w);
		v = make_var(&w, AGG_SUM, "int");
		other = make_var(&w, AGG_SUM, "int");
		fake_add(&w.fake, v, 0, KEY({ 1 }), VALUE(3));
		fake_add(&w.fake, v, 0, KEY({ 2 }), VALUE(4));
		fake_add(&w.fake, v, 1, KEY({ 2 }), VALUE(5));
		fake_add(&w.fake, v, 0, KEY({ 3 }), VALUE(9));
		fake_add(&w.fake, v, 0, KEY({ 4 }), VALUE(5));
		fake_add(&w.fake, other, 0, KEY({ 1 }), VALUE(1));
		CHECK_INT(aggrs_trunc(w.aggrs, v, cases[i].has_n, cases[i].n), 0);
		CHECK_STR(printa(&w, "%d=%@d ", &v, 1), cases[i].want);
		CHECK_STR(printa(&w, "%d=%@d ", &other, 1), "1=1 ");
		world_fini(&w);
	}
}

/* 100,000 keys on two CPUs: merged, sorted and printed in the time that a user can wait. */
static void
test_many(void)
{
	struct world w;
	const struct var *v;
	struct timespec t0, t1;
	const char *text;

	world_init(&w);
	v = make_var(&w, AGG_SUM, "string int");
	for (int i = 0; i < 200000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i % 1000);
		fake_add(&w.fake, v, i >= 100000, KEY({ .s = name }, { i % 100000 / 1000 }),
		    VALUE((uint64_t)i % 100000));
	}
	clock_gettime(CLOCK_MONOTONIC, &t0);
	text = printa(&w, "%s %d %@d\n", &v, 1);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	CHECK(strncmp(text, "f0 0 0\nf1 0 2\nf2 0 4\n", 21) == 0);
	CHECK_STR(text + strlen(text) - 15, "f999 99 199998\n");
	CHECK(t1.tv_sec - t0.tv_sec < 5);
	printf("# 100000 keys: %.0f ms\n", (double)(t1.tv_sec - t0.tv_sec) * 1e3 +
	    (double)(t1.tv_nsec - t0.tv_nsec) / 1e6);
	world_fini(&w);
}

int
main(void)
{
	test_scalars();
	test_keys();
	test_sort_options();
	test_joined();
	test_rest();
	test_conversions();
	test_quantize();
	test_llquantize();
	test_stddev();
	test_percpu();
	test_lquantize();
	test_clear();
	test_trunc();
	test_many();
	return tap_done();
}
