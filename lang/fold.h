/* Constant folding, on the tree that the checker has typed. */
#ifndef LANG_FOLD_H
#define LANG_FOLD_H

#include "lang/node.h"

/*
 * Make this node an INT when its value is known: an operator or a conversion to an integer
 * whose operands are INTs, and && || ?: decided by their first operand.
 * requires: checked, operands folded and converted. Throws D_DIV_ZERO.
 */
void fold(struct node *);

#endif
