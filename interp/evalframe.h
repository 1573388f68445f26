/*
 * Where CPython enters and leaves Python functions up to 3.10, where each is a C call of the
 * evaluation loop, `_PyEval_EvalFrameDefault(…, frame, throwflag)`: it puts the frame on the
 * thread's chain when it begins, and takes it off when it ends. What comes in between, or never
 * gets so far (too deep a recursion), is no event of the interpreter's own probes either.
 */
#ifndef INTERP_EVALFRAME_H
#define INTERP_EVALFRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "interp/handler.h"

/* gives: false and ->why. The loop's code: `bytes` from `eval` on. */
bool evalframe_find(const struct image *, const struct cpython_layout *, uint64_t eval,
    uint64_t bytes, struct handlers *);

#endif
