/*
 * The parser of format strings. It knows nothing of values: the checker asks printf_accepts()
 * for each argument, run/format.c prints.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "lang/printf.h"
#include "type/type.h"

static const struct printf_row printf_table[] = {
#define PRINTF(NAME, CLASS, PROTOTYPE) \
	{ NAME, NAME[sizeof(NAME) - 2], PRINTF_##CLASS, PROTOTYPE },
#include "lang/printf.def"
#undef PRINTF
};

static const struct printf_row *
row_find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(printf_table) / sizeof(printf_table[0]); i++) {
		const struct printf_row *row = &printf_table[i];

		if (strlen(row->name) == n && memcmp(row->name, name, n) == 0)
			return row;
	}
	return NULL;
}

/* Where the parser is, and the first thing that it did not like. */
struct scan {
	struct arena *arena;
	const char *p;			/* next character of the format */
	struct printf_conv *conv;
	const char *error;
};

static void
fail(struct scan *s, const char *what)
{
	if (s->error == NULL)
		s->error = arena_printf(s->arena, "format conversion #%u %s",
		    s->conv->number, what);
}

/* A decimal number; the rest of one that is too long is skipped. */
static int
scan_number(struct scan *s)
{
	int n = 0;

	for (; *s->p >= '0' && *s->p <= '9'; s->p++) {
		if (n < PRINTF_WIDTH_MAX)
			n = n * 10 + (*s->p - '0');
	}
	if (*s->p == '$')
		fail(s, "has an argument position (n$), which D does not have");
	return n < PRINTF_WIDTH_MAX ? n : PRINTF_WIDTH_MAX;
}

static void
scan_flags(struct scan *s)
{
	struct printf_conv *c = s->conv;

	for (;; s->p++) {
		switch (*s->p) {
		case '#':
			c->f_alt = true;
			break;
		case '0':
			c->f_zero = true;
			c->f_left = false;
			break;
		case '-':
			c->f_left = true;
			c->f_zero = false;
			break;
		case '+':
			c->f_sign = true;
			break;
		case ' ':
			c->f_space = true;
			break;
		case '\'':
			c->f_group = true;
			break;
		case '@':
			c->is_agg = true;
			break;
		default:
			return;
		}
	}
}

/* Flags, width, precision. Sizes are digits, `*`, or `?` (the hex digits of a pointer). */
static void
scan_sizes(struct scan *s)
{
	struct printf_conv *c = s->conv;
	bool has_dot = false;

	for (;;) {
		int *number = has_dot ? &c->prec : &c->width;
		bool *star = has_dot ? &c->star_prec : &c->star_width;

		if (!has_dot)
			scan_flags(s);
		if (*s->p == '.') {
			s->p++;
			if (has_dot)
				fail(s, "has more than one '.'");
			has_dot = true;
			c->prec = 0;
		} else if (*s->p == '*') {
			s->p++;
			if (*star)
				fail(s, "has more than one '*' for one field");
			*star = true;
		} else if (*s->p == '?') {
			s->p++;
			*number = 16;
		} else if (*s->p >= '0' && *s->p <= '9') {
			*number = scan_number(s);
		} else {
			return;
		}
		if (s->error != NULL)
			return;
	}
}

static void
scan_row(struct scan *s)
{
	struct printf_conv *c = s->conv;
	size_t n = strspn(s->p, "hlLw");

	if (s->p[n] == '\0') {
		fail(s, "is not complete: the format string ends");
		return;
	}
	c->row = row_find(s->p, n + 1);
	if (c->row == NULL) {
		fail(s, arena_printf(s->arena, "is undefined: %%%.*s", (int)n + 1, s->p));
		return;
	}
	s->p += n + 1;
	c->is_plain = !c->f_alt && !c->f_zero && !c->f_left && !c->f_sign && !c->f_space &&
	    !c->f_group && !c->star_width && !c->star_prec && c->width < 0 && c->prec < 0 &&
	    !c->is_agg;
	if (c->row->class == PRINTF_PERCENT && !c->is_plain)
		fail(s, "combines % with other format characters");
}

struct printf_fmt *
printf_parse(struct arena *arena, const char *fmt, const char **error)
{
	struct printf_fmt *result = arena_new(arena, struct printf_fmt);
	struct scan s = { .arena = arena, .p = fmt };
	uint32_t max = 1;

	for (const char *p = fmt; *p != '\0'; p++)
		max += *p == '%';
	result->conv = arena_alloc(arena, max * sizeof(*result->conv));
	while (*s.p != '\0') {
		struct printf_conv *c = s.conv = &result->conv[result->n++];
		size_t n = strcspn(s.p, "%");

		c->text = s.p;
		c->text_len = (uint32_t)n;
		c->width = c->prec = -1;
		s.p += n;
		if (*s.p == '\0')
			break;
		s.p++;
		c->number = result->n;
		scan_sizes(&s);
		if (s.error == NULL)
			scan_row(&s);
		if (s.error != NULL) {
			*error = s.error;
			return NULL;
		}
	}
	return result;
}

/* A typedef of one of these names, or one made from it? */
static bool
is_int64_typedef(const struct type *t)
{
	for (; t != NULL && t->kind == TYPE_TYPEDEF; t = t->base) {
		if (strcmp(t->name, "int64_t") == 0 || strcmp(t->name, "uint64_t") == 0)
			return true;
	}
	return false;
}

/*
 * Size letters name one type (either sign), not a size: long and long long differ. Only %llx and
 * %llX also take what is declared as [u]int64_t.
 */
static bool
int_accepts(const struct printf_row *row, const struct type *t)
{
	const struct type *real = type_real(t);
	bool is_longlong = real->name != NULL && strstr(real->name, "long long") != NULL;

	if (!type_is_int(t))
		return false;
	if (row->name[0] == 'h')
		return real->size_bytes == 2;
	if (strncmp(row->name, "ll", 2) == 0)
		return is_longlong || ((row->letter | 0x20) == 'x' && is_int64_typedef(t));
	if (row->name[0] == 'l')
		return real->size_bytes == 8 && !is_longlong;
	return true;
}

static bool
str_accepts(const struct printf_row *row, const struct type *t)
{
	const struct type *elem;
	uint32_t size = row->name[1] == '\0' ? 1 : 4;

	if (type_is_string(t))
		return size == 1;
	t = type_real(t);
	if (t->kind != TYPE_ARRAY)
		return false;
	elem = type_real(t->base);
	return elem->kind == TYPE_INT && elem->size_bytes == size;
}

bool
printf_accepts(const struct printf_row *row, const struct type *t)
{
	const struct type *real = type_real(t);

	switch (row->class) {
	case PRINTF_INT:
		return int_accepts(row, t);
	case PRINTF_CHAR:
		return type_is_int(t) && real->size_bytes <= 4 &&
		    (row->name[1] == '\0' || real->size_bytes == 4);
	case PRINTF_STR:
		return str_accepts(row, t);
	case PRINTF_PTR:
		return type_is_int(t) || type_is_ptr(t);
	case PRINTF_FLOAT:
		return real->kind == TYPE_FLOAT &&
		    (row->name[0] != 'L' || real->size_bytes == 16);
	case PRINTF_TIME:
		return type_is_int(t) && real->size_bytes == 8;
	case PRINTF_STACK:
		return real->kind == TYPE_STACK;
	case PRINTF_ADDR:
		return type_is_int(t) || type_is_ptr(t)
		    || real->kind == (row->letter == 'a' ? TYPE_SYM : TYPE_USYM);
	case PRINTF_PERCENT:
		return false;
	}
	return false;
}
