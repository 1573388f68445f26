/* Types and values in C's syntax. */
#ifndef TYPE_SPELL_H
#define TYPE_SPELL_H

#include "base/buf.h"
#include "type/type.h"

/* "struct foo *", "char [16]", "uint64_t", "string", "<DYN>"; the text lives in the arena. */
const char *type_spell(struct arena *, const struct type *);

/* The parameters of a function type: "int, const char *"; "" when it has none. */
const char *type_spell_params(struct arena *, const struct type *);

#endif
