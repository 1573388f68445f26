/*
 * Values of options: defaults from the table, and the syntax of values (numbers, bool words,
 * sizes, rates). What an option means is the business of who asks for it.
 */
#include "lang/option.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lang/attr.h"

const struct option_row option_table[OPT_MAX] = {
#define OPTION(NAME, ID, KIND, DEFAULT, MIN, MAX, WHERE, DOC) \
	[OPT_##ID] = { NAME, KIND, DEFAULT, MIN, MAX, WHERE, DOC },
#include "lang/option.def"
#undef OPTION
};

static const struct {
	const char *word;
	int64_t value;
} bool_words[] = {
	{ "yes", 1 }, { "enable", 1 }, { "enabled", 1 }, { "true", 1 }, { "on", 1 }, { "set", 1 },
	{ "no", OPTION_UNSET }, { "disable", OPTION_UNSET }, { "disabled", OPTION_UNSET },
	{ "false", OPTION_UNSET }, { "off", OPTION_UNSET }, { "unset", OPTION_UNSET },
	{ "", OPTION_UNSET },
};

#define NSEC INT64_C(1000000000)

static const struct {
	const char *suffix;
	int64_t ns;
} rate_units[] = {
	{ "", 1 }, { "ns", 1 }, { "nsec", 1 }, { "us", 1000 }, { "usec", 1000 },
	{ "ms", 1000000 }, { "msec", 1000000 }, { "s", NSEC }, { "sec", NSEC },
	{ "m", 60 * NSEC }, { "min", 60 * NSEC }, { "h", 3600 * NSEC }, { "hour", 3600 * NSEC },
	{ "d", 86400 * NSEC }, { "day", 86400 * NSEC },
};

/* A non-negative integer in C's notation; *rest is what follows it. */
static int
parse_int(const char *s, int64_t *value, const char **rest)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	intmax_t v = strtoimax(s, &end, 0);
	if (errno != 0 || end == s)
		return -EINVAL;
	*value = v;
	*rest = end;
	return 0;
}

static int
parse_num(const char *s, int64_t *value)
{
	const char *rest;
	int err = parse_int(s, value, &rest);

	return err != 0 ? err : *rest != '\0' ? -EINVAL : 0;
}

/* No value: set, with value 0. "0" is also "set to 0": only the words unset. */
static int
parse_flag(const char *s, int64_t *value)
{
	if (s == NULL) {
		*value = 0;
		return 0;
	}
	for (size_t i = 0; i < sizeof(bool_words) / sizeof(bool_words[0]); i++) {
		if (strcasecmp(s, bool_words[i].word) == 0) {
			*value = bool_words[i].value;
			return 0;
		}
	}
	return parse_num(s, value);
}

static int
parse_size(const char *s, int64_t *value)
{
	static const char units[] = "kmgt";
	const char *rest;
	int err = parse_int(s, value, &rest);

	if (err != 0 || *rest == '\0')
		return err;
	const char *unit = strchr(units, tolower((unsigned char)*rest));
	if (unit == NULL || rest[1] != '\0')
		return -EINVAL;
	int64_t factor = INT64_C(1) << 10 * (unit - units + 1);
	return __builtin_mul_overflow(*value, factor, value) ? -EINVAL : 0;
}

static int
parse_rate(const char *s, int64_t *value)
{
	const char *rest;
	int err = parse_int(s, value, &rest);

	if (err != 0)
		return err;
	if (strcasecmp(rest, "hz") == 0) {
		if (*value == 0)
			return -EINVAL;
		*value = NSEC / *value;
		return 0;
	}
	for (size_t i = 0; i < sizeof(rate_units) / sizeof(rate_units[0]); i++) {
		if (strcasecmp(rest, rate_units[i].suffix) == 0)
			return __builtin_mul_overflow(*value, rate_units[i].ns, value) ?
			    -EINVAL : 0;
	}
	return -EINVAL;
}

void
options_init(struct options *o)
{
	for (int i = 0; i < OPT_MAX; i++) {
		o->num[i] = option_table[i].def;
		o->str[i] = NULL;
	}
}

/* The words that an option may be; NULL: anything. */
static const char *
option_words(enum option i)
{
	static const char *const words[OPT_MAX] = {
		[OPT_BUFPOLICY] = " ring fill switch ",
		[OPT_BUFRESIZE] = " auto manual ",
		[OPT_EVALTIME] = " exec preinit postinit main ",
		[OPT_LATE] = " dynamic static ",
		[OPT_LINKMODE] = " kernel dynamic static ",
		[OPT_LINKTYPE] = " elf dof ",
		[OPT_STDC] = " a c s t ",
	};

	return words[i];
}

static bool
is_one_of(const char *words, const char *value)
{
	size_t n = value != NULL ? strcspn(value, " ") : 0;

	if (n > 0 && value[n] != '\0')
		return false;
	for (const char *w = words; (w = strchr(w, ' ')) != NULL; w++)
		if (n > 0 && strncmp(w + 1, value, n) == 0 && w[n + 1] == ' ')
			return true;
	return false;
}

int
options_set(struct options *o, const char *name, const char *value, enum option_where from)
{
	const struct option_row *row = NULL;
	int64_t num = 0;
	int err = 0, i;

	for (i = 0; i < OPT_MAX && row == NULL; i++) {
		if (strcmp(option_table[i].name, name) == 0)
			row = &option_table[i];
	}
	if (row == NULL)
		return -ENOENT;
	i--;
	if (from > row->where)
		return row->where == OPTION_COMMAND ? -EPERM : -EBUSY;
	if (value == NULL && row->kind != OPT_FLAG && row->kind != OPT_ACCEPT)
		return -EINVAL;
	if (option_words((enum option)i) != NULL && !is_one_of(option_words((enum option)i), value))
		return -EINVAL;

	switch (row->kind) {
	case OPT_FLAG:
		err = parse_flag(value, &num);
		break;
	case OPT_NUM:
		err = parse_num(value, &num);
		break;
	case OPT_SIZE:
		err = parse_size(value, &num);
		break;
	case OPT_RATE:
		err = parse_rate(value, &num);
		break;
	case OPT_STR:
		if (i == OPT_AMIN && !attr_parse(value, &(struct attr){ 0 }))
			return -EINVAL;
		o->str[i] = value;
		return 0;
	case OPT_ACCEPT:
		return 0;
	}
	if (err != 0)
		return err;
	if (num != OPTION_UNSET && (num < row->min || num > row->max))
		return -EINVAL;
	o->num[i] = num;
	return 0;
}

const char *
option_strerror(int err)
{
	switch (err) {
	case -ENOENT:
		return "Invalid option name";
	case -EPERM:
		return "Option cannot be used from within a D program";
	case -EBUSY:
		return "Operation illegal when tracing is active";
	default:
		return "Invalid value for specified option";
	}
}

int64_t
options_get(const struct options *o, enum option i)
{
	return o->num[i];
}

bool
options_on(const struct options *o, enum option i)
{
	return o->num[i] != OPTION_UNSET;
}
