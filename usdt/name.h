/* What providers, probes and arguments may be called. */
#ifndef USDT_NAME_H
#define USDT_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_PROVIDER_MAX = 50, NAME_PROBE_MAX = 60, NAME_ARG_MAX = 60, NAME_ANY_MAX = 200 };

/* gives: 0, or a USDT_E_NAME_*. */
int name_check_provider(const char *name, bool is_any);
int name_check_arg(const char *name);

/* The name as it is in a note, where '-' is "__". requires: `bytes` > 2 * NAME_ANY_MAX.
 * gives: 0, or a USDT_E_NAME_*. */
int name_of_probe(const char *name, bool is_any, char *to, size_t bytes);

#endif
