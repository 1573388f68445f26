/*
 * Code objects of CPython that stacks have met, by the ids that programs gave them (rec/python.h).
 * What they were stays known when they have gone, and when their process has.
 */
#ifndef RUN_PYCODE_H
#define RUN_PYCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct pycodes;

struct pycodes *pycodes_new(void);
void pycodes_free(struct pycodes *);

/* What follows the header of REC_PYTHON_CODE, of REC_PYTHON_LINES. false: it is no such thing. */
bool pycodes_add(struct pycodes *, const void *, size_t bytes);
bool pycodes_add_lines(struct pycodes *, const void *, size_t bytes);

/* A frame as "function (file:line)". */
void pycodes_print(const struct pycodes *, struct buf *, uint64_t frame);
/* Frames that are printed alike become the same one. */
uint64_t pycodes_fold(const struct pycodes *, uint64_t frame);

#endif
