/* Drops in DTrace's words. Counters only grow; what they grew by since the last time is told. */
#include "run/status.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

static const struct drop_row {
	const char *tag;
	const char *what;		/* between the number and the plural's s */
	const char *after;		/* behind it */
	bool by_cpu;
} drop_table[DROP_MAX] = {
	[DROP_PRINCIPAL] = { "PRINCIPAL", "drop", "", true },
	[DROP_AGGREGATION] = { "AGGREGATION", "aggregation drop", "", true },
	[DROP_DYNAMIC] = { "DYNAMIC", "dynamic variable drop", "", false },
	[DROP_SPECUNAVAIL] = { "SPECUNAVAIL", "failed speculation",
	    " (no speculative buffer available)", false },
	[DROP_SPEC] = { "SPEC", "speculative drop", "", false },
	[DROP_DBLERROR] = { "DBLERROR", "error", " in ERROR probe enabling", false },
};

void
status_init(struct status *s, uint32_t ncpu)
{
	s->ncpu = ncpu;
	s->seen = calloc(ncpu, DROP_SLOTS * sizeof(*s->seen));
	if (s->seen == NULL)
		BUG("out of memory");
}

void
status_fini(struct status *s)
{
	free(s->seen);
	*s = (struct status){ 0 };
}

static void
print_drop(const struct drop_row *row, uint64_t n, uint32_t cpu, bool droptags, FILE *err)
{
	if (n == 0)
		return;
	fputs("dtrace: ", err);
	if (droptags)
		fprintf(err, "[DTRACEDROP_%s] ", row->tag);
	fprintf(err, "%" PRIu64 " %s%s%s", n, row->what, n > 1 ? "s" : "", row->after);
	if (row->by_cpu)
		fprintf(err, " on CPU %u", cpu);
	fputc('\n', err);
}

/* How much a counter has grown; it is being counted while we look. */
static uint64_t
grown(struct status *s, const uint64_t *now, uint32_t cpu, uint32_t kind)
{
	uint32_t i = cpu * DROP_SLOTS + kind;
	uint64_t value = __atomic_load_n(&now[i], __ATOMIC_RELAXED);
	uint64_t n = value - s->seen[i];

	s->seen[i] = value;
	return n;
}

void
status_report(struct status *s, const uint64_t *now, uint64_t spec_drops, bool droptags, FILE *err)
{
	for (uint32_t kind = 0; kind < DROP_MAX; kind++) {
		const struct drop_row *row = &drop_table[kind];
		uint64_t all = kind == DROP_SPEC ? spec_drops : 0;

		for (uint32_t cpu = 0; cpu < s->ncpu; cpu++) {
			uint64_t n = grown(s, now, cpu, kind);

			if (row->by_cpu)
				print_drop(row, n, cpu, droptags, err);
			all += n;
		}
		if (!row->by_cpu)
			print_drop(row, all, 0, droptags, err);
	}
}
