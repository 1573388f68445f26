/*
 * Providers whose probes are rows of compose.def: others, under a condition, with other arguments.
 * A probe of such a name has the sites of the probes below, armed by their providers. Before the
 * clauses of the user a program runs the row's prologue (run/compose.c).
 */
#ifndef PROV_COMPOSE_H
#define PROV_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prov/prov.h"

struct compose_row {
	const char *prov, *name;
	const char *below;		/* "prov:mod:func:name" */
	const char *when;		/* D */
	const char *types;		/* "type | from : to …" */
	const char *args;		/* D, separated by ';' */
	const char *upkeep;		/* D clauses; NULL: none */
};

/* site->row - 1 is an index. */
extern const struct compose_row compose_table[];
extern const uint32_t compose_nrow;

/* Let the provider below list, and give the row's probe a site for each that it has of the
 * description. false: none; then `why` has what the provider said of it, or "". */
bool compose_over(struct prov_env *, uint32_t row, const struct pdesc *below, const char *mod,
    const char *prov, const char *func, char *why, size_t why_bytes);

#endif
