/*
 * The file that traced data go to. freopen() puts another one behind the same descriptor, so that
 * whatever else writes there, system()'s commands too, follows.
 */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

struct output {
	FILE *file;			/* not owned */
	int original;			/* a copy of its descriptor from before; -1: never reopened */
};

void output_init(struct output *, FILE *);
void output_fini(struct output *);	/* the file stays as it is */

/* All of these give 0 or -errno. */
int output_write(struct output *, const char *, size_t);
int output_reopen(struct output *, const char *path);	/* to append; "": the original */
int output_truncate(struct output *);

#endif
