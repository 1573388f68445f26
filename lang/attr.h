/*
 * Stability (D guide, "Stability"): how much a script may rely on a name, on what it means, and
 * on which machines it is there. Each is weaker or stronger than others; an expression is as
 * stable as the weakest name in it.
 */
#ifndef LANG_ATTR_H
#define LANG_ATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum stability {
	ATTR_INTERNAL, ATTR_PRIVATE, ATTR_OBSOLETE, ATTR_EXTERNAL,
	ATTR_UNSTABLE, ATTR_EVOLVING, ATTR_STABLE, ATTR_STANDARD,
};

enum dependency {
	ATTR_UNKNOWN, ATTR_CPU, ATTR_PLATFORM, ATTR_GROUP, ATTR_ISA, ATTR_COMMON,
};

struct attr {
	uint8_t names, data;	/* enum stability */
	uint8_t class;		/* enum dependency */
};

#define ATTR_DEFAULT ((struct attr){ ATTR_STABLE, ATTR_STABLE, ATTR_COMMON })

extern const char *const attr_stability[], *const attr_class[];	/* their names */

/* "Stable/Stable/Common", in letters of either case. */
bool attr_parse(const char *, struct attr *);
const char *attr_spell(struct arena *, struct attr);
struct attr attr_min(struct attr, struct attr);
bool attr_is_below(struct attr, struct attr least);	/* in any of the three */

#endif
