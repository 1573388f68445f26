/*
 * Arming probes of user space, shared by every provider whose sites are places in files: a
 * breakpoint that the kernel puts there (a uprobe), whose program gets the probe's id as its
 * cookie.
 */
#ifndef PROV_UPROBE_H
#define PROV_UPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "prov/prov.h"

/* What the ->data of a site points at begins with this. */
struct uprobe_site {
	const char *path;	/* by which the kernel, for us, finds the file */
	uint64_t off;		/* in the file */
	uint64_t ref_ctr_off;	/* of the semaphore, in the file; 0: none */
	pid_t pid;		/* 0: every process that maps the file */
	uint64_t addr;		/* of the site in that process; 0: not known */
	bool is_nop5;		/* the instruction there is a 5-byte nop; see nop5.h */
	int32_t data;		/* for the program: the upper half of its cookie */
};

/* Programs of kprobe type, which may sleep and know their probe by a cookie. */
extern const struct context uprobe_context;

/* For struct provider. */
uint32_t uprobe_attach_type(struct prov_env *);
int uprobe_attach(struct prov_env *, struct site **, size_t n, int prog_fd);

#endif
