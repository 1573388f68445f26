/*
 * Probes: what a description can name, and the sites where each fires. The table owns both, in
 * the session's arena; ids count from 1 in order of registration (BEGIN 1, END 2, ERROR 3).
 */
#ifndef PROV_PROBE_H
#define PROV_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/map.h"
#include "lang/node.h"
#include "type/type.h"

struct provider;
struct probe;

/* The provider dtrace is the first: these ids are its probes' in every session. */
enum { PROBE_BEGIN = 1, PROBE_END = 2, PROBE_ERROR = 3 };

/* How the arguments of a site arrive: two sites with the same place[i] get argument i by the same
 * code. */
struct shape {
	const void **place;
	uint32_t nplace;		/* beyond, there are no arguments */
	const void *when;		/* sites that differ in it share nothing; what skip() asks */
};

enum { SITE_NUMBERS = 1024 };

/* A place where a probe fires. Providers keep their own data behind `data`. */
struct site {
	struct probe *probe;
	struct site *next;		/* of the same probe */
	const struct probe *below;	/* whose provider arms it: the same but for composed ones */
	uint32_t row;			/* of compose.def, + 1; 0: not composed */
	const struct shape *shape;	/* NULL: no arguments, or as any other of the provider */
	const void *data;		/* the provider's */
	const char *refused;		/* a sentence: cannot be armed; NULL: fine */
	uint32_t number;		/* for context.which: below SITE_NUMBERS */
	uint32_t target;		/* context.is_targeted: the function's id in BTF */
	bool is_followed;		/* of the processes that we follow, not of all that reach it */
	bool is_linked;			/* in a group of link.c */
	bool is_armed;
};

struct probe {
	uint32_t id;
	const struct provider *provider;
	const char *prov, *mod, *func, *name;	/* interned */
	const char *mod_alias;		/* "a.out": the main program; NULL: none */
	const char *object;		/* path of the module, which names it, too; NULL: it doesn't */
	const char *family;		/* "python": a probe of every process, its provider is this
					 * and the pid (prov is "python*"); NULL: it has one name */
	pid_t pid;			/* of a process-specific probe, else 0 */
	struct site *site, *last_site;	/* in order of registration */
	uint32_t nsite;
	const struct type **arg;	/* types of args[], NULL: none known */
	const char **arg_name;		/* of args[], "" where there is none; NULL: none at all */
	const struct type **from;	/* what each of them is translated from; NULL: none is; or
					 * as it is */
	uint32_t narg;
	bool has_types;			/* prov_types() was here */
	const void *data;		/* the provider's */
};

struct probes {
	struct arena *arena;
	struct intern *intern;
	struct probe **probe;		/* by id - 1 */
	uint32_t n, cap;
	uint32_t nsite;			/* of all */
	struct map by_name;		/* "prov:mod:func:name" → struct probe * */
};

void probes_init(struct probes *, struct arena *, struct intern *);
void probes_fini(struct probes *);
/* The probe of that name; made (with the next id) when there is none. */
struct probe *probe_add(struct probes *, const struct provider *, const char *prov,
    const char *mod, const char *func, const char *name);
struct site *site_add(struct probes *, struct probe *, const struct shape *, const void *data);
/* Can one program get the arguments of mask at both? */
bool shape_same(const struct shape *, const struct shape *, uint32_t mask);
const struct probe *probe_by_id(const struct probes *, uint32_t id);	/* or NULL */
/* Does a description's module mean an object with that name and path? "libc" means libc.so.6. */
bool probe_module_matches(const char *pattern, const char *mod, const char *path, bool is_main);
bool probe_matches(const struct probe *, const struct pdesc *);
/* The name of its provider in a process; 0: whichever it is. */
const char *probe_provider(const struct probe *, pid_t, char *to, size_t bytes);
/* Does the pattern match this word with any pid behind it? */
bool probe_is_family(const char *pattern, const char *word);

#endif
