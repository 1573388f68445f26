/*
 * The line of an instruction, by a program: walks the table of lines of a code object in the
 * memory of the process that runs.
 */
#ifndef INTERP_LINES_IR_H
#define INTERP_LINES_IR_H

#include "interp/cpython.h"
#include "ir/ir.h"
#include "rec/state.h"

/* What the walk remembers lies in the state's scratch, for the verifier's sake. */
enum {
	LINES_bytes = STATE_scratch,
	LINES_at = STATE_scratch + 16,		/* address in the table, … */
	LINES_end = STATE_scratch + 24,		/* … of its end */
	LINES_units = STATE_scratch + 32,	/* to go to the instruction: code units, or bytes */
	LINES_line = STATE_scratch + 40,	/* of the definition, at first */
};

/* A function of the address of the state, where LINES_at and so on are set. It gives 1 when
 * LINES_line is the line of the instruction, 0 when it has walked so many turns, one for each entry,
 * and must be called again. */
struct ir_func *lines_ir(struct arena *, enum cpython_lines, int turns);

#endif
