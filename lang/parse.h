/* Text → tree. */
#ifndef LANG_PARSE_H
#define LANG_PARSE_H

#include "lang/node.h"
#include "lang/env.h"

/*
 * Parse one text. Declarations enter types and become DECL nodes; #pragma D option lines go to
 * env->option(). Errors are thrown (diag.h).
 */
struct program *parse(struct source *, struct lang_env *);

#endif
