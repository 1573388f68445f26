/*
 * The files met while processes are looked through for a description: each is opened once, however
 * many processes map it. What is remembered ends with the pass (prov_env.pass), because a number of
 * an inode may get a new owner.
 */
#ifndef PROV_SEEN_H
#define PROV_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "os/proc.h"
#include "prov/prov.h"

struct seen_file {
	unsigned dev_major, dev_minor;
	uint64_t inode;
	uint32_t pass;			/* 0: a free place */
	bool is_done;			/* for every process */
	const void *object;		/* what was read of it; NULL: not yet */
};

/* Never NULL; valid until the next call. */
struct seen_file *seen_get(struct prov_env *, const struct proc_map *);

#endif
