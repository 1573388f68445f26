/* Values in fixed formats: trace(), and the keys of aggregations. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "run/format.h"
#include "run/show.h"

enum { TRACE_STR_WIDTH = 33, KEY_STR_WIDTH = 50, DUMP_COLUMNS = 16 };

/* Widths of integers by size: trace() signed and unsigned, keys. */
struct int_width {
	uint8_t size;
	uint8_t trace_signed, trace_unsigned, key;
};

static const struct int_width int_widths[] = {
	{ 8, 19, 20, 16 },
	{ 4, 10, 10, 8 },
	{ 2, 5, 5, 5 },
	{ 1, 3, 3, 3 },
};

static const struct int_width *
int_width(uint32_t size)
{
	for (size_t i = 0; i < sizeof(int_widths) / sizeof(int_widths[0]); i++) {
		if (int_widths[i].size == size)
			return &int_widths[i];
	}
	return &int_widths[0];
}

static void
put_dump_row(struct buf *b, const unsigned char *p, uint32_t off, uint32_t n)
{
	buf_printf(b, "     %5x:", off);
	for (uint32_t i = 0; i < n; i++)
		buf_printf(b, " %02x", p[off + i]);
	buf_fill(b, ' ', 3 * (DUMP_COLUMNS - n) + 2);
	for (uint32_t i = 0; i < n; i++) {
		unsigned char ch = p[off + i];

		buf_putc(b, ch >= 0x20 && ch <= 0x7e ? (char)ch : '.');
	}
	buf_putc(b, '\n');
}

void
format_dump(struct buf *b, const void *data, uint32_t size)
{
	if (size == 0)
		return;
	buf_puts(b, "\n           ");
	for (unsigned i = 0; i < DUMP_COLUMNS; i++)
		buf_printf(b, "  %x", i);
	buf_puts(b, "  0123456789abcdef\n");
	for (uint32_t off = 0; off < size; off += DUMP_COLUMNS)
		put_dump_row(b, data, off,
		    size - off < DUMP_COLUMNS ? size - off : DUMP_COLUMNS);
}

static void
put_str(struct buf *b, const struct format_value *v, int width)
{
	buf_puts(b, "  ");
	format_text(b, v->data, strnlen(v->data, v->size), -width);
}

static bool
is_shown(const struct format_value *v)
{
	return v->kind == FORMAT_STACK || v->kind == FORMAT_SYMBOL;
}

static void
put_shown(struct buf *b, const struct format_value *v, uint32_t indent)
{
	struct buf text = BUF_INIT;

	if (v->kind == FORMAT_STACK) {
		show_stack(v->show, b, v->how, v->data, v->size, indent);
		return;
	}
	show_symbol(v->show, &text, v->how, v->data);
	buf_puts(b, "  ");
	format_text(b, buf_str(&text), text.n, -KEY_STR_WIDTH);
	buf_fini(&text);
}

void
format_trace(struct buf *b, const struct format_value *v, bool quiet, bool raw, uint32_t indent)
{
	const struct int_width *w = int_width(v->size);

	switch (raw && !is_shown(v) ? FORMAT_BYTES : v->kind) {
	case FORMAT_INT:
		if (!quiet)
			buf_putc(b, ' ');
		if (v->is_signed)
			format_dec(b, format_int(v), quiet ? 0 : w->trace_signed);
		else
			format_udec(b, (uint64_t)format_int(v), quiet ? 0 : w->trace_unsigned);
		break;
	case FORMAT_STR:
		if (quiet)
			buf_add(b, v->data, strnlen(v->data, v->size));
		else
			put_str(b, v, TRACE_STR_WIDTH);
		break;
	case FORMAT_FLOAT:
		if (!quiet)
			buf_putc(b, ' ');
		buf_printf(b, "%*Lg", quiet ? 0 : w->trace_signed, format_float(v));
		break;
	case FORMAT_BYTES:
		format_dump(b, v->data, v->size);
		break;
	case FORMAT_STACK:
	case FORMAT_SYMBOL:
		put_shown(b, v, indent);
		break;
	}
}

/* Text, as DTrace sees it; anything else is bytes. */
static bool
is_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)s[i];

		if (!isprint(ch) && !isspace(ch) && ch != '\b' && ch != '\a')
			return false;
	}
	return true;
}

void
format_key(struct buf *b, const struct format_value *v, bool raw, uint32_t indent)
{
	struct format_value i = *v;
	enum format_kind kind = v->kind;

	if (kind == FORMAT_STR && (raw || !is_text(v->data, strnlen(v->data, v->size))))
		kind = FORMAT_BYTES;
	switch (kind) {
	case FORMAT_INT:
		/* DTrace shows keys signed, whatever their type */
		i.is_signed = true;
		buf_putc(b, ' ');
		format_dec(b, format_int(&i), int_width(v->size)->key);
		break;
	case FORMAT_STR:
		put_str(b, v, KEY_STR_WIDTH);
		break;
	case FORMAT_FLOAT:	/* no type of a key */
	case FORMAT_BYTES:
		format_dump(b, v->data, v->size);
		break;
	case FORMAT_STACK:
	case FORMAT_SYMBOL:
		put_shown(b, v, indent);
		break;
	}
}
