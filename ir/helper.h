/* Names of the kernel's helper functions. */
#ifndef IR_HELPER_H
#define IR_HELPER_H

const char *helper_name(int nr);	/* NULL: newer than we are */
int helper_find(const char *name);	/* -1: no such helper */

#endif
