/*
 * Aggregations that are found by a digest: the kernel's digest of a tuple is that of rec/aggr.c, for
 * strings of all lengths and sources, whatever is behind their end. Needs root.
 *
 *   digest_test [seed]
 */
#include "test/unit/gen_run.h"
#include "test/unit/pick.h"
#include "test/unit/tap.h"

enum { STRING_MAX = 65536, FIRINGS = 40 };

static struct run run;
static char text[2][STRING_MAX];
static uint64_t key[64], value[4 * STRING_MAX / 8];
static void
set_options(void)
{
	memset(&run.opts, 0, sizeof(run.opts));
	run.has_sdiv = true;
	run.opts.has_task_storage = true;
	run.opts.seed = (struct aggr_seed){ { pick(1u << 31) * 1000003ull, pick(1u << 31) } };
	run.arg[0] = (uint64_t)(uintptr_t)text[0];
	run.arg[1] = (uint64_t)(uintptr_t)text[1];
}

/* Short ones, and those about the room's and a part's end, are the most. */
static void
make_text(char *s, uint32_t strsize)
{
	uint32_t len = pick(strsize);

	if (pick(2))
		len = pick(20);
	else if (pick(3) == 0)
		len = strsize - 1 - pick(9);
	else if (pick(3) == 0 && strsize > 1024)
		len = 1024 * (1 + pick(strsize / 1024)) - 10 + pick(20);
	for (uint32_t i = 0; i < len && i + 1 < strsize; i++)
		s[i] = (char)(1 + pick(255));
	s[len < strsize ? len : strsize - 1] = '\0';
}

static void
check_firing(uint32_t strsize)
{
	const struct var *v = run_var(&run, VAR_AGGR, "k");
	const uint32_t room = (strsize + 7) & ~7u;
	const char *tuple = (const char *)value;
	struct aggr_seed other = run.opts.seed;
	uint64_t digest[2];

	for (int i = 0; i < 2; i++)
		make_text(text[i], strsize);
	CHECK_INT(run_fire(&run), 0);
	CHECK_INT(run_aggr(&run, "k", key, value), 1);
	aggr_digest(v, run.opts.seed, value, digest);
	CHECK(key[1] == digest[0] && key[2] == digest[1]);
	other.key[pick(2)] ^= 1ull << pick(64);
	aggr_digest(v, other, value, digest);
	CHECK(key[1] != digest[0] && key[2] != digest[1]);
	CHECK_STR(tuple, text[0]);
	CHECK_STR(tuple + room + 8, text[1]);
	CHECK_INT(value[aggr_words_off(v) / 8], 1);
	sysbpf_map_delete(run.map_fd[v->map], key);
}

static void
test_same(uint32_t strsize)
{
	char d[256];

	set_options();
	snprintf(d, sizeof(d), "#pragma D option strsize=%u\nint64_t x;\n"
	    "BEGIN { x = x * 7 - 3; @k[copyinstr(arg0), x, copyinstr(arg1), x + 1] = count(); }",
	    strsize);
	if (!CHECK(run_open(&run, d) == 0))
		return;
	printf("# strsize %u: %u instructions verified\n", strsize, run.verified);
	for (int i = 0; i < FIRINGS; i++)
		check_firing(strsize);
	run_close(&run);
}

/* One string from many sources is one key. */
static void
test_sources(void)
{
	set_options();
	snprintf(text[0], sizeof(text[0]), "abc");
	snprintf(text[1], sizeof(text[1]), "/abc/abc/");
	CHECK(run_open(&run, "self string t;\nBEGIN {\n"
	    "@[\"something longer that was here\"] = count();\n"
	    "@[copyinstr(arg0)] = count(); @[\"abc\"] = count(); @[stringof(arg0)] = count();\n"
	    "s = \"some other string, with more behind\"; s = copyinstr(arg0);\n"
	    "@[s] = count(); self->t = s; @[self->t] = count(); a[1] = s; @[a[1]] = count();\n"
	    "@[strjoin(\"a\", \"bc\")] = count(); @[substr(\"xxabcyy\", 2, 3)] = count();\n"
	    "@[basename(copyinstr(arg1))] = count(); @[arg1 ? s : \"\"] = count();\n"
	    "@[copyinstr(arg1 + 1, 4)] = count(); @[probename] = count(); }") == 0);
	run_name_probe(&run, FRONT_PROBE, "prov", "", "function", "abc");
	CHECK_INT(run_fire(&run), 0);
	CHECK_INT(run_aggr(&run, "_", key, value), 2);
	CHECK_INT(value[256 / 8] == 1 || value[256 / 8] == 12, 1);
	run_close(&run);
}

/* What is together the same bytes is not the same tuple. */
static void
test_different(void)
{
	set_options();
	CHECK(run_open(&run, "BEGIN { @k[\"ab\", \"c\"] = min(1); @k[\"a\", \"bc\"] = min(1);\n"
	    "@k[\"abc\", \"\"] = min(1); @k[\"\", \"abc\"] = min(1);\n"
	    "@k[\"12345678\", \"\"] = min(1); @k[\"1234567\", \"8\"] = min(1);\n"
	    "@k[\"\", \"12345678\"] = min(1); @k[\"12345678\", \"12345678\"] = min(1);\n"
	    "@k[\"\", \"\"] = min(1); }") == 0);
	CHECK_INT(run_fire(&run), 0);
	CHECK_INT(run_aggr(&run, "k", key, value), 9);
	CHECK_INT(value[512 / 8], 1);
	run_close(&run);
}

int
main(int argc, char **argv)
{
	static const uint32_t strsize[] = { 33, 36, 40, 256, 1024, 1025, 4096, 20000, 65536 };

	if (geteuid() != 0) {
		printf("1..0 # skip needs root\n");
		return 0;
	}
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	for (size_t i = 0; i < sizeof(strsize) / sizeof(strsize[0]); i++)
		test_same(strsize[i]);
	test_sources();
	test_different();
	return tap_done();
}
