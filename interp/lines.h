/* The line of an instruction, by a code object's table of lines: what lines_ir.h does in a program,
 * of a copy of the table. */
#ifndef INTERP_LINES_H
#define INTERP_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "interp/cpython.h"

/* first: the definition's; offset: of the instruction, in bytes. A table that ends before gives
 * the last line that it has; every byte may be anything. */
int32_t lines_find(enum cpython_lines, const uint8_t *table, size_t bytes, int32_t first,
    int64_t offset);

#endif
