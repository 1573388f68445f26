/* What #pragma D attributes and binding say of a name. */
#ifndef LANG_PRAGMA_H
#define LANG_PRAGMA_H

#include <stdbool.h>

#include "lang/attr.h"
#include "lang/source.h"

struct scope;

struct pragma {
	const char *name;		/* interned */
	const char *what;		/* "attributes", "binding" */
	struct attr attr;
	bool has_attr;
	struct pos pos;
};

/* Throws when the name is not the program's to speak of. */
void pragma_add(struct scope *, struct pragma);
struct attr pragma_attr(const struct scope *, const char *name);	/* ATTR_DEFAULT: nothing */
/* D_PRAGMA_UNUSED, of those in this text. requires: it has been checked. */
void pragma_check(const struct scope *, const struct source *);

#endif
