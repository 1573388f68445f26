/* What stands in front of rows: columns, and the indentation of -F. */
#include "run/row.h"

#include "test/unit/tap.h"

static struct probe probe[] = {
	{ .prov = "dtrace", .func = "", .name = "BEGIN" },
	{ .prov = "fbt", .func = "outer", .name = "entry" },
	{ .prov = "fbt", .func = "outer", .name = "return" },
	{ .prov = "python1", .func = "inner", .name = "function-entry" },
	{ .prov = "python1", .func = "inner", .name = "function-return" },
	{ .prov = "syscall", .func = "read", .name = "entry" },
	{ .prov = "syscall", .func = "read", .name = "return" },
	{ .prov = "p", .func = "a_function_with_a_name_that_is_too_long", .name = "entries" },
};

#define FLOW(ROW) "  2 " ROW " \n"

static const struct {
	uint32_t probe, clause;
	const char *want;
} flows[] = {
	{ 0, 0, FLOW("| :BEGIN                                 ") },
	{ 1, 1, FLOW(" -> outer                                ") },
	{ 1, 2, FLOW("  | outer:entry                          ") },
	{ 1, 1, FLOW("  | outer:entry                          ") },
	{ 3, 3, FLOW("   -> inner                              ") },
	{ 5, 3, FLOW("     => read                             ") },
	{ 0, 4, FLOW("      | :BEGIN                           ") },
	{ 6, 3, FLOW("     <= read                             ") },
	{ 4, 3, FLOW("   <- inner                              ") },
	{ 2, 3, FLOW(" <- outer                                ") },
	{ 2, 3, FLOW(" <- outer                                ") },
	{ 1, 1, FLOW(" -> outer                                ") },
	{ 1, 1, FLOW("   -> outer                              ") },
	{ 7, 1, FLOW("    | a_function_with_a_name_that_is_too_long:entries") },
};

static void
test_flow(void)
{
	struct row_state r = { 0 };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		const struct rec_hdr hdr = { .cpu = 2, .probe = flows[i].probe + 1,
		    .clause = flows[i].clause };

		buf_clear(&b);
		row_put_flow(&r, &b, &hdr, &probe[flows[i].probe], false);
		buf_putc(&b, '\n');
		if (i == 0) {
			CHECK(strncmp(buf_str(&b),
			    "CPU FUNCTION                                 \n", 46) == 0);
			CHECK_STR(buf_str(&b) + 46, flows[i].want);
		} else {
			CHECK_STR(buf_str(&b), flows[i].want);
		}
	}
	buf_fini(&b);
}

static void
test_testing(void)
{
	const struct rec_hdr hdr = { .cpu = 2, .probe = 2 };
	struct row_state r = { 0 };
	struct buf b = BUF_INIT;

	row_put_flow(&r, &b, &hdr, &probe[1], true);
	CHECK_STR(buf_str(&b), "FUNCTION                                 \n"
	    " -> outer                                 ");
	buf_clear(&b);
	r = (struct row_state){ 0 };
	row_put(&r, &b, &hdr, &probe[1], true);
	CHECK_STR(buf_str(&b), "                   FUNCTION:NAME\n"
	    "                     outer:entry ");
	buf_clear(&b);
	row_put(&r, &b, &hdr, &probe[1], false);
	CHECK_STR(buf_str(&b), "  2      2                      outer:entry ");
	buf_fini(&b);
}

int
main(void)
{
	test_flow();
	test_testing();
	return tap_done();
}
