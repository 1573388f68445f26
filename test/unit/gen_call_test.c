/*
 * Functions of D, by what they give in the kernel; and the NULL string. Needs root.
 */
#include "test/unit/gen_value.h"

/* What was never assigned is NULL, which is less than any string. */
static void
test_null(void)
{
	static const char text[] = "";
	static const struct {
		const char *expr;
		int want;
	} row[] = {
		{ "u == NULL", 1 }, { "u != NULL", 0 }, { "u == \"\"", 0 }, { "u < \"\"", 1 },
		{ "\"\" > u", 1 }, { "u <= u", 1 }, { "u < NULL", 0 }, { "u >= NULL", 1 },
		{ "e == NULL", 0 }, { "e == \"\"", 1 }, { "e > NULL", 1 }, { "e == u", 0 },
		{ "u < e", 1 }, { "e <= u", 0 }, { "c == NULL", 0 }, { "v == NULL", 1 },
		{ "v == u", 1 }, { "a[1] == NULL", 1 }, { "a[2] == NULL", 0 },
		{ "a[2] == \"\"", 1 }, { "a[3] == NULL", 1 }, { "b[u] + b[e]", 6 },
		{ "(arg1 ? u : e) == NULL", 1 }, { "(arg2 ? u : \"\") == NULL", 0 },
		{ "(arg2 ? u : stringof(arg0)) == NULL", 0 }, { "stringof(arg0) == NULL", 0 },
		{ "(arg2 ? \"\" : NULL) == NULL", 1 }, { "stringof(arg0) > u", 1 },
		{ "probemod == NULL", 0 }, { "m == NULL", 0 }, { "m == \"\"", 1 },
		{ "(v = \"x\") == NULL", 0 }, { "(c = NULL) == NULL", 1 },
		{ "(1, u) == NULL", 1 }, { "strlen(e)", 0 },
	};
	char program[512];

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)text;
	run.arg[1] = 1;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		snprintf(program, sizeof(program), "string u, e, c, v; string a[int];"
		    "BEGIN { e = stringof(arg0); c = e; v = \"\"; v = u; a[2] = \"\"; a[3] = u;\n"
		    "b[u] = 3; m = probemod; x = %s; }", row[i].expr);
		printf("# %s\n", row[i].expr);
		if (fire(program))
			CHECK_INT(run_int(&run, "x"), row[i].want);
		run_close(&run);
	}
}

/* The integer part of a floating-point number, as the processor computes it. */
static void
test_trunc(void)
{
	static const double row[] = {
		0, -0.0, 0.5, -0.99, 1, -1, 1.999, -2.5, 1e3, 123456789.75, -123456789.75, 1e15,
		4503599627370495.5, 4503599627370496.0, 9007199254740993.0, 1e18, -1e18,
		-9223372036854775808.0, 5e-324, 1e300, -1e300,
	};
	char program[256];

	set_options();
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const float f = (float)row[i];
		memcpy(&run.arg[0], &row[i], sizeof(row[i]));
		memcpy(&run.arg[1], &f, sizeof(f));
		snprintf(program, sizeof(program), "double *d; float *f;\n"
		    "BEGIN { d = alloca(8); *(int64_t *)d = arg0; x = (int64_t)*d;\n"
		    "f = alloca(4); *(int *)f = arg1; y = (int64_t)*f; }");
		printf("# %g\n", row[i]);
		if (fire(program)) {
			const bool is_beyond = row[i] >= 0x1p63 || row[i] < -0x1p63;
			CHECK_INT(run_int(&run, "x"), is_beyond ? INT64_MIN : (int64_t)row[i]);
			CHECK_INT(run_int(&run, "y"), is_beyond ? INT64_MIN : (int64_t)f);
		}
		run_close(&run);
	}
	test_int("(int)*(double *)alloca(8)", 0);
}

static void
test_faults(void)
{
	static const char *const null_string[] = {
		"strlen(u)", "strjoin(u, \"a\")", "strjoin(\"a\", u)", "substr(u, 1)",
		"basename(u)", "dirname(u)", "strlen(NULL)", "strchr(u, 'a')", "strrchr(u, 'a')",
		"strstr(u, \"a\")", "strstr(\"a\", u)", "index(u, \"\")", "rindex(\"\", u)",
		"strtok(NULL, \" \")", "strtok(u, \" \")", "strtok(\"a\", u)", "strtoll(u)",
		"tolower(u)", "toupper(u)", "u[0]", "strlen(strchr(\"abc\", 'd'))",
	};

	set_options();
	for (size_t i = 0; i < sizeof(null_string) / sizeof(null_string[0]); i++)
		test_fault(null_string[i], FAULT_BADADDR, 0);
	test_fault("strtoll(\"1\", 1)", FAULT_ILLOP, 0);
	test_fault("strtoll(\"1\", arg9 + 37)", FAULT_ILLOP, 0);
	test_fault("lltostr(1, 37)", FAULT_ILLOP, 0);
	test_fault("lltostr(1, -2)", FAULT_ILLOP, 0);
	test_fault("execname[256]", FAULT_BADINDEX, 256);
	test_fault("execname[arg9 - 1]", FAULT_BADINDEX, UINT64_MAX);
}

/* Expressions and what they give; NULL: the NULL string. Each has a clause of its own. */
struct row {
	const char *expr, *want;
};

static void
test_rows(const struct row *row, size_t n)
{
	static char text[1 << 16];
	char name[32];
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    row[i].want != NULL ? "BEGIN { r%zu = %s; }\n" : "BEGIN { r%zu = (%s) == NULL; }\n",
		    i, row[i].expr);
	if (fire(text)) {
		for (size_t i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "r%zu", i);
			if (!(row[i].want != NULL ? CHECK_STR(run_str(&run, name), row[i].want)
			    : CHECK_INT(run_int(&run, name), 1)))
				printf("# %s\n", row[i].expr);
		}
	}
	run_close(&run);
}
#define TEST_ROWS(ROW) test_rows(ROW, sizeof(ROW) / sizeof((ROW)[0]))

/* The same of numbers. */
struct number {
	const char *expr;
	int64_t want;
};

static void
test_numbers(const struct number *row, size_t n)
{
	static char text[1 << 16];
	char name[32];
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%sBEGIN { r%zu = (int64_t)(%s); }\n", i == 0 ? "char *cp, *cq;\n" : "", i, row[i].expr);
	if (fire(text)) {
		for (size_t i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "r%zu", i);
			if (!CHECK_INT(run_int(&run, name), row[i].want))
				printf("# %s\n", row[i].expr);
		}
	}
	run_close(&run);
}
#define TEST_NUMBERS(ROW) test_numbers(ROW, sizeof(ROW) / sizeof((ROW)[0]))

static void
test_search(void)
{
	static const struct row row[] = {
		{ "strchr(\"fooeyfooeyfoo\", 'y')", "yfooeyfoo" },
		{ "strrchr(\"fooeyfooeyfoo\", 'y')", "yfoo" },
		{ "strchr(\"abc\", 'a')", "abc" }, { "strrchr(\"abc\", 'a')", "abc" },
		{ "strchr(\"abc\", 'c')", "c" }, { "strchr(\"abc\", 'd')", NULL },
		{ "strrchr(\"abc\", 'd')", NULL }, { "strchr(\"abc\", '\\0')", NULL },
		{ "strrchr(\"abc\", '\\0')", NULL }, { "strchr(\"\", 'a')", NULL },
		{ "strchr(\"caf\\351\", (char)0xe9)", "\xe9" },
		{ "strstr(\"foobarbaz\", \"bar\")", "barbaz" },
		{ "strstr(\"foobarbaz\", \"baz\")", "baz" },
		{ "strstr(\"foobarbaz\", \"bat\")", NULL },
		{ "strstr(\"foo\", \"foobar\")", NULL }, { "strstr(\"foo\", \"\")", "foo" },
		{ "strstr(\"\", \"\")", "" }, { "strstr(\"\", \"a\")", NULL },
		{ "strstr(\"aaab\", \"aab\")", "aab" },
		{ "(\"a\", strjoin((1, \"b\"), (\"c\", \"d\")))", "bd" },
		{ "strjoin(strchr(\"a/b\", '/'), strrchr(\"a/b\", '/'))", "/b/b" },
	};

	set_options();
	TEST_ROWS(row);
	test_int("strstr(\"\", \"\") == NULL", 0);
}

static void
test_index(void)
{
	static const struct number row[] = {
		{ "index(\"foobarbazbop\", \"b\")", 3 }, { "rindex(\"foobarbazbop\", \"b\")", 9 },
		{ "index(\"foobarbazbop\", \"ba\")", 3 }, { "rindex(\"foobarbazbop\", \"ba\")", 6 },
		{ "index(\"foobarbazbop\", \"x\")", -1 }, { "rindex(\"foobarbazbop\", \"x\")", -1 },
		{ "index(\"foo\", \"foo\")", 0 }, { "rindex(\"foo\", \"foo\")", 0 },
		{ "index(\"foo\", \"food\")", -1 }, { "rindex(\"foo\", \"food\")", -1 },
		{ "index(\"klmnopqrstuvw\", \"\")", 0 }, { "rindex(\"klmnopqrstuvw\", \"\")", 13 },
		{ "index(\"\", \"\")", 0 }, { "rindex(\"\", \"\")", 0 },
		{ "index(\"\", \"a\")", -1 }, { "rindex(\"\", \"a\")", -1 },
		{ "index(\"foobarbazbop\", \"b\", 4)", 6 }, { "rindex(\"foobarbazbop\", \"b\", 4)", 3 },
		{ "index(\"foobarbazbop\", \"b\", 6)", 6 }, { "rindex(\"foobarbazbop\", \"b\", 6)", 6 },
		{ "index(\"foobarbazbop\", \"b\", -1)", 3 }, { "rindex(\"foobarbazbop\", \"b\", -1)", -1 },
		{ "index(\"foobarbazbop\", \"b\", 2)", 3 }, { "rindex(\"foobarbazbop\", \"b\", 2)", -1 },
		{ "index(\"foobarbazbop\", \"b\", 12)", -1 }, { "rindex(\"foobarbazbop\", \"b\", 12)", 9 },
		{ "index(\"foobarbazbop\", \"b\", 100)", -1 }, { "rindex(\"foobarbazbop\", \"b\", 100)", 9 },
		{ "index(\"foo\", \"\", 2)", 2 }, { "rindex(\"foo\", \"\", 2)", 2 },
		{ "index(\"foo\", \"\", 3)", 3 }, { "rindex(\"foo\", \"\", 3)", 3 },
		{ "index(\"foo\", \"\", 4)", 3 }, { "rindex(\"foo\", \"\", 4)", 3 },
		{ "index(\"foo\", \"\", -4)", 0 }, { "rindex(\"foo\", \"\", -4)", -1 },
		{ "index(\"aaaa\", \"aa\", 1)", 1 }, { "rindex(\"aaaa\", \"aa\", 1)", 1 },
		{ "index(\"aaaa\", \"aa\")", 0 }, { "rindex(\"aaaa\", \"aa\")", 2 },
		{ "index(\"aaaa\", \"aa\", 3)", -1 }, { "rindex(\"aaaa\", \"aa\", 3)", 2 },
	};

	set_options();
	TEST_NUMBERS(row);
}

static void
test_tokens(void)
{
	static const struct row row[] = {
		{ "strtok(\"a b\", \" \")", "a" }, { "strtok(\"  ab \", \" \")", "ab" },
		{ "(strtok(\"a b\", \" \"), strtok(NULL, \" \"))", "b" },
		{ "(strtok(\"a, b;c\", \",\"), strtok(NULL, \"; \"))", "b" },
		{ "(strtok(\"a b \", \" \"), strtok(NULL, \" \"), strtok(NULL, \" \"))", NULL },
		{ "(strtok(\"a\", \" \"), strtok(NULL, \" \"), strtok(NULL, \" \"))", NULL },
		{ "(strtok(\"a b c\", \" \"), strtok(NULL, \"\"))", "b c" },
		{ "strtok(\"abc\", \"\")", "abc" }, { "strtok(\"\", \" \")", NULL },
		{ "strtok(\"   \", \" \")", NULL },
		{ "strtok(strtok(\"/a:b/c\", \"/\"), \":\")", "a" },
		{ "(strtok(\"a\\377b\", \"\\377\"), strtok(NULL, \"x\"))", "b" },
	};

	set_options();
	TEST_ROWS(row);
	fire("BEGIN { s = \"x,yy,,z\"; n = s; a = strtok(s, \",\"); n = NULL; b = strtok(n, \",\");\n"
	    "c = strtok(NULL, \",\"); d = strtok(NULL, \",\"); e = d == NULL; }\n"
	    "BEGIN { f = strtok(NULL, \",\"); }");
	CHECK_STR(run_str(&run, "a"), "x");
	CHECK_STR(run_str(&run, "b"), "yy");
	CHECK_STR(run_str(&run, "c"), "z");
	CHECK_INT(run_int(&run, "e"), 1);
	CHECK_INT(run.nrecord, 1);		/* the second clause has no string yet */
	run_close(&run);
}

static void
test_conversions(void)
{
	static const struct row row[] = {
		{ "lltostr(0)", "0" }, { "lltostr(-17)", "-17" }, { "lltostr(arg0)", "1234567890" },
		{ "lltostr(arg1)", "-9223372036854775808" }, { "lltostr(255, 16)", "0xff" },
		{ "lltostr(0, 16)", "0x0" }, { "lltostr(8, 8)", "010" }, { "lltostr(0, 8)", "0" },
		{ "lltostr(35, 36)", "z" }, { "lltostr(5, 2)", "101" },
		{ "lltostr(-1, 16)", "0xffffffffffffffff" },
		{ "lltostr(-1, 2)", "1111111111111111111111111111111111111111111111111111111111111111" },
		{ "strjoin(lltostr(12), lltostr(34))", "1234" },
	};
	static const struct number number[] = {
		{ "strtoll(\"0\")", 0 },
		{ "strtoll(\"123\")", 123 },
		{ "strtoll(\" \\t -45x\")", -45 },
		{ "strtoll(\"+7\")", 7 },
		{ "strtoll(\"\")", 0 },
		{ "strtoll(\"abc\")", 0 },
		{ "strtoll(\"-\")", 0 },
		{ "strtoll(\"ff\", 16)", 255 },
		{ "strtoll(\"0xFf\", 16)", 255 },
		{ "strtoll(\"-0x10\", 16)", -16 },
		{ "strtoll(\"0xg\", 16)", 0 },
		{ "strtoll(\"0x10\")", 0 },
		{ "strtoll(\"777\", 8)", 511 },
		{ "strtoll(\"778\", 8)", 63 },
		{ "strtoll(\"z\", 36)", 35 },
		{ "strtoll(\"101\", arg2)", 5 },
		{ "strtoll(\"-9223372036854775808\")", INT64_MIN },
		{ "strtoll(\"9223372036854775807\")", INT64_MAX },
		{ "strtoll(lltostr(arg1, 16), 16)", INT64_MIN },
	};

	set_options();
	run.arg[0] = 1234567890;
	run.arg[1] = (uint64_t)INT64_MIN;
	run.arg[2] = 2;
	TEST_ROWS(row);
	TEST_NUMBERS(number);
}

static void
test_small(void)
{
	static const struct row row[] = {
		{ "tolower(\"ABC[@`{xyzZ]\")", "abc[@`{xyzz]" },
		{ "toupper(\"abc[@`{xyzZ]\")", "ABC[@`{XYZZ]" },
		{ "toupper(\"\")", "" }, { "tolower(\"\\311\\101\")", "\311a" },
	};
	static const struct number number[] = {
		{ "htons(0x1234)", 0x3412 }, { "ntohs(arg0)", 0x0807 },
		{ "htonl(arg0)", 0x08070605 }, { "ntohl(arg1)", UINT32_MAX },
		{ "htonll(arg0)", 0x0807060504030201 }, { "ntohll(arg1)", -1 },
		{ "getmajor(0x801002a)", 0x80 }, { "getminor(0x801002a)", 0x1002a },
		{ "rand() == rand() && rand() == rand()", 0 }, { "execname[0]", 'g' },
		{ "\"abc\"[2]", 'c' }, { "\"abc\"[3] + \"abc\"[200]", 0 },
		{ "\"\\377\"[0]", -1 }, { "(s = \"xy\")[1]", 'y' },
	};

	set_options();
	run.arg[0] = 0x0102030405060708;
	run.arg[1] = (uint64_t)-1;
	TEST_ROWS(row);
	TEST_NUMBERS(number);
}

static void
test_cleanpath(void)
{
	static const struct row row[] = {
		{ "cleanpath(\"\")", "" }, { "cleanpath(\"/\")", "/" }, { "cleanpath(\"//\")", "/" },
		{ "cleanpath(\".\")", "." }, { "cleanpath(\"./\")", "." },
		{ "cleanpath(\"..\")", ".." }, { "cleanpath(\"/..\")", "/" },
		{ "cleanpath(\"/../..\")", "/" }, { "cleanpath(\"/../a\")", "/a" },
		{ "cleanpath(\"../a\")", "../a" }, { "cleanpath(\"../../a/..\")", "../.." },
		{ "cleanpath(\"a/..\")", "." }, { "cleanpath(\"a/../b\")", "b" },
		{ "cleanpath(\"a/../../b\")", "../b" }, { "cleanpath(\"./a\")", "a" },
		{ "cleanpath(\"/a//b/./c/\")", "/a/b/c" }, { "cleanpath(\"/a/b/../c/.\")", "/a/c" },
		{ "cleanpath(\"/a/b/c/../../d\")", "/a/d" }, { "cleanpath(\"/a/../b/../c\")", "/c" },
		{ "cleanpath(\"/...\")", "/..." }, { "cleanpath(\"/.a/..b/c.\")", "/.a/..b/c." },
		{ "cleanpath(\"foo\")", "foo" }, { "cleanpath(\"foo//\")", "foo" },
	};

	set_options();
	TEST_ROWS(row);
}

static void
test_addresses(void)
{
	static const uint8_t v4[] = { 127, 0, 0, 1, 255, 100, 99, 10, 192, 168, 1, 20 };
	static const uint8_t v6[][16] = {
		[0] = { 0x20, 0x01, 0x0d, 0xb8, [14] = 0x12, 0x34 },
		[1] = { [15] = 1 },
		[3] = { [12] = 127, 0, 0, 1 },
		[4] = { [10] = 0xff, 0xff, 127, 0, 0, 1 },
		[5] = { 0xfe, 0x80 },
		[6] = { 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0xab, 0xcd },
		[7] = { 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8 },
		[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff, 0xff },
		[9] = { [10] = 0xff, 0xff },
	};
	static const struct row row[] = {
		{ "inet_ntoa((void *)arg0)", "127.0.0.1" },
		{ "inet_ntoa((uint32_t *)arg0 + 1)", "255.100.99.10" },
		{ "inet_ntop(2, (void *)(arg0 + 8))", "192.168.1.20" },
		{ "inet_ntop(arg2, (void *)(arg0 + 8))", "192.168.1.20" },
		{ "inet_ntop(arg2 + 8, (void *)arg1)", "2001:db8::1234" },
		{ "inet_ntoa6((void *)arg1)", "2001:db8::1234" },
		{ "inet_ntoa6((void *)(arg1 + 16))", "::1" },
		{ "inet_ntoa6((void *)(arg1 + 32))", "::" },
		{ "inet_ntoa6((void *)(arg1 + 48))", "127.0.0.1" },
		{ "inet_ntoa6((void *)(arg1 + 48), 0)", "127.0.0.1" },
		{ "inet_ntoa6((void *)(arg1 + 48), 1)", "::127.0.0.1" },
		{ "inet_ntoa6((void *)(arg1 + 64))", "127.0.0.1" },
		{ "inet_ntop(10, (void *)(arg1 + 64))", "::ffff:127.0.0.1" },
		{ "inet_ntop(10, (void *)(arg1 + 48))", "::127.0.0.1" },
		{ "inet_ntoa6((void *)(arg1 + 80))", "fe80::" },
		{ "inet_ntoa6((void *)(arg1 + 96))", "1:0:2:3:4:5:6:abcd" },
		{ "inet_ntoa6((void *)(arg1 + 112))", "1:0:0:4::8" },
		{ "inet_ntoa6((void *)(arg1 + 128))", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "inet_ntoa6((void *)(arg1 + 144), -1)", "::ffff:0.0.0.0" },
		{ "link_ntop(1, (void *)(arg1 + 110))", "ab:cd:00:01:00:00" },
		{ "link_ntop(32, (void *)arg1)",
		    "20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:12:34:00:00:00:00" },
	};

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)v4;
	run.arg[1] = (uint64_t)(uintptr_t)v6;
	run.arg[2] = 2;
	TEST_ROWS(row);
	test_fault("inet_ntoa(NULL)", FAULT_BADADDR, 0);
	test_fault("inet_ntoa6(NULL)", FAULT_BADADDR, 0);
	test_fault("link_ntop(2, (void *)arg1)", FAULT_ILLOP, 0);
}

/* ---- memory ---- */

static void
test_pointers(void)
{
	static const struct {
		int32_t i[3];
		uint8_t b[4];
		int64_t l;
		const char *text;
	} data = { { 5, -6, 7 }, { 1, 2, 0xff, 4 }, -8, "text" };
	static const struct number row[] = {
		{ "*(int *)arg0", 5 }, { "((int *)arg0)[1]", -6 }, { "*((int *)arg0 + 2)", 7 },
		{ "((uint8_t *)arg0)[14]", 0xff }, { "((char *)arg0)[14]", -1 },
		{ "((char *)arg0)[arg2 + 12]", 2 }, { "*(int64_t *)(arg0 + 16)", -8 },
		{ "(p = (int *)arg0, p[1])", -6 }, { "(p++, *p)", -6 }, { "(p - (int *)arg0)", 1 },
		{ "stringof(*(char **)(arg0 + 24)) == \"text\"", 1 },
		{ "**(char **)(arg0 + 24)", 't' }, { "(*(char **)(arg0 + 24))[1]", 'e' },
		{ "*(uint16_t *)copyin(arg0 + 4, 2)", 0xfffa },
		{ "((int *)copyin(arg0, 12))[2]", 7 }, { "(q = copyin(arg0, 12), ((int *)q)[1])", -6 },
		{ "args[1][arg2]", 2 },
	};

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)&data;
	run.arg[1] = (uint64_t)(uintptr_t)data.b;
	run.arg[2] = 1;
	TEST_NUMBERS(row);
	test_fault("*(int *)arg9", FAULT_BADADDR, 0);
	test_fault("*(int *)16", FAULT_BADADDR, 16);
	test_fault("*(int *)-16", FAULT_BADADDR, UINT64_MAX - 15);
	test_fault("((int *)16)[2]", FAULT_BADADDR, 24);
	test_fault("((char *)copyin(16, 3))[0]", FAULT_BADADDR, 16);
}

/* Scratch memory: what is written to it, what another process's memory becomes. */
static void
test_scratch(void)
{
	static char text[64] = "abcdefgh";
	static const struct number row[] = {
		{ "(a = alloca(16), ((int *)a)[3])", 0 },
		{ "(b = (int *)alloca(16), b[1] = 7, b[2] = b[1]--, b[1] + 10 * b[2])", 76 },
		{ "(b = (int *)alloca(16), *b += 5, *(b + 3) = -1, *b * b[3])", -5 },
		{ "(c = (uint8_t *)alloca(3), c[2] = 257, c[2])", 1 },
		{ "(d = (char *)alloca(9), bcopy((void *)arg0, d, 9), stringof(d) == \"abcdefgh\")", 1 },
		{ "(e = (char *)alloca(5), copyinto(arg0 + 1, 4, e), stringof(e) == \"bcde\")", 1 },
		{ "(alloca(248), alloca(8), alloca(0), 1)", 1 },
		{ "(g = (char *)copyin(arg0, 4), g[1] = 'X', g[1])", 'X' },
		{ "(cp = \"abc\", cq = execname, cp[1] == 'b' && cq[0] == 'g')", 1 },
		{ "(cp = \"\", cp == NULL)", 0 },
		{ "(cp = strchr(\"abc\", 'd'), cp == NULL)", 1 },
		{ "((char *)alloca(8) - (char *)alloca(8))", -8 },
	};
	static const char *const full[] = {
		"alloca(arg9 + 257)", "(alloca(200), alloca(57))", "(copyin(arg0, 8), alloca(249))",
		"alloca(arg9 - 1)",
	};

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)text;
	TEST_NUMBERS(row);
	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++)
		test_fault(full[i], FAULT_NOSCRATCH, 0);
	test_fault("copyin(arg0, 257)", FAULT_BADSIZE, 257);
	fire("BEGIN { p = (char *)alloca(250); z = 1; bcopy(p, p + 248, 9); z = 2; }\n"
	    "BEGIN { q = (char *)alloca(8); w = 1; q[-1] = 1; w = 2; }\n"
	    "BEGIN { r = (int *)alloca(250); v = 1; r[63] = 1; v = 2; r[64] = 1; v = 3; }");
	CHECK_INT(run_int(&run, "z"), 1);
	CHECK_INT(run_int(&run, "w"), 1);
	CHECK_INT(run_int(&run, "v"), 2);
	run_close(&run);
}

/* A kernel that is locked down lets nobody write. */
static void
test_writing(void)
{
	static char out[16], str[16] = "0123456789", cut[16] = "0123456789";
	static const char text[] = "BEGIN { a = (char *)alloca(8); bcopy(\"abc\", a, 4);\n"
	    "copyout(a, arg0, 4); copyoutstr(\"xyz\", arg1, 10); copyoutstr(\"xyz\", arg2, 2);\n"
	    "copyout(a, arg0, 0); }\n"
	    "BEGIN { a = alloca(8); x = 1; copyout(a, arg3, 4); x = 2; }\n"
	    "BEGIN { y = 1; copyoutstr(\"a\", arg3, 4); y = 2; }\n";

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)out;
	run.arg[1] = (uint64_t)(uintptr_t)str;
	run.arg[2] = (uint64_t)(uintptr_t)cut;
	run.arg[3] = 8;
	if (run_open(&run, text) < 0) {
		CHECK(strstr(run_log, "cannot use helper bpf_probe_write_user") != NULL);
	} else {
		CHECK_INT(run_fire(&run), 0);
		CHECK_STR(out, "abc");
		CHECK_STR(str, "xyz");
		CHECK(memcmp(cut, "xy23", 4) == 0);
		CHECK_INT(run_int(&run, "x"), 1);
		CHECK_INT(run_int(&run, "y"), 1);
	}
	run_close(&run);
}

/* All of them together, with strings of two sizes. */
static void
test_sizes(uint32_t strsize)
{
	static char text[5000];
	char program[1024];

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text + strsize - 8, "/Needle", 7);
	run.arg[0] = (uint64_t)(uintptr_t)text;
	snprintf(program, sizeof(program), "#pragma D option strsize=%u\nBEGIN {\n"
	    "s = stringof(arg0); i = index(s, \"/N\"); r = rindex(s, \"aa\"); p = strstr(s, \"Need\");\n"
	    "c = strchr(s, '/'); d = strrchr(s, 'a'); a = strtok(s, \"/\"); b = strtok(NULL, \"/\");\n"
	    "u = toupper(c); l = tolower(c); n = strtoll(strjoin(lltostr(arg1, 16), \"z\"), 16);\n"
	    "x = s[%u - 2]; y = s < u; z = strlen(a); }", strsize, strsize);
	fire(program);
	CHECK_INT(run_int(&run, "i"), strsize - 8);
	CHECK_INT(run_int(&run, "r"), strsize - 10);
	CHECK_STR(run_str(&run, "p"), "Needle");
	CHECK_STR(run_str(&run, "c"), "/Needle");
	CHECK_STR(run_str(&run, "d"), "a/Needle");
	CHECK_STR(run_str(&run, "b"), "Needle");
	CHECK_STR(run_str(&run, "u"), "/NEEDLE");
	CHECK_STR(run_str(&run, "l"), "/needle");
	CHECK_INT(run_int(&run, "n"), 0x123);
	CHECK_INT(run_int(&run, "x"), 'e');
	CHECK_INT(run_int(&run, "z"), strsize - 8);
	printf("# strsize=%u: %u instructions verified\n", strsize, run.verified);
	CHECK(run.verified < 500000);
	run_close(&run);
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # skip needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_null();
	test_trunc();
	test_faults();
	test_search();
	test_index();
	test_tokens();
	test_conversions();
	test_small();
	test_cleanpath();
	test_addresses();
	test_pointers();
	test_scratch();
	test_writing();
	run.arg[1] = 0x123;
	test_sizes(256);
	test_sizes(4096);
	return tap_done();
}
