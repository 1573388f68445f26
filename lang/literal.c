/* Integers by C's rule for the type of a constant; escapes of strings and characters. */
#include "lang/literal.h"

#include <string.h>

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/*
 * C99 6.4.4.1: the first type of the list that holds the value; a suffix says where the list
 * begins, and only octal and hexadecimal constants without u may be either sign.
 */
static const struct type *
int_type(const struct types *ts, uint64_t val, bool is_decimal, bool has_u, int longs)
{
	const struct {
		const struct type *type;
		bool is_unsigned;
		int longs;
		uint64_t max;
	} list[] = {
		{ ts->t_int, false, 0, INT32_MAX }, { ts->t_uint, true, 0, UINT32_MAX },
		{ ts->t_long, false, 1, INT64_MAX }, { ts->t_ulong, true, 1, UINT64_MAX },
		{ ts->t_llong, false, 2, INT64_MAX }, { ts->t_ullong, true, 2, UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i].longs < longs || val > list[i].max)
			continue;
		if (has_u ? list[i].is_unsigned : !(is_decimal && list[i].is_unsigned))
			return list[i].type;
	}
	return NULL;
}

struct literal_int
literal_int(const struct types *ts, const char *s)
{
	struct literal_int r = {0};
	bool has_u = false, is_over = false;
	int base = 10, longs = 0, d;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_value(s[2]) < 16) {
		base = 16;
		s += 2;
	} else if (s[0] == '0') {
		base = 8;
	}
	for (; (d = digit_value(*s)) < (base == 16 ? 16 : 10); s++) {
		if (d >= base && r.bad_digit == 0)
			r.bad_digit = *s;
		is_over |= __builtin_mul_overflow(r.val, (unsigned)base, &r.val);
		is_over |= __builtin_add_overflow(r.val, (unsigned)d, &r.val);
	}
	if (*s == 'u' || *s == 'U') {
		has_u = true;
		s++;
	}
	for (; longs < 2 && (*s == 'l' || *s == 'L'); s++)
		longs++;
	r.end = s;
	if (!is_over)
		r.type = int_type(ts, r.val, base == 10, has_u, longs);
	return r;
}

/* What follows a backslash; NULL: not an escape, both bytes stay. */
static const char *
escape(const char *s, const char *end, char *out)
{
	static const char letters[] = "abfnrtv\"\\", bytes[] = "\a\b\f\n\r\t\v\"\\";
	const char *p;
	unsigned v = 0;

	if (s == end || *s == '\0')
		return NULL;
	if (digit_value(*s) < 8) {
		for (p = s; p < end && p < s + 3 && digit_value(*p) < 8; p++)
			v = v * 8 + (unsigned)digit_value(*p);
		*out = (char)(v & 0xff);
		return p;
	}
	if (*s == 'x') {
		for (p = s + 1; p < end && digit_value(*p) < 16; p++)
			v = (v * 16 + (unsigned)digit_value(*p)) & 0xff;
		*out = (char)v;
		return p > s + 1 ? p : NULL;
	}
	if ((p = strchr(letters, *s)) == NULL)
		return NULL;
	*out = bytes[p - letters];
	return s + 1;
}

const char *
literal_str(struct arena *a, const char *s, size_t n, uint32_t *len)
{
	char *r = arena_alloc(a, n + 1);
	const char *end = s + n, *after;
	uint32_t k = 0;

	while (s < end) {
		if (*s == '\\' && (after = escape(s + 1, end, &r[k])) != NULL) {
			s = after;
			k++;
			continue;
		}
		if (*s == '\\' && s + 1 < end)		/* "\q" keeps both: "\\q" must not */
			r[k++] = *s++;
		r[k++] = *s++;
	}
	*len = k;
	return r;
}
