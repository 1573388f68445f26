/* Any text as /proc/kallsyms: symbols are sorted, have names, and are found at their addresses. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/ksym.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct seen {
	uint64_t last;
	struct ksym some[16];
	size_t n;
};

static void
on_symbol(void *self, const struct ksym *k, uint64_t end)
{
	struct seen *seen = self;

	if (k->start < seen->last || end < k->start || *k->name == '\0')
		BUG("%s`%s", k->mod, k->name);
	seen->last = k->start;
	if (seen->n < 16)
		seen->some[seen->n++] = *k;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);
	struct seen seen = {0};
	struct ksym_place place;
	struct ksyms *ksyms;
	struct ksym found;
	uint64_t x;

	if (text == NULL)
		return 0;
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	ksyms = ksyms_parse(text);
	ksym_each(ksyms, on_symbol, &seen);
	for (size_t i = 0; i < seen.n; i++) {
		const struct ksym *k = &seen.some[i];

		if (!ksym_find(ksyms, k->start, &found) || found.start != k->start)
			BUG("%s is not at its address", k->name);
		if (!ksym_module(ksyms, k->mod, &x) || ksym_lookup(ksyms, k->mod, k->name, &place) != 0
		    || ksym_lookup(ksyms, NULL, k->name, &place) != 0)
			BUG("%s`%s is not there", k->mod, k->name);
	}
	ksyms_free(ksyms);
	free(text);
	return 0;
}
