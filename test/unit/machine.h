/* What the kernel that a test runs on has: code that it would refuse is not given to it. */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <stdbool.h>

#include "os/feature.h"

static inline bool
machine_has(enum feature id)
{
	static struct features tried;

	return feature_has(&tried, id);
}

#endif
