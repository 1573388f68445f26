/* What the running kernel offers, found by trying; see feature.def. */
#ifndef OS_FEATURE_H
#define OS_FEATURE_H

#include <stdbool.h>

enum feature {
#define FEATURE(ID, NAME, TRY, DOC) FEATURE_##ID,
#include "os/feature.def"
#undef FEATURE
	FEATURE_MAX,
};

/* One per session: remembers the answers. A zeroed struct knows nothing. */
struct features {
	signed char known[FEATURE_MAX];		/* 0 not asked, 1 yes, -1 no */
};

bool feature_has(struct features *, enum feature);
void feature_force(struct features *, enum feature, bool);	/* -x uprobe=perf, tests */
const char *feature_name(enum feature);
const char *feature_doc(enum feature);

#endif
