/*
 * -x agghist and aggpack: aggregations as tables, a line for each tuple (illumos has them).
 *
 *                 key  ------------- Distribution ------------- count
 *                  sh |@@@@@@@@@@@@@@@@@@@@                     10
 *
 *                 key  min .-------------. max    | count
 *                read    1 :   _xxX      : 512    | 82
 */
#include "run/aggr_table.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>

#include "base/buf.h"
#include "rec/aggr.h"
#include "run/aggr_hist.h"
#include "run/aggr_value.h"
#include "run/format.h"

enum { KEY_WIDTH = 16 };

/* The elements of a tuple, with a blank between them. */
static void
put_key(struct buf *b, const struct aggr_rows *rows, const struct aggr_row *row)
{
	const struct var *v = rows->var[0];
	const char *p = row->tuple;
	struct buf one = BUF_INIT;

	for (uint32_t i = 0; i < v->nkey; i++) {
		struct format_value value = format_value(v->key[i], p, rows->show);
		size_t from = 0;

		buf_clear(&one);
		format_key(&one, &value, false, 0);
		while (one.n > 0 && isspace((unsigned char)one.p[one.n - 1]))
			one.n--;
		while (from < one.n && isspace((unsigned char)one.p[from]))
			from++;
		if (i > 0)
			buf_putc(b, ' ');
		buf_add(b, one.p + from, one.n - from);
		p += tuple_elem_bytes(v->key[i]);
	}
	buf_fini(&one);
}

static int
key_width(const struct aggr_rows *rows)
{
	struct buf key = BUF_INIT;
	size_t width = KEY_WIDTH;

	for (uint32_t i = 0; i < rows->n; i++) {
		buf_clear(&key);
		put_key(&key, rows, &rows->row[i]);
		if (key.n > width)
			width = key.n;
	}
	buf_fini(&key);
	return (int)width;
}

static void
put_key_column(struct buf *b, const struct aggr_rows *rows, const struct aggr_row *row, int width)
{
	struct buf key = BUF_INIT;

	put_key(&key, rows, row);
	format_text(b, key.p, key.n, width);
	buf_putc(b, ' ');
	buf_fini(&key);
}

void
aggr_table_bars(struct buf *b, const struct aggr_rows *rows, int64_t factor, bool is_zoomed)
{
	const struct var *v = rows->var[0];
	const int width = key_width(rows);
	struct hist_scale scale = { 0 };

	for (uint32_t i = 0; i < rows->n; i++)
		hist_scale_add(&scale, aggr_value_number(v,
		    aggr_row_value(rows, &rows->row[i], 0), 1), is_zoomed);
	buf_printf(b, "\n%*s %s\n", width, "key", hist_title);
	for (uint32_t i = 0; i < rows->n; i++) {
		const uint64_t *value = aggr_row_value(rows, &rows->row[i], 0);

		put_key_column(b, rows, &rows->row[i], width);
		hist_show_line(b, &scale, aggr_value_number(v, value, 1),
		    aggr_value_number(v, value, factor));
	}
}

/* How much of all, as a character; the lowest two are alike, so that anything is to be seen. */
static char
cell(int64_t count, const struct hist_scale *scale)
{
	static const char more[] = "__xxxxXX", less[] = "vvvvVV";
	const char *table = count < 0 ? less : more;
	size_t last = count < 0 ? sizeof(less) - 2 : sizeof(more) - 2;

	if (count == 0 || scale->total == 0)
		return ' ';
	return table[(size_t)(fabsl((long double)count) * (long double)last / scale->total + 0.5L)];
}

static void
put_cells(struct buf *b, const uint64_t *count, uint32_t first, uint32_t last, bool is_zoomed)
{
	struct hist_scale scale = { 0 };

	for (uint32_t i = first; i <= last; i++)
		hist_scale_add(&scale, (int64_t)count[i], is_zoomed);
	for (uint32_t i = first; i <= last; i++)
		buf_putc(b, cell((int64_t)count[i], &scale));
}

void
aggr_table_packed(struct buf *b, const struct aggr_rows *rows, int64_t factor, bool is_zoomed)
{
	const struct var *v = rows->var[0];
	const struct hist_shape *shape = aggr_value_hist(v);
	const int width = key_width(rows);
	uint32_t first = UINT32_MAX, last = 0;
	struct buf low = BUF_INIT, high = BUF_INIT;

	for (uint32_t i = 0; i < rows->n; i++)
		hist_range(shape, v, aggr_row_value(rows, &rows->row[i], 0), &first, &last);
	shape->label(&low, v, first, first);
	shape->label(&high, v, last, first);
	buf_printf(b, "\n%*s %*s .", width, "key", low.n > 3 ? (int)low.n : 3, "min");
	buf_fill(b, '-', last - first + 1);
	buf_printf(b, ". %-*s | count\n", high.n > 3 ? (int)high.n : 3, "max");
	for (uint32_t i = 0; i < rows->n; i++) {
		const uint64_t *count = aggr_row_value(rows, &rows->row[i], 0);

		put_key_column(b, rows, &rows->row[i], width);
		format_text(b, low.p, low.n, 3);
		buf_puts(b, " :");
		put_cells(b, count, first, last, is_zoomed);
		buf_puts(b, ": ");
		format_text(b, high.p, high.n, -3);
		buf_puts(b, " | ");
		format_dec(b, hist_total(v, count) / factor, 0);
		buf_putc(b, '\n');
	}
	buf_fini(&low);
	buf_fini(&high);
}
