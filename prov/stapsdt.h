/* What the stapsdt provider offers beside the interface of a provider. */
#ifndef PROV_STAPSDT_H
#define PROV_STAPSDT_H

#include "prov/prov.h"

/* Add the probes of an ELF file, to be listed: no process, so no site can be armed. 0 or -errno
 * and env->err. */
int stapsdt_list_file(struct prov_env *, const char *path);

#endif
