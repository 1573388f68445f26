/* printf() and trace(): values → text, exactly as DTrace's; formats are parsed by lang/printf. */
#ifndef RUN_FORMAT_H
#define RUN_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "lang/printf.h"
#include "type/type.h"

enum format_kind {
	FORMAT_INT,	/* size 1, 2, 4 or 8; may be the low bytes of a longer one */
	FORMAT_STR,	/* up to the NUL, or size */
	FORMAT_FLOAT,	/* size 4, 8 or 16: C's float, double, long double */
	FORMAT_BYTES,
	FORMAT_STACK,	/* rec/stack.h, as `how` says */
	FORMAT_SYMBOL,
};

struct show;

/* A value to print: where it is, and how to see it. */
struct format_value {
	const void *data;
	uint32_t size;
	enum format_kind kind;
	bool is_signed;			/* INT */
	enum type_how how;		/* STACK, SYMBOL */
	struct show *show;		/* gives names to addresses */
};

/* How a value of that type, by value at data, is seen. */
struct format_value format_value(const struct type *, const void *data, struct show *);

/* 0: not a FLOAT of a size that there is. */
long double format_float(const struct format_value *);
int64_t format_int(const struct format_value *);	/* extended by its sign; 0: not an INT */

/* Append fmt with its values, widths of `*` included (the checker has checked their number and
 * types; what is missing prints as nothing). */
void format_print(struct buf *, const struct printf_fmt *, const struct format_value *,
    uint32_t n);

/* printa(): `%@` conversions call agg(self, buf, index, conversion) for the value of the
 * aggregation, index counting them from 0. */
void format_print_aggr(struct buf *, const struct printf_fmt *, const struct format_value *key,
    uint32_t nkey, void (*agg)(const void *self, struct buf *, uint32_t idx,
    const struct printf_conv *), const void *self);

/* One value by one conversion, whose `*` have been replaced. */
void format_conv(struct buf *, const struct printf_conv *, const struct format_value *);

/* One value in trace()'s format, or in that of a key of an aggregation (format_trace.c); raw: bytes,
 * whatever it is, but for stacks, symbols, and keys that are integers. indent: of frames. */
void format_trace(struct buf *, const struct format_value *, bool quiet, bool raw,
    uint32_t indent);
void format_key(struct buf *, const struct format_value *, bool raw, uint32_t indent);
/* In hex; nothing for 0 bytes. */
void format_dump(struct buf *, const void *, uint32_t size);

/* Decimal, right-aligned: %*lld, %-*lld when width is negative. */
void format_dec(struct buf *, int64_t, int width);
void format_udec(struct buf *, uint64_t, int width);
/* Bytes, right-aligned; left-aligned when width is negative. */
void format_text(struct buf *, const char *, size_t n, int width);

#endif
