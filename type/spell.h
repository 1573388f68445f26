/* Types and values in C's syntax. */
#ifndef TYPE_SPELL_H
#define TYPE_SPELL_H

#include "base/buf.h"
#include "type/type.h"

/* "struct foo *", "char [16]", "uint64_t", "string", "<DYN>"; the text lives in the arena. */
const char *type_spell(struct arena *, const struct type *);

#endif
