/*
 * Which processes does a description mean? For providers whose names are a word and a pid:
 *
 *   "python1234"    process 1234, if it has a provider python; else 234 with python1 …
 *   "py*", "*1234"  the -p and -c processes; without any, every process whose pid can match
 *   "py*"           … and every process that comes later, when no description names a process
 *   "", "*"         the -p and -c processes; without any, nothing, but every process with -l
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

/* Does this text, of a provider's name, have the pid of one process? */
bool pids_has_pid(const char *prov);

/* Is it a pattern for processes that were not asked for? */
bool pids_is_open(const char *prov);

/* May it match this word with some pid behind it? False is sure. */
bool pids_may_match(const char *prov, const char *word);

/* Does a pattern that no pid restricts mean every process, or every one that we follow, also those
 * that come later? */
bool pids_all(const struct prov_env *);

/* 0 or -errno and env->err. */
int pids_each(struct prov_env *, const struct pdesc *, pids_scan_fn *);

/* The mappings that are to be looked at: all of a process, or the new one. */
int pids_each_map(struct prov_env *, pid_t, int (*fn)(void *self, const struct proc_map *),
    void *self);

/* The name of a module: the base name of the object; a memfd's is the name that it was made with.
 * Memory: the arena's. */
const char *pids_module(struct prov_env *, const char *path);

#endif
