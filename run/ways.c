/*
 * The kernel's ways to a program, by name. How many of them there are on a stack depends on how the
 * kernel was compiled (some only jump on) and on how many programs a tracepoint has.
 */
#include "run/ways.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "rec/stack.h"
#include "run/session.h"

bool
ways_has(const struct ksym *sym)
{
	static const char *const prefix[] = {
		"bpf_trace_run", "__bpf_trace_", "__traceiter_",	/* tracepoints */
		"bpf_prog_test_run", "__bpf_prog_test_run",		/* BEGIN, END */
		"bpf_get_", "__bpf_get_",				/* ERROR */
	};

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++)
		if (strncmp(sym->name, prefix[i], strlen(prefix[i])) == 0)
			return true;
	return strcmp(sym->mod, "bpf") == 0;
}

/* Those that lie behind each other become one range. */
static void
add_range(void *self, const struct ksym *sym, uint64_t end)
{
	struct ways *w = self;

	if (!ways_has(sym))
		return;
	if (w->n > 0 && w->range[w->n - 1].end == sym->start)
		w->range[w->n - 1].end = end;
	else if (w->n < WAYS_MAX)
		w->range[w->n++] = (struct way){ sym->start, end };
}

int
ways_make_map(struct dt *s)
{
	const struct sysbpf_map m = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "ways", .key_bytes = 4,
		.value_bytes = sizeof(struct ways), .max_entries = 1,
	};
	_cleanup_free_ struct ways *w = NULL;
	const uint32_t zero = 0;
	int err;

	if (!s->gen->uses_ways)
		return 0;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		BUG("out of memory");
	ksym_each(s->ksyms, add_range, w);
	err = load_map(s, MAP_WAYS, &m);
	return err < 0 ? err : sysbpf_map_update(s->map_fd.v[MAP_WAYS], &zero, w);
}
