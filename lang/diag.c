/*
 * Diagnostics: turns the rows of diag.def into functions. The text is DTrace's: tag if asked
 * for, where in the program, the sentence.
 */
#include "lang/diag.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

static void
add_location(struct buf *b, const struct diag *d, struct pos pos)
{
	static const char *const region_text[] = {
		[REGION_NONE] = "",
		[REGION_PREDICATE] = "in predicate: ",
		[REGION_ACTIONS] = "in action list: ",
	};

	if (pos.src->is_other)
		buf_printf(b, "\"%s\", line %u: ", pos.src->name, pos.line);
	else if (pos.src->kind == SOURCE_FILE)
		buf_printf(b, "line %u: ", pos.line);
	else
		buf_puts(b, region_text[d->region]);
}

/* "\n  source line\n  ^", the caret under pos: a tab for a tab, a blank for each UTF-8 character. */
static void
add_caret(struct buf *b, struct pos pos)
{
	const char *text = pos.src->text;
	size_t start = pos.off, end = pos.off;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	while (end < pos.src->len && text[end] != '\n')
		end++;
	buf_puts(b, "\n  ");
	buf_add(b, text + start, end - start);
	buf_puts(b, "\n  ");
	for (size_t i = start; i < pos.off; i++)
		if (text[i] == '\t')
			buf_putc(b, '\t');
		else if (((unsigned char)text[i] & 0xc0) != 0x80)
			buf_putc(b, ' ');
	buf_putc(b, '^');
}

_Noreturn static __attribute__((format(printf, 3, 4))) void
diag_throw(struct pos pos, const char *tag, const char *fmt, ...)
{
	struct diag *d;
	struct buf b = BUF_INIT;
	va_list ap;

	if (pos.src == NULL)
		BUG("%s without a place", tag);
	d = pos.src->diag;
	d->tag = tag;
	d->pos = pos;
	if (d->errtags)
		buf_printf(&b, "[%s] ", tag);
	add_location(&b, d, pos);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	d->message = arena_strdup(d->arena, buf_str(&b));

	buf_clear(&b);
	if (d->caret && pos.line != 0)
		add_caret(&b, pos);
	d->source_lines = arena_strdup(d->arena, buf_str(&b));
	buf_fini(&b);
	longjmp(d->catch, 1);
}

#define DIAG(TAG, NAME, PARAMS, FMT, ...) \
	_Noreturn void err_##NAME PARAMS { diag_throw(pos, #TAG, FMT, ##__VA_ARGS__); }
#include "lang/diag.def"
#undef DIAG
