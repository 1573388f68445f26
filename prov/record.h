/* D types from how the kernel spells them: fields of trace events, parameters of functions. */
#ifndef PROV_RECORD_H
#define PROV_RECORD_H

#include "os/tracefs.h"
#include "prov/prov.h"

/* Always a type: what D does not know by name is an integer of that size, or bytes. */
const struct type *record_type(struct prov_env *, const char *spelling, uint32_t size_bytes,
    bool is_signed);
/* Is the field's value a number? Otherwise it is the place of the bytes. */
bool record_is_scalar(const struct tracefs_field *);

/* p->arg from fields. */
void record_set_types(struct prov_env *, struct probe *p, const struct tracefs_field *, uint32_t n);

#endif
