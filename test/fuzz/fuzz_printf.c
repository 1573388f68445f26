/*
 * A format string and values for it: bytes up to the first NUL are the format, those after it
 * the values, as they come. Formats are the user's, values the traced process's.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lang/option.h"
#include "lang/printf.h"
#include "os/ksym.h"
#include "run/format.h"
#include "run/show.h"

enum { VALUE_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A byte says what the value is: an integer of 1, 2, 4, 8 bytes, or that many of a string. */
static uint32_t
make_values(struct format_value *v, const uint8_t *data, size_t size, struct show *show)
{
	uint32_t n = 0;

	while (n < VALUE_MAX && size > 1) {
		uint8_t what = *data++;
		uint32_t bytes = what & 4 ? (what >> 3) : 1u << (what >> 3 & 3);

		size--;
		if (bytes > size)
			break;
		v[n++] = (struct format_value){ .data = data, .size = bytes,
		    .kind = what & 4 ? FORMAT_STR : FORMAT_INT, .is_signed = what & 1,
		    .show = show };
		data += bytes;
		size -= bytes;
	}
	return n;
}

static void
show_aggr(const void *self, struct buf *b, uint32_t idx, const struct printf_conv *conv)
{
	int64_t n = (int64_t)idx - 1;

	format_conv(b, conv, &(struct format_value){ .data = &n, .size = sizeof(n),
	    .kind = FORMAT_INT, .is_signed = true, .show = (struct show *)(uintptr_t)self });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct format_value v[VALUE_MAX];
	const char *error = NULL;
	struct printf_fmt *f;
	struct arena arena;
	struct buf b = BUF_INIT;
	char symbols[] = "ffffffff81000000 T first\nffffffff81000100 t second\t[module]\n";
	struct ksyms *ksyms = ksyms_parse(symbols);
	struct options options;
	struct show *show;
	size_t nfmt = strnlen((const char *)data, size);
	uint32_t n;

	options_init(&options);
	show = show_new(&options, ksyms, 0);
	n = nfmt < size ? make_values(v, data + nfmt + 1, size - nfmt - 1, show) : 0;
	arena_init(&arena);
	f = printf_parse(&arena, arena_strndup(&arena, (const char *)data, nfmt), &error);
	if ((f == NULL) != (error != NULL))
		abort();
	if (f != NULL) {
		format_print(&b, f, v, n);
		format_print_aggr(&b, f, v, n, show_aggr, show);
	}
	for (uint32_t i = 0; i < n; i++) {
		format_trace(&b, &v[i], i & 1, i & 2, 0);
		format_key(&b, &v[i], i & 2, 0);
	}
	buf_fini(&b);
	show_free(show);
	ksyms_free(ksyms);
	arena_fini(&arena);
	return 0;
}
