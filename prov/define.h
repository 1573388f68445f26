/* The C side of provider definitions: what dtrace -h and -G write. */
#ifndef PROV_DEFINE_H
#define PROV_DEFINE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lang/node.h"

/* No stapsdt probe has more arguments. */
#define DEFINE_ARGS_MAX 12

/* Why these PROVIDER nodes can't be put into one program; NULL: they can. */
const char *define_refuse(struct arena *, const struct node *const *provider, size_t n);

/* The header: per probe the macros NAME(args) and NAME_ENABLED(). guard: of its file. */
void define_header(struct buf *, struct arena *, const struct node *const *provider, size_t n,
    const char *guard);

/* C source of the object: every semaphore. */
void define_source(struct buf *, const struct node *const *provider, size_t n);

#endif
