/* Functions by which the kernel comes from a probe's place to a program: no part of a stack. */
#ifndef RUN_WAYS_H
#define RUN_WAYS_H

#include <stdbool.h>

#include "os/ksym.h"

struct dt;

bool ways_has(const struct ksym *);
/* MAP_WAYS, for programs that must know by themselves: those that use caller or stackdepth. */
int ways_make_map(struct dt *);

#endif
