/* A provider, for the two libraries that are made of it (usdt.c, compat.c). */
#ifndef USDT_PROVIDER_H
#define USDT_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "include/usdt.h"
#include "usdt/probe.h"
#include "usdt/segment.h"

enum { MESSAGE_BYTES = 1024 };

struct usdt_provider {
	struct usdt_provider *next;	/* of the process's list */
	char *name;
	unsigned flags;
	struct probe **probe;		/* those before nloaded have a segment */
	uint32_t *hash;			/* of their names */
	size_t n, room, nloaded;
	struct part {			/* a segment, and the number of its first probe */
		struct segment *segment;
		size_t first;
	} *part;
	size_t nparts;
	bool is_loaded;
	char message[MESSAGE_BYTES];
};

#endif
