/* What the python provider offers beside the interface of a provider. */
#ifndef PROV_PYTHON_H
#define PROV_PYTHON_H

#include <stdbool.h>

#include "prov/prov.h"

/* Is a probe that the object behind fd has notes of left out, because the python provider has a
 * truer one of that name? */
bool python_replaces(struct prov_env *, int fd, const char *prov, const char *name);

#endif
