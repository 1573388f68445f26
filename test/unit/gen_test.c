/*
 * The code generator, by what its programs do in the kernel. Needs root.
 */
#include "test/unit/gen_value.h"

static void
test_arithmetic(void)
{
	set_options();
	run.arg[0] = 7;
	run.arg[1] = (uint64_t)-3;
	run.arg[2] = INT32_MAX;
	run.arg[3] = (uint64_t)INT64_MIN;
	test_int("arg0 + arg1", 4);
	test_int("arg0 * arg1 - 1", -22);
	test_int("arg0 / arg1", -2);
	test_int("arg0 % arg1", 1);
	test_int("arg1 / 2", -1);
	test_int("(int)arg2 + (int)arg0", (int32_t)(INT32_MAX + 7u));
	test_int("(uint32_t)arg1 + 1u", UINT32_MAX - 1);
	test_int("(uint32_t)arg1 > 5", 1);
	test_int("arg1 > 5", 0);
	test_int("(uint64_t)arg1 / 2", (int64_t)((uint64_t)-3 / 2));
	test_int("(int8_t)(arg0 + 121)", -128);
	test_int("(uint8_t)arg1", 253);
	test_int("(short)arg2", -1);
	test_int("arg1 >> 1", -2);
	test_int("(uint64_t)arg1 >> 60", 15);
	test_int("arg0 << 3 | 1", 57);
	test_int("~arg0 ^ 3", ~7 ^ 3);
	test_int("-arg3", INT64_MIN);
	test_int("arg3 / arg4 == 0 ? 1 : 2", 0);	/* faults: x stays 0 */
	test_int("!arg0 + !arg4", 1);
	test_int("(arg0 && arg4) + 2 * (arg0 || arg4) + 4 * (arg0 ^^ arg1)", 2);
	test_int("arg0 > 3 && arg1 < 0 ? 10 : 20", 10);
	test_int("(arg0, arg1)", -3);
	test_int("(unsigned char)arg1 * (char)arg1", 253 * -3);
}

static void
test_assignments(void)
{
	set_options();
	run.arg[0] = 5;
	fire("int8_t b; uint16_t w;\n"
	    "BEGIN { b = 127; b++; w = 0; w--; y = arg0; z = y++ + 10 * y; y += 3; y <<= 2;\n"
	    "y %= 32; self->a = 1; self->a += y; t = self->a; this->c = t; this->c *= 2; }\n"
	    "BEGIN /this->c/ { u = this->c--; v = this->c; }");
	CHECK_INT(run_int(&run, "b"), -128);
	CHECK_INT(run_int(&run, "w"), 65535);
	CHECK_INT(run_int(&run, "z"), 65);
	CHECK_INT(run_int(&run, "y"), 4);
	CHECK_INT(run_int(&run, "t"), 5);
	CHECK_INT(run_int(&run, "u"), 10);
	CHECK_INT(run_int(&run, "v"), 9);
	CHECK_INT(run_fire(&run), 0);	/* self->a goes on, this->c does not */
	CHECK_INT(run_int(&run, "u"), 10);
	run_close(&run);
	fire("this int q;\nBEGIN { x += this->q + 1; this->q = 100; }");
	run_fire(&run);
	CHECK_INT(run_int(&run, "x"), 2);
	run_close(&run);
	run.opts.has_task_storage = false;
	fire("BEGIN { self->n++; self->s = \"abc\"; x = self->n; s = self->s; }");
	run_fire(&run);
	CHECK_INT(run_int(&run, "x"), 2);
	CHECK_STR(run_str(&run, "s"), "abc");
	run_close(&run);
}

static void
test_arrays(void)
{
	uint64_t key[64], value[64];

	set_options();
	run.arg[0] = 5;
	fire("BEGIN { a[1, \"x\"] = arg0; a[1, \"x\"] += 2; x = a[1, \"x\"]; y = a[2, \"x\"];\n"
	    "z = a[1, \"x\"]++; s[arg0] = \"five\"; t = s[5]; u = s[6]; self->m[3] = 4;\n"
	    "w = self->m[3]; d[1] = 1; d[2] = 2; d[1] = 0; }");
	CHECK_INT(run_int(&run, "x"), 7);
	CHECK_INT(run_int(&run, "y"), 0);
	CHECK_INT(run_int(&run, "z"), 7);
	CHECK_INT(run_int(&run, "w"), 4);
	CHECK_STR(run_str(&run, "t"), "five");
	CHECK_STR(run_str(&run, "u"), "");
	CHECK_INT(run_entries(&run, run_var(&run, VAR_GLOBAL, "a")->map, key, value), 1);
	CHECK_INT(value[0], 8);
	CHECK_INT(key[0], 1);
	CHECK_STR((const char *)&key[1], "x");
	CHECK_INT(run_entries(&run, run_var(&run, VAR_GLOBAL, "d")->map, key, value), 1);
	CHECK_INT(key[0], 2);
	CHECK_INT(run_drops(&run, DROP_DYNAMIC), 0);
	run_close(&run);
}

static void
test_array_full(void)
{
	char text[8192] = "BEGIN { a[0] = 1;";

	set_options();
	for (int i = 1; i < 70; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "a[%d] = 1;", i);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "x = 1; }");
	fire(text);
	CHECK_INT(run_drops(&run, DROP_DYNAMIC), 6);
	CHECK_INT(run_int(&run, "x"), 1);
	run_close(&run);
}

static void
test_strings(void)
{
	static const char hello[] = "hello, world";

	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)hello;
	run.arg[1] = 5;
	run.arg[2] = 0;
	test_string("\"abc\"", "abc");
	test_string("stringof(arg0)", "hello, world");
	test_string("copyinstr(arg0, 6)", "hello");
	test_string("copyinstr(arg0, arg1)", "hell");
	test_string("copyinstr(arg0, arg2)", "");
	test_string("strjoin(stringof(arg0), \"!\")", "hello, world!");
	test_string("strjoin(\"a\", strjoin(stringof(arg0), \"z\"))", "ahello, worldz");
	test_string("arg1 > 3 ? \"more\" : \"less\"", "more");
	test_string("arg1 < 3 ? \"more\" : stringof(arg0)", "hello, world");
	test_string("(s = \"x\", strjoin(s, s))", "xx");
	test_int("strlen(stringof(arg0))", 12);
	test_int("strlen(\"\")", 0);
	test_int("strlen(strjoin(stringof(arg0), \"!\"))", 13);
	test_int("stringof(arg0) == \"hello, world\"", 1);
	test_int("stringof(arg0) == \"hello, worl\"", 0);
	test_int("strlen(copyinstr(arg0 + 12))", 0);
	test_int("copyinstr(arg0 + 12) == \"\"", 1);
	test_string("strjoin(copyinstr(arg0 + 12), \"x\")", "x");
	test_int("stringof(arg0) != \"hello, world!\"", 1);
	test_int("\"hello, world\" == stringof(arg0)", 1);
	test_int("stringof(arg0) < \"hello\"", 0);
	test_int("stringof(arg0) >= \"hello\"", 1);
	test_int("stringof(arg0) > \"i\"", 0);
	test_int("stringof(arg0) <= stringof(arg0)", 1);
	test_int("stringof(arg0) == copyinstr(arg0)", 1);
	test_int("stringof(arg0) == \"\"", 0);
	run.arg[1] = (uint64_t)(uintptr_t)"caf\xc3\xa9";
	test_int("stringof(arg1) == \"caf\303\251\"", 1);
	test_int("stringof(arg1) > \"caf\"", 1);
	test_int("stringof(arg1) > \"cafz\"", 1);
}

static void
test_substr(void)
{
	static const struct {
		const char *args, *want;
	} row[] = {
		{ "3", "barbazbop" }, { "300", "" }, { "-10", "obarbazbop" },
		{ "0", "foobarbazbop" },
		{ "1", "oobarbazbop" }, { "0, 1", "f" }, { "0, -1", "foobarbazbo" },
		{ "2, 3", "oba" }, { "-3, 2", "bo" }, { "-24, 13", "f" }, { "-24, 12", "" },
		{ "-24", "foobarbazbop" }, { "12", "" }, { "11", "p" }, { "3, 0", "" },
		{ "3, -20", "" }, { "-4, -2", "zb" }, { "3, 100", "barbazbop" },
		{ "-24, -11", "f" },
	};
	char expr[128];

	set_options();
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		snprintf(expr, sizeof(expr), "substr(\"foobarbazbop\", %s)", row[i].args);
		test_string(expr, row[i].want);
	}
}

static void
test_paths(void)
{
	static const struct {
		const char *path, *base, *dir;
	} row[] = {
		{ "/foo/bar", "bar", "/foo" }, { "/", "/", "/" }, { "", ".", "." },
		{ "///", "/", "/" }, { "foo", "foo", "." }, { "foo//", "foo", "." },
		{ "/foo/.", ".", "/foo" }, { "/.", ".", "/" }, { "/./.", ".", "/." },
		{ "/foo/bar///baz/", "baz", "/foo/bar" }, { "a/b", "b", "a" },
		{ "//a", "a", "/" },
	};
	char expr[128];

	set_options();
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		snprintf(expr, sizeof(expr), "basename(\"%s\")", row[i].path);
		test_string(expr, row[i].base);
		snprintf(expr, sizeof(expr), "dirname(\"%s\")", row[i].path);
		test_string(expr, row[i].dir);
	}
}

static void
test_strsize(void)
{
	set_options();
	run.arg[0] = (uint64_t)(uintptr_t)"123456789";
	fire("#pragma D option strsize=6\nBEGIN { s = stringof(arg0); t = strjoin(s, s);\n"
	    "u = \"abcdefgh\"; v = execname; w = strjoin(\"ab\", s); x = basename(s);\n"
	    "e = s == \"12345\"; f = u == \"abcdefgh\"; y = substr(s, 1, 3); }");
	CHECK_STR(run_str(&run, "s"), "12345");
	CHECK_STR(run_str(&run, "t"), "12345");
	CHECK_STR(run_str(&run, "u"), "abcde");
	CHECK_STR(run_str(&run, "v"), "gen_t");
	CHECK_STR(run_str(&run, "w"), "ab123");
	CHECK_STR(run_str(&run, "x"), "12345");
	CHECK_STR(run_str(&run, "y"), "234");
	CHECK_INT(run_int(&run, "e"), 1);
	CHECK_INT(run_int(&run, "f"), 1);
	run_close(&run);
}

static void
test_big_strsize(void)
{
	static char big[6000];

	set_options();
	memset(big, 'x', sizeof(big) - 1);
	run.arg[0] = (uint64_t)(uintptr_t)big;
	run.arg[1] = (uint64_t)(uintptr_t)"/a/b";
	fire("#pragma D option strsize=4096\nBEGIN /stringof(arg0) < \"y\"/ {\n"
	    "printf(\"%s %s\", stringof(arg0), stringof(arg1)); n = strlen(stringof(arg0));\n"
	    "@[stringof(arg1), execname] = count(); self->s = stringof(arg1);\n"
	    "t = strjoin(dirname(self->s), basename(self->s)); u = substr(t, 1, 2);\n"
	    "a[self->s] = t; }");
	CHECK_INT(run_int(&run, "n"), 4095);
	CHECK_STR(run_str(&run, "t"), "/ab");
	CHECK_STR(run_str(&run, "u"), "ab");
	CHECK_INT(run.nrecord, 1);
	printf("# strsize=4096: %u instructions verified\n", run.verified);
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
	test_arithmetic();
	test_assignments();
	test_arrays();
	test_array_full();
	test_strings();
	test_substr();
	test_paths();
	test_strsize();
	test_big_strsize();
	return tap_done();
}
