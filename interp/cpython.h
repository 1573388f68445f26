/*
 * CPython: what its builds do differently from what their probes promise; where they enter and
 * leave functions when they have no probes; where things are in its memory.
 */
#ifndef INTERP_CPYTHON_H
#define INTERP_CPYTHON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct elf;

/*
 * In CPython 3.11, function-entry fires for next to no call, unless the interpreter believes that
 * `line` is being traced: then every call takes the way that has the probe. So the semaphore of
 * `line` must be held up while function-entry is traced; `line` itself need not be armed.
 *
 * gives: true when the object is such an interpreter; then *off is the file offset of code that
 * a running program does not execute (where a probe may carry the semaphore's reference) and
 * *semaphore_off the file offset of the semaphore of `line`.
 */
bool cpython_needs_line(struct elf *, uint64_t *off, uint64_t *semaphore_off);

/* Why a frame was entered or left: arg6 of function-entry and -return. */
enum cpython_why { CPYTHON_CALL, CPYTHON_YIELD, CPYTHON_RAISE };

/* How a code object tells lines: from 3.11 on, in 3.10, up to 3.9. */
enum cpython_lines { CPYTHON_LOCATIONS, CPYTHON_DELTAS, CPYTHON_LNOTAB };

enum { CPYTHON_OPS = 6 };

/*
 * One minor version: numbers of opcodes (0 ends a list), offsets of members in bytes. They are
 * the same in every release of the version, but for pre-releases.
 */
struct cpython_layout {
	uint16_t version;		/* 0x030c */
	bool is_free_threaded;
	uint8_t resume[CPYTHON_OPS];	/* a function begins, or goes on after a yield */
	uint8_t leave[CPYTHON_OPS];	/* it returns */
	uint8_t yield[CPYTHON_OPS];
	uint8_t init_check;		/* first in the code of the frame below an __init__() */
	/* _PyRuntime, interpreter */
	uint16_t runtime_interpreters, runtime_tstate;
	uint16_t interp_next, interp_threads;
	/* thread state */
	uint16_t tstate_next, tstate_interp, tstate_thread_id;
	uint16_t tstate_exception;	/* not 0 while one is being raised */
	/* what is monitored has a version: high bits of this word of the thread state, unless it
	 * traces; or (3.12) a word of the interpreter. 0: not there */
	uint16_t tstate_breaker, tstate_tracing, interp_monitored;
	uint16_t tstate_frame;		/* the frame, or a pointer to where it is … */
	uint16_t cframe_frame;		/* … this much from there */
	bool has_cframe;
	/* frame */
	uint16_t frame_code, frame_previous, frame_instr, frame_is_entry;
	uint16_t frame_locals;		/* the first local variable */
	uint16_t frame_owner;		/* a byte: who has made it; 0: there is none */
	/* up to 3.10: the frame is an object; index of the instruction; where the stack is of a
	 * generator that has yielded, else 0 (3.10: what it does) */
	bool is_object;
	uint16_t frame_lasti, frame_stacktop, frame_state;
	/* free-threaded: each thread has its own copy of the bytecode, by number; 0: code's own */
	uint16_t frame_copy, code_copies;
	/* code */
	uint16_t code_argcount;
	uint16_t code_line, code_file, code_name, code_qualname, code_lines, code_bytecode;
	uint16_t code_monitored;	/* the version that it was rewritten for */
	uint8_t lines;			/* enum cpython_lines */
	/* bytes, string */
	uint16_t bytes_size, bytes_data;
	bool has_int_tag;		/* integers have no signed length */
	uint16_t str_state, str_utf8, str_ascii, str_compact;
	uint16_t str_compact_bit, str_ascii_bit;
	uint16_t ob_type;
	/* words of _Py_DebugOffsets, from 3.13 on, that must say the same; 0: there are none */
	struct {
		uint8_t interpreters, interp_next, interp_threads, tstate_next, tstate_interp,
		    tstate_frame, tstate_thread_id, frame_code, frame_instr, code_file, code_name,
		    code_qualname, code_lines, code_line, code_bytecode, str_state, str_ascii;
		uint8_t remote;		/* the first of those that cpython_run() reads */
	} debug;
};

/* How a thread finds its thread state. */
enum cpython_tls {
	CPYTHON_TLS_NONE,
	CPYTHON_TLS_RUNTIME,	/* the one that has the lock is in _PyRuntime */
	CPYTHON_TLS_FS,		/* so far from the thread's own block */
	CPYTHON_TLS_GOT,	/* module number and offset are at this address */
};

/* Objects of the interpreter that others are told by. */
enum cpython_object {
	CPYTHON_INT, CPYTHON_FLOAT, CPYTHON_STR, CPYTHON_BOOL, CPYTHON_CELL,	/* types */
	CPYTHON_NONE, CPYTHON_TRUE,
	CPYTHON_OBJECTS,
};

struct handlers;

/* An interpreter in an ELF object. All addresses are link-time ones. */
struct cpython {
	const struct cpython_layout *layout;
	uint32_t release;		/* 0x030c01f0 */
	uint64_t runtime;		/* _PyRuntime */
	uint64_t object[CPYTHON_OBJECTS];	/* 0: not known */
	enum cpython_tls tls;
	int64_t tls_at;
	/* It has notes of function__entry and -return, and they are to be used: those of 3.11 and
	 * before. 3.15's fire for the creation of a generator, too, and may give no line. */
	bool has_probes, is_true;
	struct handlers *handlers;	/* the caller's */
	char why[192];			/* it can't be traced by its code: a sentence; "": it can */
};

/* Is there an interpreter in the object? If so, what of it? No handlers: they are not wanted. */
bool cpython_read(struct elf *, struct cpython *, struct handlers *);

/* Hold the layout against the interpreter in a process, moved by `bias`. gives: NULL, or what is
 * wrong. An interpreter that has not started yet has nothing to check. */
const char *cpython_check(const struct cpython *, pid_t, uint64_t bias);

/*
 * Have the process run a Python file, as PEP 768 has it: whichever of the main interpreter's
 * threads comes to Python code does, each of them once. The name is the process's, and short.
 * gives: NULL, or why it can't be: a sentence.
 */
const char *cpython_run(const struct cpython *, pid_t, uint64_t bias, const char *file);
/* Take that back from threads that have not come to it. */
void cpython_run_not(const struct cpython *, pid_t, uint64_t bias, const char *file);

#endif
