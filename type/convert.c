/* C99 6.3.1 and D's rule of assignment. Constants 0 as null pointers are the checker's. */
#include "type/convert.h"

#include <string.h>

/* C99 6.3.1.1 ranks; 0: below int. */
static int
rank(const struct type *t)
{
	if (t->size_bytes < 4)
		return 0;
	if (t->size_bytes == 4)
		return 1;
	return strcmp(t->name, "long long") == 0 ||
	    strcmp(t->name, "unsigned long long") == 0 ? 3 : 2;
}

const struct type *
convert_promote(struct types *ts, const struct type *t)
{
	const struct type *real = type_real(t);

	if (real->kind == TYPE_ENUM || rank(real) == 0)
		return ts->t_int;
	return t;
}

/* Keeps the typedef of the operand that wins, for messages. */
const struct type *
convert_usual(struct types *ts, const struct type *a, const struct type *b)
{
	const struct type *ra, *rb;

	a = convert_promote(ts, a);
	b = convert_promote(ts, b);
	ra = type_real(a);
	rb = type_real(b);
	if (ra->is_signed == rb->is_signed)
		return rank(ra) >= rank(rb) ? a : b;
	if (ra->is_signed) {		/* make a the unsigned one */
		const struct type *t = a;

		a = b;
		b = t;
		ra = type_real(a);
		rb = type_real(b);
	}
	if (rank(ra) >= rank(rb))
		return a;
	if (rb->size_bytes > ra->size_bytes)
		return b;
	return ts->t_ullong;		/* unsigned long with long long */
}

bool
convert_ptr_compat(const struct type *a, const struct type *b)
{
	if (!type_is_ptr(a) || !type_is_ptr(b))
		return false;
	a = type_real(type_real(a)->base);
	b = type_real(type_real(b)->base);
	return a->kind == TYPE_VOID || b->kind == TYPE_VOID || type_same(a, b);
}

bool
convert_assignable(const struct type *to, const struct type *from)
{
	const struct type *rt = type_real(to), *rf = type_real(from);

	if (type_is_int(rt) && type_is_int(rf))
		return true;
	if (type_is_strcompat(rt) && type_is_strcompat(rf))
		return true;
	if (convert_ptr_compat(rt, rf))
		return true;
	if (rt->kind != rf->kind)
		return false;
	return rt->kind == TYPE_STRUCT || rt->kind == TYPE_UNION || rt->kind == TYPE_FLOAT ||
	    rt->kind == TYPE_STACK || rt->kind == TYPE_SYM || rt->kind == TYPE_USYM ?
	    type_same(rt, rf) : false;
}

int64_t
convert_int(const struct type *to, int64_t value)
{
	const struct type *t = type_real(to);
	unsigned drop = t->size_bytes < 8 ? 64 - 8 * t->size_bytes : 0;

	if (t->kind == TYPE_INT && strcmp(t->name, "_Bool") == 0)
		return value != 0;
	if (t->is_signed)
		return (int64_t)((uint64_t)value << drop) >> drop;
	return (int64_t)((uint64_t)value << drop >> drop);
}
