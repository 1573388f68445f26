/* printf() and trace(): values → text, exactly as DTrace's; formats are parsed by lang/printf. */
#ifndef RUN_FORMAT_H
#define RUN_FORMAT_H

#include "base/buf.h"
#include "lang/node.h"
#include "rec/rec.h"

/* A value to print: where it is, and how to see it. */
struct format_value {
	const void *data;		/* size bytes; strings: up to the NUL or size */
	uint32_t size;
	bool is_string, is_signed;
	const struct type *type;
};

/* Append fmt with its values (the checker has checked the number and the types). */
void format_print(struct buf *, const char *fmt, const struct format_value *, uint32_t n);

/* printa(): `%@` conversions call agg(self, buf, index, spec) for the value of the aggregation;
 * spec is the conversion as text, without the @ ("%-10d"). */
void format_print_aggr(struct buf *, const char *fmt, const struct format_value *key, uint32_t nkey,
    void (*agg)(void *self, struct buf *, uint32_t idx, const char *spec), void *self);

/* One value in trace()'s format. */
void format_trace(struct buf *, const struct format_value *, bool quiet);


#endif
