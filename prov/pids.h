/*
 * Which processes does a description mean? For providers whose names are a word and a pid:
 *
 *   "python1234"    process 1234, if it has a provider python; else 234 with python1 …
 *   "py*", "*1234"  the -p and -c processes; without any, every process whose pid can match
 *   "", "*"         the -p and -c processes; without any, nothing
 *
 * so that BEGIN or tick-1s looks at no process that wasn't asked for.
 */
#ifndef PROV_PIDS_H
#define PROV_PIDS_H

#include "prov/prov.h"

/* What a process has for a description. */
struct pids_found {
	uint32_t n;			/* probes that match, known before or not */
	bool has_provider;		/* the one that the description asks for */
};

/* Look a process through; one that can't be has nothing. */
typedef struct pids_found pids_scan_fn(struct prov_env *, const struct pdesc *, pid_t);

/* 0 or -errno and env->err. */
int pids_each(struct prov_env *, const struct pdesc *, pids_scan_fn *);

/* The name of a module: the base name of the object; a memfd's is the name that it was made with.
 * Memory: the arena's. */
const char *pids_module(struct prov_env *, const char *path);

#endif
