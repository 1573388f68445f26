/*
 * Reading and sorting aggregations.
 *
 * Tracing goes on while we read: a value may be one firing ahead of another, and the sum of an
 * avg() one ahead of its count. Nothing is lost by that; the next reading has it.
 */
#include "run/aggr_rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "rec/aggr.h"
#include "run/aggr_value.h"
#include "run/show.h"
#include "type/type.h"

enum { FIRST_HASH = 64 };

static void *
must_alloc(size_t n, size_t bytes)
{
	void *p = calloc(n, bytes);

	if (p == NULL)
		BUG("out of memory");
	return p;
}

/* tuple: a multiple of 8 bytes, perhaps none. */
static uint32_t
tuple_hash(const void *tuple, uint32_t bytes)
{
	const char *p = tuple;
	uint64_t h = bytes, word;

	for (uint32_t i = 0; i + 8 <= bytes; i += 8) {
		memcpy(&word, p + i, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

/* Where the tuple is, or would be. */
static uint32_t *
hash_slot(const struct aggr_rows *r, const void *tuple)
{
	uint32_t i = tuple_hash(tuple, r->tuple_bytes) & (r->nhash - 1);

	while (r->hash[i] != 0 &&
	    memcmp(r->row[r->hash[i] - 1].tuple, tuple, r->tuple_bytes) != 0)
		i = (i + 1) & (r->nhash - 1);
	return &r->hash[i];
}

static void
hash_resize(struct aggr_rows *r, uint32_t nhash)
{
	free(r->hash);
	r->nhash = nhash;
	r->hash = must_alloc(r->nhash, sizeof(*r->hash));
	for (uint32_t i = 0; i < r->n; i++)
		*hash_slot(r, r->row[i].tuple) = i + 1;
}

/* The tuple with its stacks and symbols folded; what it gives is good until the next call. */
static const void *
fold(const struct aggr_rows *r, const void *tuple)
{
	const struct var *v = r->var[0];
	char *p = r->folded;

	if (!r->is_folded)
		return tuple;
	memcpy(p, tuple, r->tuple_bytes);
	for (uint32_t i = 0; i < v->nkey; i++) {
		const struct type *t = type_real(v->key[i]);

		if (type_is_shown(t))
			show_fold(r->show, t->how, p, t->size_bytes);
		p += tuple_elem_bytes(t);
	}
	return r->folded;
}

struct aggr_row *
aggr_rows_find(const struct aggr_rows *r, const void *tuple)
{
	uint32_t at = *hash_slot(r, fold(r, tuple));

	return at == 0 ? NULL : &r->row[at - 1];
}

static struct aggr_row *
row_add(struct aggr_rows *r, const void *tuple)
{
	char *mem = must_alloc(1, r->tuple_bytes +
	    (size_t)r->slot_words * (1 + r->ncpu) * sizeof(uint64_t));
	struct aggr_row *row;

	if (r->n == r->cap) {
		size_t cap = r->cap;

		r->row = vec_grow(r->row, r->n, &cap, sizeof(*r->row));
		r->cap = (uint32_t)cap;
	}
	if (2 * r->n >= r->nhash)
		hash_resize(r, 2 * r->nhash);
	memcpy(mem, tuple, r->tuple_bytes);
	row = &r->row[r->n++];
	*row = (struct aggr_row){ .tuple = mem,
	    .slot = (uint64_t *)(void *)(mem + r->tuple_bytes) };
	*hash_slot(r, tuple) = r->n;
	return row;
}

struct reading {
	struct aggr_rows *rows;
	uint32_t var;
};

static void
slot_add(const struct var *v, uint64_t *slot, const void *value)
{
	if (slot[0])
		aggr_value_merge(v, slot + 1, value);
	else
		memcpy(slot + 1, value, aggr_words(v) * sizeof(uint64_t));
	slot[0] = true;
}

static int
read_entry(void *arg, const void *key, const void *value)
{
	struct reading *reading = arg;
	struct aggr_rows *r = reading->rows;
	const struct var *v = r->var[reading->var];
	const void *tuple = (const char *)key + AGGR_KEY_TUPLE;
	struct aggr_row *row = aggr_rows_find(r, tuple);
	uint32_t cpu;

	if (row == NULL)
		row = row_add(r, fold(r, tuple));
	slot_add(v, row->slot + r->off[reading->var], value);
	memcpy(&cpu, (const char *)key + AGGR_KEY_CPU, sizeof(cpu));
	if (cpu < r->ncpu)
		slot_add(v, row->slot + (size_t)r->slot_words * (1 + cpu) + r->off[reading->var],
		    value);
	return 0;
}

int
aggr_rows_read(struct aggr_rows *r, const struct aggr_source *source, struct show *show,
    const struct var *const *var, uint32_t nvar, bool by_cpu)
{
	int err = 0;

	*r = (struct aggr_rows){ .var = var, .nvar = nvar, .show = show };
	r->ncpu = by_cpu ? source->ncpu : 0;
	r->tuple_bytes = tuple_bytes(var[0]);
	r->folded = must_alloc(1, r->tuple_bytes + 1);
	for (uint32_t i = 0; i < var[0]->nkey; i++)
		r->is_folded |= type_is_shown(var[0]->key[i]);
	r->off = must_alloc(nvar, sizeof(*r->off));
	for (uint32_t i = 0; i < nvar; i++) {
		r->off[i] = r->slot_words;
		r->slot_words += 1 + aggr_words(var[i]);
	}
	hash_resize(r, FIRST_HASH);
	for (uint32_t i = 0; i < nvar && err == 0; i++) {
		struct reading reading = { r, i };

		err = source->each(source->self, var[i], read_entry, &reading);
	}
	return err;
}

void
aggr_rows_fini(struct aggr_rows *r)
{
	for (uint32_t i = 0; i < r->n; i++)
		free(r->row[i].tuple);
	free(r->row);
	free(r->hash);
	free(r->folded);
	free(r->off);
	*r = (struct aggr_rows){ 0 };
}

const uint64_t *
aggr_row_value(const struct aggr_rows *r, const struct aggr_row *row, uint32_t var)
{
	return row->slot + r->off[var] + 1;
}

const uint64_t *
aggr_row_cpu_value(const struct aggr_rows *r, const struct aggr_row *row, uint32_t var,
    uint32_t cpu)
{
	return row->slot + (size_t)r->slot_words * (1 + cpu) + r->off[var] + 1;
}

/* ----------------------------------------------------------------------- sorting */

struct sorting {
	const struct aggr_rows *rows;
	const struct aggr_order *order;
	uint32_t elem_off[];		/* of the tuple's elements, in bytes */
};

/* Integers without a sign, in their own width; all else by its bytes. */
static int
compare_elem(const struct type *t, const char *a, const char *b)
{
	uint32_t size = type_real(t)->size_bytes;
	uint64_t x = 0, y = 0;
	int r;

	if (!type_is_scalar(t)) {
		r = memcmp(a, b, tuple_elem_bytes(t));
		return (r > 0) - (r < 0);
	}
	memcpy(&x, a, size < sizeof(x) ? size : sizeof(x));
	memcpy(&y, b, size < sizeof(y) ? size : sizeof(y));
	return (x > y) - (x < y);
}

static int
compare_tuples(const struct sorting *s, const char *a, const char *b)
{
	const struct var *v = s->rows->var[0];
	uint32_t first = s->order->key_pos < v->nkey ? s->order->key_pos : 0;

	for (uint32_t i = 0; i < v->nkey; i++) {
		uint32_t k = (first + i) % v->nkey;
		int r = compare_elem(v->key[k], a + s->elem_off[k], b + s->elem_off[k]);

		if (r != 0)
			return r;
	}
	return 0;
}

static int
compare_values(const struct sorting *s, const struct aggr_row *a, const struct aggr_row *b)
{
	const struct aggr_rows *r = s->rows;
	uint32_t first = s->order->var_pos < r->nvar ? s->order->var_pos : 0;

	for (uint32_t i = 0; i < r->nvar; i++) {
		uint32_t k = (first + i) % r->nvar;
		const uint64_t *x = aggr_row_value(r, a, k), *y = aggr_row_value(r, b, k);
		long double p = i == 0 ? a->rank : aggr_value_rank(r->var[k], x);
		long double q = i == 0 ? b->rank : aggr_value_rank(r->var[k], y);
		int64_t p2, q2;

		if (p != q)
			return p < q ? -1 : 1;
		p2 = aggr_value_rank2(r->var[k], x);
		q2 = aggr_value_rank2(r->var[k], y);
		if (p2 != q2)
			return p2 < q2 ? -1 : 1;
	}
	return 0;
}

static int
compare_rows(const void *pa, const void *pb, void *arg)
{
	const struct aggr_row *a = pa, *b = pb;
	const struct sorting *s = arg;
	int r = s->order->by_key ? 0 : compare_values(s, a, b);

	if (r == 0)
		r = compare_tuples(s, a->tuple, b->tuple);
	return s->order->is_reversed ? -r : r;
}

void
aggr_rows_sort(struct aggr_rows *r, const struct aggr_order *order)
{
	const struct var *v = r->var[0];
	uint32_t first = order->var_pos < r->nvar ? order->var_pos : 0, off = 0;
	_cleanup_free_ struct sorting *s = must_alloc(1, sizeof(*s) +
	    v->nkey * sizeof(s->elem_off[0]));

	s->rows = r;
	s->order = order;
	for (uint32_t i = 0; i < v->nkey; i++) {
		s->elem_off[i] = off;
		off += tuple_elem_bytes(v->key[i]);
	}
	for (uint32_t i = 0; i < r->n; i++)
		r->row[i].rank = aggr_value_rank(r->var[first],
		    aggr_row_value(r, &r->row[i], first));
	if (r->n > 0)
		qsort_r(r->row, r->n, sizeof(*r->row), compare_rows, s);
}

void
aggr_rows_drop(struct aggr_rows *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free(r->row[i].tuple);
	r->n -= n;
	if (r->row != NULL)
		memmove(r->row, r->row + n, r->n * sizeof(*r->row));
	hash_resize(r, r->nhash);
}
