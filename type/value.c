/*
 *     (struct point) {
 *      .x = (int)1,
 *      .name = (char [4]) [
 *       (char)'a',
 *      ],
 *     }
 */
#include "type/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "type/spell.h"

enum { DEPTH_MAX = 10, LINES_MAX = 1 << 16 };	/* a foreign type may contain itself */

struct printer {
	struct buf *b;
	struct arena arena;	/* for names of types */
	const uint8_t *data;
	uint32_t bytes;
	unsigned indent;
	unsigned nline;
};

/* A place in the data: a member, or an element. */
struct place {
	const struct type *type;
	const char *name;	/* NULL: it has none */
	uint64_t off_bits;
	uint32_t bits;		/* 0: no bit-field */
	unsigned depth;
};

static uint64_t
place_bits(const struct place *p)
{
	return p->bits != 0 ? p->bits : 8 * (uint64_t)type_real(p->type)->size_bytes;
}

static bool
is_inside(const struct printer *pr, const struct place *p)
{
	return (p->off_bits + place_bits(p) + 7) / 8 <= pr->bytes;
}

/* The low bits of an integer, one by one in bit-fields; requires: it is inside. */
static uint64_t
load(const struct printer *pr, const struct place *p)
{
	uint64_t v = 0, n = place_bits(p);

	if (p->bits == 0 && n <= 64) {
		memcpy(&v, pr->data + p->off_bits / 8, n / 8);
		return v;
	}
	for (uint64_t i = 0; i < n && i < 64; i++) {
		uint64_t at = p->off_bits + i;

		v |= (uint64_t)(pr->data[at / 8] >> at % 8 & 1) << i;
	}
	return v;
}

static bool
is_zero(const struct printer *pr, const struct place *p)
{
	uint64_t n = place_bits(p);

	if (p->bits != 0)
		return load(pr, p) == 0;
	for (uint64_t i = 0; i < n / 8; i++)
		if (pr->data[p->off_bits / 8 + i] != 0)
			return false;
	return true;
}

static int64_t
extend(const struct place *p, uint64_t v)
{
	unsigned drop = (unsigned)(64 - place_bits(p));

	return drop < 64 && type_is_signed(p->type) ? (int64_t)(v << drop) >> drop : (int64_t)v;
}

static void
put_char(struct buf *b, uint64_t v)
{
	if (isprint((int)(v & 0xff)))
		buf_printf(b, "'%c'", (char)v);
	else
		buf_printf(b, "'\\%03o'", (unsigned)(v & 0xff));
}

static void
put_int(struct printer *pr, const struct place *p)
{
	const struct type *t = type_real(p->type);
	const uint64_t v = load(pr, p);

	if (p->bits == 0 && strcmp(t->name, "char") == 0)
		put_char(pr->b, v);
	else if (t->is_signed)
		buf_printf(pr->b, "%" PRId64, extend(p, v));
	else
		buf_printf(pr->b, "%" PRIu64, v);
}

static void
put_enum(struct printer *pr, const struct place *p)
{
	const struct type *t = type_filled(p->type);
	const int64_t v = extend(p, load(pr, p));

	for (uint32_t i = 0; i < t->nenumerator; i++) {
		if (t->enumerator[i].value == v) {
			buf_puts(pr->b, t->enumerator[i].name);
			return;
		}
	}
	buf_printf(pr->b, "%" PRId64, v);
}

/* What is sent of a string may end with it. */
static void
put_string(struct printer *pr, const struct place *p)
{
	const char *s = (const char *)pr->data + p->off_bits / 8;
	const size_t room = pr->bytes - p->off_bits / 8, size = type_real(p->type)->size_bytes;

	buf_puts(pr->b, "\"");
	buf_add(pr->b, s, strnlen(s, size < room ? size : room));
	buf_puts(pr->b, "\"");
}

static bool
is_shown(const struct type *t)
{
	t = type_real(t);
	switch (t->kind) {
	case TYPE_INT:
	case TYPE_PTR:
	case TYPE_ENUM:
	case TYPE_STRING:
	case TYPE_STRUCT:
	case TYPE_UNION:
		return true;
	case TYPE_ARRAY:
		return is_shown(t->base);
	case TYPE_VOID:
	case TYPE_FLOAT:
	case TYPE_FUNC:
	case TYPE_TYPEDEF:
	case TYPE_STACK:
	case TYPE_SYM:
	case TYPE_USYM:
	case TYPE_DYN:
		break;
	}
	return false;
}

static void put(struct printer *, const struct place *);

static void
put_indent(struct printer *pr, unsigned depth)
{
	buf_fill(pr->b, ' ', pr->indent + depth);
}

static void
put_more(struct printer *pr, unsigned depth)
{
	put_indent(pr, depth);
	buf_puts(pr->b, "...\n");
}

/* What is not zero of the members or elements; false: the rest is not there. */
static bool
put_inner(struct printer *pr, const struct place *p)
{
	if (++pr->nline > LINES_MAX)
		return false;
	if (!is_inside(pr, p) && (p->bits != 0 || !type_is_bytes(p->type) ||
	    p->off_bits / 8 >= pr->bytes)) {
		put_more(pr, p->depth);
		return false;
	}
	if (is_shown(p->type) && (!is_inside(pr, p) || !is_zero(pr, p))) {
		put_indent(pr, p->depth);
		put(pr, p);
	}
	return true;
}

static void
put_members(struct printer *pr, const struct place *p)
{
	const struct type *t = type_filled(p->type);
	bool goes_on = p->depth < DEPTH_MAX;

	buf_puts(pr->b, "{\n");
	if (!goes_on)
		put_more(pr, p->depth + 1);
	for (uint32_t i = 0; i < t->nmember && goes_on; i++) {
		const struct type_member *m = &t->member[i];
		const struct place inner = {
			m->type, m->name, p->off_bits + m->off_bits, m->bits, p->depth + 1,
		};

		goes_on = put_inner(pr, &inner);
	}
	put_indent(pr, p->depth);
	buf_puts(pr->b, "}");
}

static bool
is_char(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_INT && strcmp(t->name, "char") == 0;
}

static void
put_elements(struct printer *pr, const struct place *p)
{
	const struct type *t = type_real(p->type), *of = t->base;
	const uint64_t bits = 8 * (uint64_t)type_real(of)->size_bytes;
	bool goes_on = p->depth < DEPTH_MAX;

	buf_puts(pr->b, "[\n");
	if (!goes_on)
		put_more(pr, p->depth + 1);
	for (uint32_t i = 0; i < t->nelem && goes_on && bits > 0; i++) {
		const struct place inner = { of, NULL, p->off_bits + i * bits, 0, p->depth + 1 };

		if (is_char(of) && is_inside(pr, &inner) && is_zero(pr, &inner))
			break;
		goes_on = put_inner(pr, &inner);
	}
	put_indent(pr, p->depth);
	buf_puts(pr->b, "]");
}

static const char *
name_of(struct printer *pr, const struct type *t)
{
	const bool has_name = t->kind == TYPE_TYPEDEF || !type_is_bytes(t) || t->name != NULL ||
	    t->kind == TYPE_ARRAY;

	if (!has_name)
		return t->kind == TYPE_STRUCT ? "struct" : "union";
	return type_spell(&pr->arena, t);
}

/* After the blanks of its first line. */
static void
put(struct printer *pr, const struct place *p)
{
	const struct type *t = type_real(p->type);
	const bool is_block = type_is_bytes(t);

	if (p->name != NULL)
		buf_printf(pr->b, ".%s = ", p->name);
	buf_printf(pr->b, "(%s)%s", name_of(pr, p->type), is_block ? " " : "");
	switch (t->kind) {
	case TYPE_INT:
		put_int(pr, p);
		break;
	case TYPE_PTR:
		buf_printf(pr->b, "0x%" PRIx64, load(pr, p));
		break;
	case TYPE_ENUM:
		put_enum(pr, p);
		break;
	case TYPE_STRING:
		put_string(pr, p);
		break;
	case TYPE_STRUCT:
	case TYPE_UNION:
		put_members(pr, p);
		break;
	case TYPE_ARRAY:
		put_elements(pr, p);
		break;
	case TYPE_VOID:
	case TYPE_FLOAT:
	case TYPE_FUNC:
	case TYPE_TYPEDEF:
	case TYPE_STACK:
	case TYPE_SYM:
	case TYPE_USYM:
	case TYPE_DYN:
		break;		/* never shown */
	}
	buf_puts(pr->b, p->depth == 0 && is_block ? "\n" : ",\n");
}

void
value_spell(struct buf *b, const struct type *t, const void *data, uint32_t bytes,
    unsigned indent, bool is_indented)
{
	struct printer pr = { .b = b, .data = data, .bytes = bytes, .indent = indent };
	const struct place whole = { .type = t };

	arena_init(&pr.arena);
	if (is_indented)
		put_indent(&pr, 0);
	if (!is_shown(t))
		buf_putc(b, '\n');
	else if (is_inside(&pr, &whole) || type_is_bytes(t) || type_is_string(t))
		put(&pr, &whole);
	else
		buf_puts(b, "...\n");
	arena_fini(&pr.arena);
}
