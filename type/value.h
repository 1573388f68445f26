/* Values in C's syntax, as print() shows them. */
#ifndef TYPE_VALUE_H
#define TYPE_VALUE_H

#include "base/buf.h"
#include "type/type.h"

/*
 * One value, of `bytes` bytes (what is behind them is shown as "..."), on lines that begin with
 * `indent` blanks and one more for each level; the first line only if is_indented. Members that are
 * zero are left out.
 */
void value_spell(struct buf *, const struct type *, const void *data, uint32_t bytes,
    unsigned indent, bool is_indented);

#endif
