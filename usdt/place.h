/*
 * Where the image of a provider is put, for the kernel places breakpoints into files only: a file
 * named by its content, which all the processes of a user share, or a memfd.
 */
#ifndef USDT_PLACE_H
#define USDT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "usdt/image.h"

struct place {
	int fd;		/* readable, close on exec; owned */
	bool is_memfd;	/* the fd must stay open, for it is the only way to the file */
	dev_t dev;
	ino_t ino;
	char *path;	/* owned */
};

/* One sentence that grows: why the places that were tried did not do. */
struct why {
	char *text;
	size_t bytes;
};

void why_add(struct why *, const char *where, const char *what);

/* The kinds of places, in the order of preference, from 0 up to this. */
enum { PLACE_KINDS = 8 };
/* The kind that is a memfd. */
enum { PLACE_MEMFD = PLACE_KINDS - 1 };

/*
 * Puts the image there, or finds that it is there already. copy: 0, or a number for a further one
 * of the same content. gives: true, and *place filled in; else the reason in `why`, unless this
 * kind of place does not apply.
 */
bool place_image(struct place *, unsigned kind, const struct image *, const char *provider,
    unsigned copy, struct why *);

/* Opens it once more. gives: an fd, the caller's; -1 if it is not the same file any more. May be
 * called in a signal handler. */
int place_reopen(const struct place *);

void place_fini(struct place *);

#endif
