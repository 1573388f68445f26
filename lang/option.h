/* Options: -x, #pragma D option, DTRACE_OPT_…; rows in option.def. */
#ifndef LANG_OPTION_H
#define LANG_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#define OPTION_UNSET (-1)	/* value of a number, size, rate or flag that nobody set */

enum option_kind {
	OPT_FLAG,	/* bool words, or a number; no value: set */
	OPT_NUM,
	OPT_SIZE,	/* bytes; k m g t */
	OPT_RATE,	/* nanoseconds; units; hz */
	OPT_STR,
	OPT_ACCEPT,	/* accepted, without effect; the row says why */
};

enum option {
#define OPTION(NAME, ID, KIND, DEFAULT, MIN, MAX, WHERE, DOC) OPT_##ID,
#include "lang/option.def"
#undef OPTION
	OPT_MAX,
};

/* Who sets an option; a row's is the last that may. */
enum option_where {
	OPTION_COMMAND,		/* -x and letters, the environment */
	OPTION_PROGRAM,		/* #pragma D option */
	OPTION_TRACING,		/* setopt() */
};

struct options {
	int64_t num[OPT_MAX];
	const char *str[OPT_MAX];	/* OPT_STR; not owned: arena or argv */
};

struct option_row {
	const char *name;
	enum option_kind kind;
	int64_t def, min, max;
	enum option_where where;
	const char *doc;
};

extern const struct option_row option_table[OPT_MAX];

void options_init(struct options *);		/* defaults of the table */

/* 0; -ENOENT: no such option; -EINVAL: bad value; -EPERM: not from within a program; -EBUSY: not
 * while tracing. */
int options_set(struct options *, const char *name, const char *value, enum option_where from);
const char *option_strerror(int err);		/* what it gave, in DTrace's words */

int64_t options_get(const struct options *, enum option);
/* Is a flag set? As in DTrace, "flag=0" sets it; the words no, off … unset it. */
bool options_on(const struct options *, enum option);

#endif
