/* Actions on aggregations, and their printing at the end. */
#include "run/aggr.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "lang/printf.h"
#include "rec/aggr.h"
#include "run/aggr_rows.h"
#include "run/aggr_table.h"
#include "run/aggr_value.h"
#include "run/format.h"

/* What an aggregation became by actions of the consumer. */
struct state {
	int64_t factor;			/* normalize(); 0: none yet */
	bool is_printed;		/* a printa() has shown a tuple of it */
};

struct aggrs {
	struct aggr_source source;
	const struct options *options;
	struct show *show;
	vec(struct state) state;	/* by id of the variable */
};

struct aggrs *
aggrs_new(const struct aggr_source *source, const struct options *options, struct show *show)
{
	struct aggrs *a = calloc(1, sizeof(*a));

	if (a == NULL)
		BUG("out of memory");
	a->source = *source;
	a->options = options;
	a->show = show;
	return a;
}

void
aggrs_free(struct aggrs *a)
{
	if (a == NULL)
		return;
	vec_fini(&a->state);
	free(a);
}

static struct state *
state_of(struct aggrs *a, const struct var *v)
{
	while (a->state.n <= v->id)
		vec_push(&a->state, ((struct state){ .factor = 1 }));
	return &a->state.v[v->id];
}

static struct aggr_order
order_of(const struct aggrs *a)
{
	return (struct aggr_order){
		.by_key = options_on(a->options, OPT_AGGSORTKEY),
		.is_reversed = options_on(a->options, OPT_AGGSORTREV),
		.key_pos = (uint32_t)options_get(a->options, OPT_AGGSORTKEYPOS),
		.var_pos = (uint32_t)options_get(a->options, OPT_AGGSORTPOS),
	};
}

/* ---------------------------------------------------------------------- printing */

/* A row on its way to text. */
struct showing {
	struct aggrs *aggrs;
	const struct aggr_rows *rows;
	const struct aggr_row *row;
};

/* The elements of the row's tuple. */
static void
load_key(const struct showing *s, struct format_value *key)
{
	const struct var *v = s->rows->var[0];
	const char *p = s->row->tuple;

	for (uint32_t i = 0; i < v->nkey; i++) {
		key[i] = format_value(v->key[i], p, s->aggrs->show);
		p += tuple_elem_bytes(v->key[i]);
	}
}

static void
show_default(struct buf *b, const struct showing *s, const struct format_value *key)
{
	for (uint32_t i = 0; i < s->rows->var[0]->nkey; i++)
		format_key(b, &key[i], options_on(s->aggrs->options, OPT_RAWBYTES),
		    (uint32_t)options_get(s->aggrs->options, OPT_STACKINDENT));
	for (uint32_t i = 0; i < s->rows->nvar; i++) {
		const struct var *v = s->rows->var[i];
		int64_t factor = state_of(s->aggrs, v)->factor;
		bool is_zoomed = options_on(s->aggrs->options, OPT_AGGZOOM);

		aggr_value_show(b, v, aggr_row_value(s->rows, s->row, i), factor, is_zoomed);
		for (uint32_t cpu = 0; cpu < s->rows->ncpu; cpu++) {
			buf_printf(b, "\n    [CPU %u]", cpu);
			aggr_value_show(b, v, aggr_row_cpu_value(s->rows, s->row, i, cpu), factor,
			    is_zoomed);
		}
	}
	buf_putc(b, '\n');
}

/* `%@`: those that are too many show the last aggregation again. */
static void
show_conv(const void *self, struct buf *b, uint32_t idx, const struct printf_conv *conv)
{
	const struct showing *s = self;
	uint32_t i = idx < s->rows->nvar ? idx : s->rows->nvar - 1;
	const struct var *v = s->rows->var[i];

	aggr_value_format(b, v, aggr_row_value(s->rows, s->row, i),
	    state_of(s->aggrs, v)->factor, options_on(s->aggrs->options, OPT_AGGZOOM), conv);
}

static void
show_rows(struct aggrs *a, struct buf *b, const struct aggr_rows *rows,
    const struct printf_fmt *fmt)
{
	uint32_t nkey = rows->var[0]->nkey;
	_cleanup_free_ struct format_value *key = calloc(nkey + 1, sizeof(*key));

	if (key == NULL)
		BUG("out of memory");
	for (uint32_t i = 0; i < rows->n; i++) {
		struct showing s = { a, rows, &rows->row[i] };

		load_key(&s, key);
		if (fmt == NULL)
			show_default(b, &s, key);
		else
			format_print_aggr(b, fmt, key, nkey, show_conv, &s);
	}
}

/* One aggregation in the default format, which options make a table. */
static bool
show_table(struct aggrs *a, struct buf *b, const struct aggr_rows *rows)
{
	const struct var *v = rows->var[0];
	bool is_zoomed = options_on(a->options, OPT_AGGZOOM);

	if (rows->nvar != 1 || rows->n == 0 || v->nkey == 0 || rows->ncpu > 0)
		return false;
	for (uint32_t i = 0; i < v->nkey; i++)
		if (type_real(v->key[i])->kind == TYPE_STACK)
			return false;	/* has lines of its own */
	if (aggr_value_hist(v) == NULL && options_on(a->options, OPT_AGGHIST))
		aggr_table_bars(b, rows, state_of(a, v)->factor, is_zoomed);
	else if (aggr_value_hist(v) != NULL && options_on(a->options, OPT_AGGPACK))
		aggr_table_packed(b, rows, state_of(a, v)->factor, is_zoomed);
	else
		return false;
	return true;
}

static int
print(struct aggrs *a, struct buf *b, const struct var *const *var, uint32_t nvar,
    const struct printf_fmt *fmt)
{
	const struct aggr_order order = order_of(a);
	struct aggr_rows rows;
	int err = aggr_rows_read(&rows, &a->source, a->show, var, nvar,
	    options_on(a->options, OPT_AGGPERCPU));

	if (err == 0) {
		aggr_rows_sort(&rows, &order);
		for (uint32_t i = 0; i < nvar && rows.n > 0; i++)
			state_of(a, var[i])->is_printed = true;
		if (fmt != NULL || !show_table(a, b, &rows))
			show_rows(a, b, &rows, fmt);
	}
	aggr_rows_fini(&rows);
	return err;
}

int
aggrs_print(struct aggrs *a, struct buf *b, const struct var *const *var, uint32_t nvar,
    const struct printf_fmt *fmt)
{
	if (fmt == NULL)
		buf_putc(b, '\n');
	return print(a, b, var, nvar, fmt);
}

int
aggrs_print_rest(struct aggrs *a, struct buf *b, const struct var *const *all, uint32_t n)
{
	bool is_reversed = options_on(a->options, OPT_AGGSORTREV);
	int err = 0;

	for (uint32_t i = 0; i < n && err == 0; i++) {
		const struct var *const *v = &all[is_reversed ? n - 1 - i : i];

		if (!state_of(a, *v)->is_printed)
			err = print(a, b, v, 1, NULL);
	}
	return err;
}

void
aggrs_normalize(struct aggrs *a, const struct var *v, int64_t factor)
{
	/* DTrace dies of a factor of 0 */
	state_of(a, v)->factor = factor != 0 ? factor : 1;
}

/* ---------------------------------------------------------------- clear and trunc */

/*
 * Keys of one aggregation, as the kernel has them: by CPU. They are collected first and changed
 * then, because a map must not be changed while it is read.
 */
struct keys {
	const struct aggr_rows *doomed;	/* only these tuples; NULL: all */
	uint32_t bytes;
	vec(char *) key;
};

static int
collect_key(void *arg, const void *key, const void *value)
{
	struct keys *k = arg;
	const void *tuple = (const char *)key + AGGR_KEY_TUPLE;
	char *copy;

	(void)value;
	if (k->doomed != NULL && aggr_rows_find(k->doomed, tuple) == NULL)
		return 0;
	copy = malloc(k->bytes);
	if (copy == NULL)
		BUG("out of memory");
	memcpy(copy, key, k->bytes);
	vec_push(&k->key, copy);
	return 0;
}

/* Write the value to all entries of these tuples; NULL: remove them. */
static int
change(struct aggrs *a, const struct var *v, const struct aggr_rows *doomed, const void *value)
{
	struct keys k = { .doomed = doomed, .bytes = AGGR_KEY_TUPLE + tuple_bytes(v) };
	int err = a->source.each(a->source.self, v, collect_key, &k);

	for (size_t i = 0; i < k.key.n; i++) {
		if (err == 0 && value != NULL)
			err = a->source.write(a->source.self, v, k.key.v[i], value);
		else if (err == 0)
			err = a->source.remove(a->source.self, v, k.key.v[i]);
		free(k.key.v[i]);
	}
	vec_fini(&k.key);
	return err;
}

int
aggrs_clear(struct aggrs *a, const struct var *v)
{
	_cleanup_free_ uint64_t *value = calloc(aggr_words(v), sizeof(*value));

	if (value == NULL)
		BUG("out of memory");
	aggr_value_reset(v, value);
	return change(a, v, NULL, value);
}

int
aggrs_trunc(struct aggrs *a, const struct var *v, bool has_n, int64_t n)
{
	const struct aggr_order order = { .is_reversed = n > 0 };
	uint64_t keep = n < 0 ? -(uint64_t)n : (uint64_t)n;
	struct aggr_rows rows;
	int err;

	if (!has_n)
		return change(a, v, NULL, NULL);
	err = aggr_rows_read(&rows, &a->source, a->show, &v, 1, false);
	if (err == 0) {
		aggr_rows_sort(&rows, &order);
		aggr_rows_drop(&rows, keep < rows.n ? (uint32_t)keep : rows.n);
		err = change(a, v, &rows, NULL);
	}
	aggr_rows_fini(&rows);
	return err;
}
