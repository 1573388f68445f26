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

static void
test_faults(void)
{
	static const char *const null_string[] = {
		"strlen(u)", "strjoin(u, \"a\")", "strjoin(\"a\", u)", "substr(u, 1)",
		"basename(u)", "dirname(u)", "strlen(NULL)",
	};

	set_options();
	for (size_t i = 0; i < sizeof(null_string) / sizeof(null_string[0]); i++)
		test_fault(null_string[i], FAULT_BADADDR, 0);
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
	test_faults();
	return tap_done();
}
