/*
 * What the front end asks the outside, so that it runs in tests and fuzzers on any machine:
 * functions, all with `self` first, and the tables that all texts of a session share.
 */
#ifndef LANG_ENV_H
#define LANG_ENV_H

#include "base/intern.h"
#include "lang/node.h"
#include "lang/scope.h"
#include "type/type.h"

struct options;

/* A symbol of the kernel. */
struct symbol {
	uint64_t addr;
	const struct type *type;	/* NULL: not known */
	uint64_t percpu;	/* 0, or address of the table, by CPU, of what is added to addr */
};

struct lang_env {
	struct arena *arena;
	struct intern *intern;
	struct types *types;
	struct scope *scope;		/* variables; see scope.h */
	struct options *options;
	void *self;
	/*
	 * The type of args[idx] of the probes that a description matches; and *from, what it is to
	 * be translated from; NULL: it is so.
	 * 0: *type is set; -ENOENT: fewer arguments (*nargs says how many);
	 * -EINVAL: the probes differ (D_ARGS_MULTI). NULL function: no typed arguments.
	 */
	int (*arg_type)(void *self, const struct pdesc *, unsigned idx,
	    const struct type **type, const struct type **from, unsigned *nargs);
	/* The value of $name ("target", "pid", "1" …) as text, or NULL when it is not defined. */
	const char *(*macro)(void *self, const char *name);
	/* Set an option from #pragma D option. 0 or -ENOENT, -EINVAL, -EPERM (not in a program). */
	int (*option)(void *self, const char *name, const char *value);
	/* #pragma D depends_on kind name, in a library: is it there? A library that it depends on
	 * is read by this. NULL function: nothing is. */
	bool (*depends)(void *self, const char *kind, const char *name);
	/* "module`name", "`name": 0; -ENOENT: there is none, or, -ENODEV, no such module; -EACCES:
	 * the kernel hides where it is. NULL function: there are none. */
	int (*symbol)(void *self, const char *name, struct symbol *);
};

#endif
