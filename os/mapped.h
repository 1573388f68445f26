/*
 * Executable mappings of files as they are made, by any process: the kernel's own records of them
 * (PERF_RECORD_MMAP2), one ring for each CPU. mmap, exec and the dynamic linker all end there.
 */
#ifndef OS_MAPPED_H
#define OS_MAPPED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/proc.h"

struct mapped;	/* one owner */

struct mapped_file {
	pid_t pid;		/* as we number it; it may be gone */
	struct proc_map map;
	uint64_t generation;	/* of the inode: a number that was freed has another owner now */
};

/* gives: NULL and a negative errno. */
struct mapped *mapped_open(int *err);
void mapped_free(struct mapped *);

/* The fd of a ring, to wait for a record in it (edge-triggered); -1: no more. */
int mapped_fd(const struct mapped *, unsigned i);

/* Calls fn for each record since the last time. gives: were records lost? */
bool mapped_read(struct mapped *, void (*fn)(void *self, const struct mapped_file *), void *self);

#endif
