/*
 * The kernel's types as D's: what BTF says of them, when it is asked for. Files are opened for the
 * first question; a structure is known by name and size until someone wants its members.
 */
#ifndef OS_KTYPE_H
#define OS_KTYPE_H

#include "os/btf.h"
#include "type/type.h"

struct ktypes;

/* Becomes the source of `types`; names may begin with "module`". *dir: the directory of the files,
 * which may change until one is opened; NULL there: the running kernel's. */
struct ktypes *ktypes_new(struct types *, const char *const *dir);
void ktypes_free(struct ktypes *);

/* Of the kernel proper; NULL: it has none. */
const struct btf_types *ktypes_btf(struct ktypes *);
/* The type of a variable or function; NULL: not known. is_percpu: each CPU has one. */
const struct type *ktypes_symbol(struct ktypes *, const char *mod, const char *name,
    bool *is_percpu);
/* A type of the kernel proper by its number. */
const struct type *ktypes_by_id(struct ktypes *, uint32_t id);

#endif
