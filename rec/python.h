/*
 * What programs know of processes that run CPython, and what a firing has found of the thread's
 * Python frame. Shared by the code that walks frames (gen) and who tells it where they are (run).
 *
 * MAP_PYTHON is a HASH from the pid to a struct rec_python. A program that meets a process which
 * is not in it, or has become another program since, enters it as one without Python, and sends
 * REC_PYTHON with the pid: the consumer looks at the process, and fills the entry in.
 *
 * All offsets are in bytes. A pointer that can't be read counts as NULL.
 */
#ifndef REC_PYTHON_H
#define REC_PYTHON_H

#include <stdint.h>

struct rec_python {
	uint64_t mm;		/* the address space that this is true of; 0: the first that is met */
	uint64_t interpreters;	/* where the pointer to the first interpreter is; 0: no Python */
	uint64_t shim, shim_end;	/* code objects here are of frames that are no function's */
	uint16_t interp_next, interp_threads;
	uint16_t tstate_next, tstate_thread_id, tstate_frame;
	uint16_t has_cframe, cframe_frame;	/* tstate_frame is that of a pointer to where it is */
	uint16_t frame_bytes;		/* that have all of the following; at most PYTHON_FRAME_BYTES */
	uint16_t frame_previous, frame_code, frame_instr;
	uint16_t frame_owner;		/* a byte: PYTHON_OWNER_SHIM and more: no function's; 0: none */
	uint16_t frame_copy;		/* number of the thread's copy of the code; 0: there are none */
	uint16_t index_bytes;		/* frame_instr is an int: so many bytes for 1; 0: an address */
	uint16_t code_line, code_file, code_name, code_qualname, code_lines, code_bytecode, code_copies;
	uint16_t lines;			/* enum cpython_lines */
	uint16_t bytes_size, bytes_data;
	uint16_t str_state, str_ascii, str_utf8, str_compact;	/* lengths are at bytes_size, too */
	uint16_t str_kind_bit, str_compact_bit, str_ascii_bit;
	uint16_t unused[1];
};
_Static_assert(sizeof(struct rec_python) % 8 == 0, "copied by words");

enum { PYTHON_FRAME_BYTES = 128, PYTHON_OWNER_SHIM = 3 };

/* In the state of a firing that asks for Python, at state_layout.python_off. */
struct rec_python_now {
	uint32_t found;			/* PYTHON_UNASKED … */
	uint32_t unused;
	uint64_t word;			/* what was read last */
	uint64_t fsbase;
	uint64_t interp, tstate;
	uint64_t top;			/* the current function's frame */
	/* where a walk is: a frame of a function, after rt_py_frame() */
	uint64_t frame, previous, code, instr, copy;
	uint8_t bytes[PYTHON_FRAME_BYTES];
	struct rec_python row;		/* of the process */
};
enum { PYTHON_UNASKED, PYTHON_NONE, PYTHON_FOUND };

#endif
