/*
 * The variables of a session: globals, self->, this->, aggregations; one table for all texts.
 * And the providers, inlines and translators that its texts define.
 */
#ifndef LANG_SCOPE_H
#define LANG_SCOPE_H

#include "base/map.h"
#include "base/vec.h"
#include "lang/node.h"
#include "lang/pragma.h"

struct scope {
	struct arena *arena;
	struct map name[4];		/* by enum var_scope */
	uint32_t n[4];
	struct var *first, **last;	/* all, in order of appearance */
	struct map provider;		/* name → struct node *, of kind PROVIDER */
	struct map inlines;		/* likewise INLINE */
	struct map library_type;	/* typedefs of libraries: name → type */
	vec(struct pragma) pragma;
	vec(struct node *) xlator;	/* XLATOR, those that the checker knows */
};

void scope_init(struct scope *, struct arena *);
void scope_fini(struct scope *);
struct var *scope_find(struct scope *, enum var_scope, const char *name);
struct var *scope_add(struct scope *, enum var_scope, const char *name, struct pos);

#endif
