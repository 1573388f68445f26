/* What stands in front of a row of output, and the header above the first one. */
#ifndef RUN_ROW_H
#define RUN_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "prov/probe.h"
#include "rec/rec.h"

struct row_state {
	bool has_header;
	size_t indent;			/* of -F: more after an entry, less before a return */
	uint32_t probe, clause;		/* of the row before; probe 0: there was none */
};

/* is_testing: without columns for the CPU and the probe's id. */
void row_put(struct row_state *, struct buf *, const struct rec_hdr *, const struct probe *,
    bool is_testing);
void row_put_flow(struct row_state *, struct buf *, const struct rec_hdr *, const struct probe *,
    bool is_testing);

#endif
