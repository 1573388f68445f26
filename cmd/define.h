/* dtrace -h and dtrace -G: which files they write. */
#ifndef CMD_DEFINE_H
#define CMD_DEFINE_H

#include "cmd/args.h"
#include "include/dt.h"

/* Before programs are added: takes out of the command line what only C compilers understand, and
 * refuses what has no name for its product. gives: 0, or the exit status after a message. */
int define_check(struct args *);

/* requires: the programs were added. gives: the exit status; -1: see dt_error(). */
int define_write(struct dt *, const struct args *);

#endif
