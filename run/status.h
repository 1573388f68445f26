/* Drops: each kind counted by the kernel programs, told once per change, in DTrace's words. */
#ifndef RUN_STATUS_H
#define RUN_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rec/state.h"

struct status {
	uint32_t ncpu;
	uint64_t *seen;			/* ncpu × DROP_SLOTS, owned */
};

void status_init(struct status *, uint32_t ncpu);
void status_fini(struct status *);
/* now: ncpu × DROP_SLOTS counters (rec/state.h); spec_drops: since the last time. Prints "dtrace: 3
 * drops on CPU 0" … for growth; droptags: with "[DTRACEDROP_PRINCIPAL] ". */
void status_report(struct status *, const uint64_t *now, uint64_t spec_drops, bool droptags,
    FILE *err);

#endif
