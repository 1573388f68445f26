/* D types of the fields of trace events' records, from how tracefs spells them. */
#ifndef PROV_RECORD_H
#define PROV_RECORD_H

#include "os/tracefs.h"
#include "prov/prov.h"

/* Always a type: what D does not know by name is an integer of that size, or bytes. */
const struct type *record_type(struct prov_env *, const struct tracefs_field *);
/* Is the field's value a number? Otherwise it is the place of the bytes. */
bool record_is_scalar(const struct tracefs_field *);

/* p->arg from the fields of an event's record, the first `skip` of them left out. */
void record_add_types(struct prov_env *, struct probe *p, const char *group, const char *event,
    uint32_t skip);

#endif
