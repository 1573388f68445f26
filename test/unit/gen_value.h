/* Values of D expressions, computed in the kernel. */
#ifndef TEST_GEN_VALUE_H
#define TEST_GEN_VALUE_H

#include "rec/fault.h"
#include "test/unit/gen_run.h"
#include "test/unit/tap.h"

static struct run run;

/* Compile, load, fire once. */
static inline bool
fire(const char *text)
{
	bool ok = run_open(&run, text) == 0 && run_fire(&run) == 0;

	if (!ok)
		printf("# %s\n", text);
	CHECK(ok);
	if (ok)
		CHECK(run_states_free(&run));
	return ok;
}

static inline void
set_options(void)
{
	memset(&run.opts, 0, sizeof(run.opts));
	memset(run.arg, 0, sizeof(run.arg));
	run.is_sleepable = false;
	run.has_sdiv = true;
	run.opts.has_task_storage = true;
}

static inline void
test_int(const char *expr, int64_t want)
{
	char text[512];

	snprintf(text, sizeof(text), "BEGIN { x = %s; }", expr);
	printf("# %s\n", text);
	if (fire(text))
		CHECK_INT(run_int(&run, "x"), want);
	run_close(&run);
}

static inline void
test_string(const char *expr, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text), "BEGIN { s = %s; }", expr);
	printf("# %s\n", text);
	if (fire(text))
		CHECK_STR(run_str(&run, "s"), want);
	run_close(&run);
}

/* A fault: what is assigned after it, isn't. */
static inline void
test_fault(const char *expr, enum fault fault, uint64_t value)
{
	struct rec_error error;
	char text[512];

	snprintf(text, sizeof(text), "string u; char *cp;\nBEGIN { y = 1; x = %s; y = 2; }", expr);
	printf("# %s\n", expr);
	if (fire(text)) {
		CHECK_INT(run_int(&run, "y"), 1);
		CHECK_INT(run.nrecord, 1);
		memcpy(&error, run.record[0] + sizeof(struct rec_hdr), sizeof(error));
		CHECK_INT(error.fault, fault);
		CHECK_INT(error.value, value);
	}
	run_close(&run);
}

#endif
