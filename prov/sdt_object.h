/*
 * The stapsdt probes of an ELF object, read once per object and session, whoever maps it.
 */
#ifndef PROV_SDT_OBJECT_H
#define PROV_SDT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "prov/argspec.h"
#include "prov/prov.h"

/* The arguments of a note. */
struct sdt_args {
	struct shape shape;		/* equal places, equal pointers */
	const struct argspec *spec;
};

/* What an object of libusdt says of its arguments, one of sdt_args.spec each. */
struct sdt_arg {
	const char *type;		/* "int8_t" … "uint64_t", "char *", "double" */
	const char *name;		/* or "" */
};

/* A note. Everything in it is the same for all processes. */
struct sdt_note {
	const char *prov, *name;	/* "__" has become "-" */
	const char *func;		/* that encloses it, or "" */
	const struct sdt_args *args;
	const struct sdt_arg *arg;	/* NULL: nothing is known but args */
	uint64_t pc, base, semaphore;	/* as readelf -n shows */
	uint64_t off, ref_ctr_off;	/* in the file; ref_ctr_off 0: no semaphore */
	bool is_nop5;
	bool is_replaced;		/* another provider has a truer probe of that name */
};

struct sdt_object {
	struct sdt_note *note;
	uint32_t nnote;
};

/*
 * The object behind an open file; `name` is for messages. What can't be read in it is told to
 * env->note, once. Never NULL; no notes: it isn't an object, or has no probes.
 */
const struct sdt_object *sdt_object_get(struct prov_env *, int fd, const char *name);

#endif
