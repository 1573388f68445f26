/* Built-in names and their signatures, from builtin.def. */
#ifndef LANG_BUILTIN_H
#define LANG_BUILTIN_H

#include <stdbool.h>
#include <stdint.h>

enum builtin_kind { BUILTIN_VAR, BUILTIN_FUNC, BUILTIN_ACT, BUILTIN_AGG };

enum { ACT_DATA = 1, ACT_DESTRUCTIVE = 2, ACT_FORMAT = 4, ACT_KERNEL = 8, ACT_VALUE = 16 };

enum builtin_var {
#define BVAR(NAME, ID, TYPE) BV_##ID,
#define BFUNC(...)
#define BACT(...)
#define BAGG(...)
#include "lang/builtin.def"
#undef BVAR
#undef BFUNC
	NR_BV,
};

enum builtin_func {
#define BVAR(...)
#define BFUNC(NAME, ID, RESULT, MIN, MAX, ...) BF_##ID,
#include "lang/builtin.def"
#undef BFUNC
#undef BACT
	NR_BF,
};

enum builtin_act {
#define BFUNC(...)
#define BACT(NAME, ID, MIN, MAX, FLAGS) BA_##ID,
#include "lang/builtin.def"
#undef BACT
#undef BAGG
	NR_BA,
};

enum builtin_agg {
#define BACT(...)
#define BAGG(NAME, ID, MIN, MAX) AGG_##ID,
#include "lang/builtin.def"
#undef BVAR
#undef BFUNC
#undef BACT
#undef BAGG
	NR_AGG,
};

struct builtin {
	const char *name;
	enum builtin_kind kind;
	int id;				/* BV_… BF_… BA_… AGG_… by kind */
	const char *result;		/* VAR, FUNC: spelling of the type */
	int min, max;			/* arguments; max -1: any number */
	unsigned flags;
	const char *arg[6];		/* FUNC: kinds of arguments */
};

const struct builtin *builtin_find(const char *name);	/* NULL: no such name */

#endif
