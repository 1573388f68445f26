/* Programs that do a part of our work: a preprocessor, a C compiler. */
#ifndef OS_COMMAND_H
#define OS_COMMAND_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Run a program (found by PATH) with `in` as its standard input, to its end. Its standard output
 * is appended to `out`; NULL: it is ours. Standard error is ours.
 * gives: its exit status, 128 + N when signal N ended it, or a negative errno.
 */
int command_run(const char *const argv[], const void *in, size_t n, struct buf *out);

/* Run a shell command to its end, with our standard files, as system(3) does; but signals that we
 * hold back reach it. gives: as command_run(). */
int command_shell(const char *text);

#endif
