/* Tree → typed tree. */
#ifndef LANG_CHECK_H
#define LANG_CHECK_H

#include "lang/env.h"
#include "lang/node.h"

/*
 * Names, types, conversions, constant folding and the rules of actions, in place.
 * requires: parse() made it; programs are checked in the order of the command line, with one
 * env (variables are shared). gives: the tree that node.h describes. Errors are thrown.
 */
void check(struct program *, struct lang_env *);

#endif
