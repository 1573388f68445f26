/*
 * What programs know of processes that run CPython, and what a firing has found of the thread's
 * Python frame. Shared by the code that walks frames (gen) and who tells it where they are (run).
 *
 * MAP_PYTHON is an LRU_HASH from the pid to a struct rec_python. A program that meets a process which
 * is not in it, or has become another program since, enters it as one without Python, and sends
 * REC_PYTHON with the pid: the consumer looks at the process, and fills the entry in.
 *
 * All offsets are in bytes. A pointer that can't be read counts as NULL.
 */
#ifndef REC_PYTHON_H
#define REC_PYTHON_H

#include <stdint.h>

#include "rec/rec.h"

struct rec_python {
	uint64_t mm;		/* the address space that this is true of; 0: the first that is met */
	uint64_t interpreters;	/* where the pointer to the first interpreter is; 0: no Python */
	uint64_t shim, shim_end;	/* code objects here are of frames that are no function's */
	/* of objects of these types, and of these objects: their addresses; 0: not known */
	uint64_t type_int, type_float, type_str, type_bool, type_cell, none, true_;
	uint16_t interp_next, interp_threads;
	uint16_t has_many;		/* threads: look into MAP_PYTHON_THREAD first */
	uint16_t tstate_next, tstate_interp, tstate_thread_id, tstate_frame;
	uint16_t has_cframe, cframe_frame;	/* tstate_frame is that of a pointer to where it is */
	uint16_t frame_bytes;		/* that have all of the following; at most PYTHON_FRAME_BYTES */
	uint16_t frame_previous, frame_code, frame_instr;
	uint16_t frame_owner;		/* a byte: PYTHON_OWNER_SHIM and more: no function's; 0: none */
	uint16_t frame_locals;		/* the first local variable */
	uint16_t frame_is_entry;	/* a byte; 0: there is none */
	uint16_t frame_copy;		/* number of the thread's copy of the code; 0: there are none */
	uint16_t index_bytes;		/* frame_instr is an int: so many bytes for 1; 0: an address */
	uint16_t code_bytes;		/* from code_line; at most PYTHON_CODE_BYTES */
	uint16_t code_line, code_file, code_name, code_qualname, code_lines, code_bytecode, code_copies;
	uint16_t code_argcount;
	uint16_t lines;			/* enum cpython_lines */
	uint16_t bytes_size, bytes_data;	/* at bytes_size begins what any object has of its own */
	uint16_t ob_type;
	uint16_t int_tag;		/* not 0: integers have a tag there, not a signed length */
	uint16_t str_state, str_ascii, str_utf8, str_compact;	/* lengths are at bytes_size, too */
	uint16_t str_kind_bit, str_compact_bit, str_ascii_bit;
};
_Static_assert(sizeof(struct rec_python) % 8 == 0, "copied by words");

enum { PYTHON_DIGITS_BYTES = 72, PYTHON_NUMBER_BYTES = 128 };
enum { PYTHON_POINTER_MASK = ~3 };	/* a reference to an object may have tags in the lowest bits */
enum { PYTHON_FRAME_BYTES = 128, PYTHON_OWNER_SHIM = 3 };

/*
 * MAP_PYTHON_THREAD has the thread states of threads, by the kernel's numbers of these, where the
 * interpreter's list of them is long; one is only taken for right if it still is in that list.
 */

/*
 * MAP_PYTHON_CODE is an LRU_HASH from a code object's address in a process to what it was when it was
 * met, and its id: one that is not the same any more is met again. Ids are not used twice, so that
 * what a frame was stays known when code objects die and their memory is used by others. Who meets
 * a code object sends REC_PYTHON_CODE with its names, REC_PYTHON_LINES with its table of lines, and
 * only then enters it: no record has an id that was not told before.
 */
struct rec_python_code_key {
	uint64_t code;
	uint32_t pid, unused;
};
enum { PYTHON_CODE_BYTES = 88 };	/* from its line to its table of lines: it has the rest between */
struct rec_python_code_value {
	uint8_t bytes[PYTHON_CODE_BYTES];
	uint32_t id, unused;
};

/* Text of 1, 2 or 4 bytes for a character; longer ones are cut off. */
enum { PYTHON_TEXT_BYTES = 512 };
struct rec_python_text {
	uint32_t unit, bytes;
	uint8_t data[PYTHON_TEXT_BYTES];
};

/* What follows the header of REC_PYTHON_CODE. */
struct rec_python_code {
	uint32_t id, pid;
	int32_t line;			/* of the definition */
	uint32_t lines;			/* enum cpython_lines */
	uint64_t table_bytes;		/* of the table of lines, which follows in pieces */
	struct rec_python_text file, name;
};

/* … and that of REC_PYTHON_LINES: the pieces come in order. */
enum { PYTHON_PIECE_BYTES = 1024, PYTHON_PIECES = 64 };
struct rec_python_lines {
	uint32_t id, bytes;
	uint8_t data[PYTHON_PIECE_BYTES];
};

/* A frame of a stack: the code's id in the low half, above it the offset of the instruction, and
 * the highest bit in the outermost frame of those that one call of the evaluation loop runs. The
 * consumer can put a line in the offset's place, with a bit that says so. */
enum { PYTHON_FRAME_OFFSET = 32, PYTHON_FRAME_LINE = 62, PYTHON_FRAME_ENTRY = 63 };

/* In the state of a firing that asks for Python, at state_layout.python_off. */
struct rec_python_now {
	uint32_t found;			/* PYTHON_UNASKED … */
	uint32_t pid;
	uint64_t word;			/* what was read last */
	uint64_t fsbase;
	uint64_t interp, tstate;
	uint64_t thread;		/* the kernel's numbers of the thread */
	uint64_t top;			/* the current function's frame */
	uint64_t given;			/* the frame that the probe is about; 0: the top one is */
	uint64_t below;			/* what is below it, when it is off the thread's chain */
	/* where a walk is: a frame of a function, after rt_py_frame() */
	uint64_t frame, previous, code, instr, copy;
	uint64_t is_entry;	/* from C: PYTHON_FRAME_ENTRY of this one, … */
	uint64_t was_entry;	/* … of the one before: a shim was between */
	uint8_t bytes[PYTHON_FRAME_BYTES];
	uint8_t digits[PYTHON_DIGITS_BYTES], text[PYTHON_NUMBER_BYTES];
	struct rec_python row;		/* of the process */
};
enum { PYTHON_UNASKED, PYTHON_NONE, PYTHON_FOUND };

/* Behind it, when stacks are asked for. */
struct rec_python_stack {
	uint64_t n;			/* frames so far */
	uint64_t frame, is_entry;	/* the frame before the one that a walk is at */
	struct rec_python_code_key key;
	struct rec_python_code_value code;
	union {
		struct {
			struct rec_hdr hdr;
			struct rec_python_code code;
		} code;
		struct {
			struct rec_hdr hdr;
			struct rec_python_lines lines;
		} lines;
	} rec;
};
_Static_assert(sizeof(struct rec_python_stack) % 8 == 0, "what follows is aligned");

#endif
