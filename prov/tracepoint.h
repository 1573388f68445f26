/*
 * The kernel's tracepoints as probes PROVIDER:group::name, for the providers that differ only in
 * what a program sees of one.
 */
#ifndef PROV_TRACEPOINT_H
#define PROV_TRACEPOINT_H

#include "prov/prov.h"

/* Can it match any? Says so without a look at the kernel's list. */
bool tracepoint_may_match(const struct pdesc *, const char *prov);
/* Adds those that it matches, with one site each. For struct provider. */
int tracepoint_list(struct prov_env *, const struct pdesc *, const struct provider *);

#endif
