/* What the python provider offers beside the interface of a provider. */
#ifndef PROV_PYTHON_H
#define PROV_PYTHON_H

#include <stdbool.h>

#include "prov/prov.h"

/* Is a probe that the object behind fd has notes of left out, because the python provider has a
 * truer one of that name? */
bool python_replaces(struct prov_env *, int fd, const char *prov, const char *name);

struct py_site;
struct sdt_note;

/* Those of an interpreter's other probes that it has not, and that can be made. 0 or -errno. */
int python_other_list(struct prov_env *, const struct pdesc *);

/*
 * The arguments beyond its own of a true probe of the interpreter, at a note in a mapping of a
 * process; with the shape of all of them. NULL: it is no such probe, or they can't be had.
 */
const struct py_site *python_beside(struct prov_env *, pid_t, const struct proc_map *,
    const struct sdt_note *);
/* Of a true probe of the interpreter with more arguments, as of ours. */
void python_mechanism(const struct probe *, const struct py_site *, struct buf *);
/* Their types and names, as those of the probe. */
void python_types(struct prov_env *, struct probe *);
/* The process has probes of an agent's: none of functions are made for it. */
void python_add_agent(struct prov_env *, pid_t);
bool python_has_agent(struct prov_env *, pid_t);

#endif
