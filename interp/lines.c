/* Tables of lines, by lines_ir.c's rules. */
#include "interp/lines.h"

/* Lines of a process that lies wrap. */
static int32_t
add(int32_t line, int64_t delta)
{
	return (int32_t)((uint32_t)line + (uint32_t)delta);
}

static int64_t
signed_number(const uint8_t *p, size_t n)
{
	enum { MORE = 0x40, BITS = 6, MAX_SHIFT = 30 };
	uint64_t v = 0;

	for (size_t i = 0; i < n && i * BITS <= MAX_SHIFT; i++) {
		v |= (uint64_t)(p[i] & (MORE - 1)) << (i * BITS);
		if ((p[i] & MORE) == 0)
			break;
	}
	return v & 1 ? -(int64_t)(v >> 1) : (int64_t)(v >> 1);
}

/*
 * Each entry begins with a byte whose highest bit is set: 1 kind:4 units-1:3. Kinds 10 to 12 go so
 * many lines on less 10; 13 and 14 as a signed number says; 15 has no line; the others stay.
 */
static int32_t
find_location(const uint8_t *p, size_t n, int32_t line, int64_t units)
{
	enum { ENTRY = 0x80, ONE_LINE = 10, LONG = 13, NO_LINE = 15 };

	for (size_t i = 0; i < n; i++) {
		unsigned kind = p[i] >> 3 & 15;

		if ((p[i] & ENTRY) == 0)
			continue;
		if (kind >= ONE_LINE && kind < LONG)
			line = add(line, kind - ONE_LINE);
		else if (kind >= LONG && kind < NO_LINE)
			line = add(line, signed_number(p + i + 1, n - i - 1));
		units -= (p[i] & 7) + 1;
		if (units < 0)
			break;
	}
	return line;
}

/* Up to 3.10: two bytes, how far in the code, and how many lines. */
static int32_t
find_pair(enum cpython_lines kind, const uint8_t *p, size_t n, int32_t line, int64_t offset)
{
	enum { NO_LINE = -128 };

	for (size_t i = 0; i + 1 < n; i += 2) {
		int8_t delta = (int8_t)p[i + 1];

		offset -= p[i];
		if (kind == CPYTHON_LNOTAB && offset < 0)
			break;
		if (kind == CPYTHON_LNOTAB || delta != NO_LINE)
			line = add(line, delta);
		if (kind == CPYTHON_DELTAS && offset < 0)
			break;
	}
	return line;
}

int32_t
lines_find(enum cpython_lines kind, const uint8_t *table, size_t bytes, int32_t first,
    int64_t offset)
{
	return kind == CPYTHON_LOCATIONS ? find_location(table, bytes, first, offset >> 1)
	    : find_pair(kind, table, bytes, first, offset);
}
