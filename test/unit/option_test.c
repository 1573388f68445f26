/* Options: defaults, the syntax of every kind of value, and what is refused. */
#include "lang/option.h"

#include <errno.h>
#include <string.h>

#include "test/unit/tap.h"

static const struct {
	const char *name, *value;
	int result;
	enum option opt;
	int64_t num;
} cases[] = {
	/* flags */
	{ "quiet", NULL, 0, OPT_QUIET, 0 },
	{ "quiet", "0", 0, OPT_QUIET, 0 },
	{ "quiet", "Enable", 0, OPT_QUIET, 1 },
	{ "quiet", "off", 0, OPT_QUIET, OPTION_UNSET },
	{ "quiet", "", 0, OPT_QUIET, OPTION_UNSET },
	{ "quiet", "0x10", 0, OPT_QUIET, 16 },
	{ "quiet", "-1", -EINVAL, OPT_QUIET, OPTION_UNSET },
	{ "quiet", "maybe", -EINVAL, OPT_QUIET, OPTION_UNSET },
	{ "quiet", "1x", -EINVAL, OPT_QUIET, OPTION_UNSET },
	/* numbers */
	{ "aggsortkeypos", "2", 0, OPT_AGGSORTKEYPOS, 2 },
	{ "aggsortkeypos", NULL, -EINVAL, OPT_AGGSORTKEYPOS, 0 },
	{ "aggsortkeypos", "99999999999999999999", -EINVAL, OPT_AGGSORTKEYPOS, 0 },
	/* sizes */
	{ "bufsize", "8192", 0, OPT_BUFSIZE, 8192 },
	{ "bufsize", "64k", 0, OPT_BUFSIZE, 64 << 10 },
	{ "bufsize", "1M", 0, OPT_BUFSIZE, 1 << 20 },
	{ "bufsize", "2g", 0, OPT_BUFSIZE, INT64_C(2) << 30 },
	{ "bufsize", "1t", 0, OPT_BUFSIZE, INT64_C(1) << 40 },
	{ "bufsize", "1kb", -EINVAL, OPT_BUFSIZE, 4 << 20 },
	{ "bufsize", "k", -EINVAL, OPT_BUFSIZE, 4 << 20 },
	{ "bufsize", " 8192", -EINVAL, OPT_BUFSIZE, 4 << 20 },
	{ "bufsize", "16777216t", -EINVAL, OPT_BUFSIZE, 4 << 20 },
	{ "strsize", "1", -EINVAL, OPT_STRSIZE, 256 },
	{ "strsize", "2", 0, OPT_STRSIZE, 2 },
	{ "strsize", "5g", -EINVAL, OPT_STRSIZE, 256 },
	/* rates, in nanoseconds */
	{ "switchrate", "10", 0, OPT_SWITCHRATE, 10 },
	{ "switchrate", "10us", 0, OPT_SWITCHRATE, 10000 },
	{ "switchrate", "10MSEC", 0, OPT_SWITCHRATE, 10000000 },
	{ "switchrate", "2s", 0, OPT_SWITCHRATE, INT64_C(2000000000) },
	{ "switchrate", "1m", 0, OPT_SWITCHRATE, INT64_C(60000000000) },
	{ "switchrate", "1day", 0, OPT_SWITCHRATE, INT64_C(86400000000000) },
	{ "switchrate", "100hz", 0, OPT_SWITCHRATE, 10000000 },
	{ "switchrate", "0hz", -EINVAL, OPT_SWITCHRATE, 0 },
	{ "switchrate", "5 s", -EINVAL, OPT_SWITCHRATE, 0 },
	{ "switchrate", "1000000d", -EINVAL, OPT_SWITCHRATE, 0 },
	/* names */
	{ "nosuch", "1", -ENOENT, OPT_QUIET, OPTION_UNSET },
	{ "Quiet", NULL, -ENOENT, OPT_QUIET, OPTION_UNSET },
	/* without effect */
	{ "cleanrate", "101hz", 0, OPT_CLEANRATE, 0 },
	{ "bufpolicy", "ring", 0, OPT_BUFPOLICY, 0 },
	{ "bufpolicy", "rin", -EINVAL, OPT_BUFPOLICY, 0 },
	{ "bufpolicy", "ring fill", -EINVAL, OPT_BUFPOLICY, 0 },
	{ "bufpolicy", "", -EINVAL, OPT_BUFPOLICY, 0 },
	{ "linkmode", NULL, -EINVAL, OPT_LINKMODE, 0 },
	{ "temporal", NULL, 0, OPT_TEMPORAL, 0 },
};

int
main(void)
{
	struct options o;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		options_init(&o);
		int got = options_set(&o, cases[i].name, cases[i].value, OPTION_COMMAND);
		if (!CHECK_INT(got, cases[i].result) ||
		    !CHECK_INT(options_get(&o, cases[i].opt), cases[i].num))
			printf("# in case %s=%s\n", cases[i].name,
			    cases[i].value ? cases[i].value : "(none)");
	}

	options_init(&o);
	CHECK(!options_on(&o, OPT_ZDEFS));
	CHECK(options_set(&o, "zdefs", NULL, OPTION_PROGRAM) == 0);
	CHECK(options_on(&o, OPT_ZDEFS));
	CHECK(options_set(&o, "zdefs", "off", OPTION_PROGRAM) == 0);
	CHECK(!options_on(&o, OPT_ZDEFS));

	CHECK_INT(options_set(&o, "object", "/bin/sh", OPTION_PROGRAM), -EPERM);
	CHECK_INT(options_set(&o, "object", "/bin/sh", OPTION_COMMAND), 0);
	CHECK_STR(o.str[OPT_OBJECT], "/bin/sh");
	CHECK_INT(options_set(&o, "object", NULL, OPTION_COMMAND), -EINVAL);

	/* Some may be set while tracing, by setopt(). */
	CHECK_INT(options_set(&o, "quiet", "1", OPTION_TRACING), 0);
	CHECK_INT(options_set(&o, "bufsize", "4m", OPTION_TRACING), -EBUSY);
	CHECK_INT(options_set(&o, "object", "/bin/sh", OPTION_TRACING), -EPERM);
	CHECK_INT(options_set(&o, "nothing", "1", OPTION_TRACING), -ENOENT);
	CHECK_STR(option_strerror(-EBUSY), "Operation illegal when tracing is active");

	/* The table itself: names unique, documented. */
	for (int i = 0; i < OPT_MAX; i++) {
		CHECK(option_table[i].doc[0] != '\0');
		for (int j = 0; j < i; j++) {
			if (strcmp(option_table[i].name, option_table[j].name) == 0)
				CHECK_STR(option_table[i].name, "unique");
		}
	}
	return tap_done();
}
