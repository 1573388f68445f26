/* What routines share that follow CPython's structures. */
#ifndef GEN_RT_PYTHON_H
#define GEN_RT_PYTHON_H

#include "gen/gen_private.h"
#include "rec/python.h"

#define NOW(MEMBER) ((int32_t)offsetof(struct rec_python_now, MEMBER))
#define ROW(MEMBER) (NOW(row) + (int32_t)offsetof(struct rec_python, MEMBER))

/* now is the address of the struct rec_python_now. */
struct py_walk {
	struct ir_func *f;
	ir_val st, now;
};

/* In a routine whose argument 0 is the state; jumps when there is none. */
struct py_walk py_walk(struct gen *, struct ir_func *, ir_label out);

/* A member of the process's row; a word of now, 8 bytes. */
ir_val py_row(const struct py_walk *, int32_t member);
ir_val py_get(const struct py_walk *, int32_t member);
void py_set(const struct py_walk *, int32_t member, ir_val);

/* *(size *)addr in the process, or 0; and the same of a structure's member, by the row's offset. */
ir_val py_peek(const struct py_walk *, int size, ir_val addr);
ir_val py_member(const struct py_walk *, int size, ir_val base, int32_t member);

/* How far the instruction of the frame is from the beginning of its code, in bytes. */
ir_val py_instr_offset(const struct py_walk *);

#endif
