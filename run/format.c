/*
 * Text of single values. The conversions are done here and not by printf(3): a value has the
 * size and sign of its D type, whatever the conversion's letter, and this is the hot path of
 * the consumer. Only digit grouping, the locale's business, is left to the C library.
 */
#include "run/format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/buf.h"
#include "lang/printf.h"
#include "run/show.h"
#include "type/type.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "format_value points at the low bytes of integers");

enum { NSEC_PER_SEC = 1000000000 };

/* By value and made of characters only: text, as DTrace sees it. */
static bool
is_text(const struct type *t)
{
	t = type_filled(t);
	while (t->kind == TYPE_ARRAY)
		t = type_filled(t->base);
	return t->align_bytes == 1;
}

struct format_value
format_value(const struct type *type, const void *data, struct show *show)
{
	const struct type *t = type_real(type);
	struct format_value v = {
		.data = data, .size = t->size_bytes, .kind = FORMAT_BYTES, .show = show,
	};

	if (type_is_shown(t)) {
		v.kind = t->kind == TYPE_STACK ? FORMAT_STACK : FORMAT_SYMBOL;
		v.how = t->how;
	} else if (type_is_int(t) || t->kind == TYPE_PTR) {
		v.kind = FORMAT_INT;
		v.is_signed = type_is_int(t) && type_is_signed(t);
	} else if (t->kind == TYPE_FLOAT) {
		v.kind = FORMAT_FLOAT;
	} else if (type_is_string(t) || is_text(t)) {
		v.kind = FORMAT_STR;
	}
	return v;
}

static uint64_t
load_unsigned(const struct format_value *v)
{
	uint64_t u = 0;

	if (v->kind == FORMAT_INT)
		memcpy(&u, v->data, v->size < sizeof(u) ? v->size : sizeof(u));
	return u;
}

int64_t
format_int(const struct format_value *v)
{
	uint64_t u = load_unsigned(v);

	if (!v->is_signed)
		return (int64_t)u;
	switch (v->size) {
	case 1:
		return (int8_t)u;
	case 2:
		return (int16_t)u;
	case 4:
		return (int32_t)u;
	}
	return (int64_t)u;
}

/* Digits before end; gives: the first. */
static char *
digits(char *end, uint64_t u, unsigned base, const char *alphabet)
{
	do {
		*--end = alphabet[u % base];
		u /= base;
	} while (u > 0);
	return end;
}

void
format_text(struct buf *b, const char *s, size_t n, int width)
{
	size_t wide = (size_t)(width < 0 ? -width : width);

	if (width > 0 && wide > n)
		buf_fill(b, ' ', wide - n);
	buf_add(b, s, n);
	if (width < 0 && wide > n)
		buf_fill(b, ' ', wide - n);
}

void
format_dec(struct buf *b, int64_t v, int width)
{
	char text[24], *end = text + sizeof(text);
	char *p = digits(end, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, "0123456789");

	if (v < 0)
		*--p = '-';
	format_text(b, p, (size_t)(end - p), width);
}

void
format_udec(struct buf *b, uint64_t v, int width)
{
	char text[24], *end = text + sizeof(text);
	char *p = digits(end, v, 10, "0123456789");

	format_text(b, p, (size_t)(end - p), width);
}

static int
conv_width(const struct printf_conv *c)
{
	if (c->width < 0)
		return 0;
	return c->f_left ? -c->width : c->width;
}

/* Text that is no number: a precision limits it. */
static void
put_text(struct buf *b, const struct printf_conv *c, const char *s, size_t n)
{
	if (c->prec >= 0 && (size_t)c->prec < n)
		n = (size_t)c->prec;
	format_text(b, s, n, conv_width(c));
}

static bool
conv_is_signed(const struct printf_conv *c, const struct format_value *v)
{
	return (c->row->letter == 'd' || c->row->letter == 'i') && v->is_signed;
}

/* C's rules for flags, width and precision of an integer conversion. */
static void
put_int(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	char text[64], *end = text + sizeof(text), *p;
	const char *prefix = "";
	uint64_t u = load_unsigned(v);
	char letter = c->row->letter == 'p' ? 'x' : c->row->letter;
	size_t n, zeros = 0, npad;

	if (conv_is_signed(c, v)) {
		int64_t i = format_int(v);

		prefix = i < 0 ? "-" : c->f_sign ? "+" : c->f_space ? " " : "";
		u = i < 0 ? -(uint64_t)i : (uint64_t)i;
	} else if (c->f_alt && u != 0 && (letter == 'x' || letter == 'X')) {
		prefix = letter == 'x' ? "0x" : "0X";
	}
	if (letter == 'x' || letter == 'X') {
		p = digits(end, u, 16,
		    letter == 'x' ? "0123456789abcdef" : "0123456789ABCDEF");
	} else if (letter == 'o') {
		p = digits(end, u, 8, "01234567");
		if (c->f_alt && u != 0 && c->prec <= end - p)
			*--p = '0';
	} else if (c->f_group) {
		p = text;
		end = text + snprintf(text, sizeof(text), "%'llu", (unsigned long long)u);
	} else {
		p = digits(end, u, 10, "0123456789");
	}
	if (u == 0 && c->prec == 0 && !(letter == 'o' && c->f_alt))
		p = end;
	n = (size_t)(end - p);
	if (c->prec >= 0 && (size_t)c->prec > n)
		zeros = (size_t)c->prec - n;
	npad = strlen(prefix) + zeros + n;
	npad = c->width > 0 && (size_t)c->width > npad ? (size_t)c->width - npad : 0;
	if (c->f_zero && c->prec < 0) {
		zeros = npad;
		npad = 0;
	}
	if (!c->f_left)
		buf_fill(b, ' ', npad);
	buf_puts(b, prefix);
	buf_fill(b, '0', zeros);
	buf_add(b, p, n);
	if (c->f_left)
		buf_fill(b, ' ', npad);
}

static void
conv_int(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	if (!c->is_plain || (c->row->letter != 'd' && c->row->letter != 'i'))
		put_int(b, c, v);
	else if (v->is_signed)
		format_dec(b, format_int(v), 0);
	else
		format_udec(b, load_unsigned(v), 0);
}

/* A byte as C writes it in a string literal. */
static void
put_escaped(struct buf *b, unsigned char ch)
{
	static const char from[] = "\a\b\f\n\r\t\v\"\\", to[] = "abfnrtv\"\\";
	const char *at = ch != '\0' ? strchr(from, ch) : NULL;

	if (at != NULL) {
		buf_putc(b, '\\');
		buf_putc(b, to[at - from]);
	} else if (ch == '\0') {
		buf_puts(b, "\\0");
	} else if (ch < 0x20 || ch > 0x7e) {
		buf_printf(b, "\\%03o", ch);
	} else {
		buf_putc(b, (char)ch);
	}
}

/* A wide character in the locale's encoding; what it cannot express is a question mark. */
static void
put_wide(struct buf *b, uint32_t ch)
{
	char bytes[MB_LEN_MAX];
	mbstate_t state = { 0 };
	size_t n = wcrtomb(bytes, (wchar_t)ch, &state);

	if (n == (size_t)-1)
		buf_putc(b, '?');
	else
		buf_add(b, bytes, n);
}

static void
conv_char(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	uint64_t u = load_unsigned(v);
	struct buf text = BUF_INIT;
	char ch = (char)u;

	if (c->row->letter == 'C')
		put_escaped(&text, (unsigned char)u);
	else if (c->row->name[1] != '\0')
		put_wide(&text, (uint32_t)u);
	else
		buf_add(&text, &ch, 1);
	/* C: a precision says nothing about %c */
	format_text(b, text.p, text.n, conv_width(c));
	buf_fini(&text);
}

static size_t
str_bytes(const struct format_value *v)
{
	return v->kind == FORMAT_STR || v->kind == FORMAT_BYTES ? strnlen(v->data, v->size) : 0;
}

static void
conv_str(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	const unsigned char *s = v->data;
	size_t n = str_bytes(v);
	struct buf text = BUF_INIT;

	if (c->row->letter == 's' && c->row->name[1] == '\0') {
		put_text(b, c, (const char *)s, n);
		return;
	}
	if (c->row->letter == 'S') {
		/* the NUL shows too, when it is there */
		for (size_t i = 0; i < n + (n < v->size); i++)
			put_escaped(&text, s[i]);
	} else {
		uint32_t ch;

		for (size_t i = 0; i + sizeof(ch) <= v->size; i += sizeof(ch)) {
			memcpy(&ch, s + i, sizeof(ch));
			if (ch == 0)
				break;
			put_wide(&text, ch);
		}
	}
	put_text(b, c, buf_str(&text), text.n);
	buf_fini(&text);
}

long double
format_float(const struct format_value *v)
{
	long double value = 0;
	double d;
	float f;

	if (v->kind != FORMAT_FLOAT)
		return 0;
	if (v->size == sizeof(f)) {
		memcpy(&f, v->data, sizeof(f));
		value = (long double)f;
	} else if (v->size == sizeof(d)) {
		memcpy(&d, v->data, sizeof(d));
		value = (long double)d;
	} else if (v->size == sizeof(value)) {
		memcpy(&value, v->data, sizeof(value));
	}
	return value;
}

static void
conv_float(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	char spec[16], *p = spec;

	*p++ = '%';
	if (c->f_alt)
		*p++ = '#';
	if (c->f_zero)
		*p++ = '0';
	if (c->f_sign)
		*p++ = '+';
	if (c->f_space)
		*p++ = ' ';
	if (c->f_group)
		*p++ = '\'';
	snprintf(p, sizeof(spec) - (size_t)(p - spec), "*.*L%c", c->row->letter);
	/* a negative precision is none */
	buf_printf(b, spec, conv_width(c), c->prec, format_float(v));
}

/* Nanoseconds since the epoch, in local time. */
static void
conv_time(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	const char *fmt = c->row->letter == 'Y' ? "%Y %b %e %T" : "%a, %d %b %G %T %Z";
	time_t sec = (time_t)(load_unsigned(v) / NSEC_PER_SEC);
	struct tm tm;
	char text[128];

	if (localtime_r(&sec, &tm) != NULL)
		put_text(b, c, text, strftime(text, sizeof(text), fmt, &tm));
}

/* A width to the left is the frames' indentation. */
static void
conv_stack(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	uint32_t indent = c->f_left && c->width > 0 ? (uint32_t)c->width : 0;

	if (v->kind == FORMAT_STACK)
		show_stack(v->show, b, v->how, v->data, v->size, indent);
}

static void
conv_addr(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	struct buf text = BUF_INIT;

	if (v->show == NULL)		/* no value is left for it */
		return;
	if (v->kind == FORMAT_SYMBOL)
		show_symbol(v->show, &text, v->how, v->data);
	else if (c->row->letter == 'A')
		show_target_address(v->show, &text, load_unsigned(v));
	else
		show_kernel_address(v->show, &text, load_unsigned(v));
	put_text(b, c, buf_str(&text), text.n);
	buf_fini(&text);
}

static void
conv_percent(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	(void)c, (void)v;
	buf_putc(b, '%');
}

typedef void conv_fn(struct buf *, const struct printf_conv *, const struct format_value *);

static conv_fn *const conv_table[] = {
	[PRINTF_INT] = conv_int,
	[PRINTF_CHAR] = conv_char,
	[PRINTF_STR] = conv_str,
	[PRINTF_PTR] = conv_int,
	[PRINTF_ADDR] = conv_addr,
	[PRINTF_FLOAT] = conv_float,
	[PRINTF_TIME] = conv_time,
	[PRINTF_STACK] = conv_stack,
	[PRINTF_PERCENT] = conv_percent,
};

void
format_conv(struct buf *b, const struct printf_conv *c, const struct format_value *v)
{
	conv_table[c->row->class](b, c, v);
}

/* The arguments that are left. */
struct args {
	const struct format_value *v;
	uint32_t n;
};

static const struct format_value *
args_next(struct args *a)
{
	static const struct format_value none = { .data = "", .kind = FORMAT_BYTES };

	if (a->n == 0)
		return &none;
	a->n--;
	return a->v++;
}

/* The value for a `*`, from the traced process perhaps: no page of blanks for a wild number. */
static int
args_size(struct args *a)
{
	int64_t i = format_int(args_next(a));

	if (i > PRINTF_WIDTH_MAX)
		return PRINTF_WIDTH_MAX;
	return i < -PRINTF_WIDTH_MAX ? -PRINTF_WIDTH_MAX : (int)i;
}

/* The conversion with its `*` replaced: a negative width is the flag -, a negative precision
 * none. */
static struct printf_conv
resolve_stars(const struct printf_conv *c, struct args *a)
{
	struct printf_conv r = *c;

	if (c->star_width) {
		r.width = args_size(a);
		if (r.width < 0) {
			r.width = -r.width;
			r.f_left = true;
			r.f_zero = false;
		}
	}
	if (c->star_prec)
		r.prec = args_size(a);
	return r;
}

void
format_print_aggr(struct buf *b, const struct printf_fmt *fmt, const struct format_value *v,
    uint32_t n, void (*agg)(const void *self, struct buf *, uint32_t idx,
    const struct printf_conv *), const void *self)
{
	struct args args = { v, n };
	uint32_t nagg = 0;

	for (uint32_t i = 0; i < fmt->n; i++) {
		const struct printf_conv *c = &fmt->conv[i];
		struct printf_conv resolved;

		buf_add(b, c->text, c->text_len);
		if (c->row == NULL)
			break;
		if (c->star_width || c->star_prec) {
			resolved = resolve_stars(c, &args);
			c = &resolved;
		}
		if (c->is_agg)
			agg(self, b, nagg++, c);
		else
			format_conv(b, c, c->row->class == PRINTF_PERCENT ? NULL :
			    args_next(&args));
	}
}

static void
agg_none(const void *self, struct buf *b, uint32_t idx, const struct printf_conv *c)
{
	(void)self, (void)b, (void)idx, (void)c;
}

void
format_print(struct buf *b, const struct printf_fmt *fmt, const struct format_value *v, uint32_t n)
{
	format_print_aggr(b, fmt, v, n, agg_none, NULL);
}
