/*
 * Scratch memory of one firing, shared layout of kernel code and consumer.
 *
 * The `state` map is an ARRAY of ncpu × STATE_LEVELS entries. A program can be interrupted or
 * preempted by another on the same CPU, so an entry is claimed with an atomic exchange of
 * `busy`; when all levels of a CPU are taken, the firing is counted as a drop.
 *
 *     0  busy        u32  0 free, STATE_BUSY, STATE_BUSY_RECORDS
 *     4  level       u32  index of this entry in the map (set by user space, never changes)
 *     8  timestamp   u64  CLOCK_MONOTONIC ns, taken when the firing first needs it; 0 before
 *    16  errno       u32  of the system call that ended, or 0
 *    20  stack_skip  u32  frames of stack() that are certainly not the probe's place yet
 *    24  probe       u32  probe id
 *    28  clause      u32  running clause
 *    32  fault       u64  DTRACEFLT_* + 1, 0: none
 *    40  fault_value u64  address or value of the fault
 *    48  fault_pc    u64  BPF instruction
 *    56  cpu         u32
 *    60  flags       u32  STATE_EXITED …
 *    64  arg[12]     u64
 *   160  scratch     64 bytes: keys of small lookups, temporaries of routines
 *   224  this-> variables | record | Python frame | temporaries      (struct state_layout)
 *
 * busy must be written last when a firing ends: consume.c takes every entry that is busy with
 * STATE_BUSY_RECORDS as a promise of a record not older than its timestamp.
 */
#ifndef REC_STATE_H
#define REC_STATE_H

#include <stdint.h>

enum { STATE_LEVELS = 8 };
enum { STATE_FREE, STATE_BUSY, STATE_BUSY_RECORDS };

enum state_off {
	STATE_busy = 0,
	STATE_level = 4,
	STATE_timestamp = 8,
	STATE_errno = 16,
	STATE_stack_skip = 20,
	STATE_probe = 24,
	STATE_clause = 28,
	STATE_fault = 32,
	STATE_fault_value = 40,
	STATE_fault_pc = 48,
	STATE_cpu = 56,
	STATE_flags = 60,
	STATE_arg = 64,
	STATE_scratch = 160,
	STATE_fixed_bytes = 224,
};
enum { STATE_NARG = 12 };	/* as many as <sys/sdt.h> and libusdt pass */

/* What follows the fixed part; decided by gen for all clauses of a session together. */
struct state_layout {
	uint32_t this_off, this_bytes;
	uint32_t rec_off, rec_bytes;	/* longest record */
	uint32_t unwind_off;		/* struct unwind_now, if a clause wants user stacks */
	uint32_t python_off, python_bytes;	/* struct rec_python_now, if a clause asks for it */
	uint32_t temp_off, temp_bytes;	/* a stack of the compiler: strings, keys, values */
	uint32_t bytes;			/* whole entry, multiple of 64, with room behind temp for
					 * what the verifier thinks begins at its end */
};

/*
 * The `control` map: ARRAY of one entry (reached by address), written by both sides. The word
 * `active` says which programs run clauses; exit() stores CONTROL_NONE. `python_code` is the
 * youngest id of a code object (python.h). Behind them, for each CPU,
 * DROP_SLOTS counters of 8 bytes; then, for each speculation, a word of 4 bytes, which grows by one
 * when it is handed out and when it is committed or discarded: while it is odd, it is in use.
 */
enum { CONTROL_active = 0, CONTROL_python_code = 4, CONTROL_drops = 8 };
enum { CONTROL_NONE, CONTROL_ALL, CONTROL_SPECIAL /* only BEGIN and END, which don't ask */ };

enum drop_kind {
	DROP_PRINCIPAL,		/* ring buffer full, or no state entry free */
	DROP_AGGREGATION,
	DROP_DYNAMIC,
	DROP_DBLERROR,		/* faults in ERROR clauses */
	DROP_SPECUNAVAIL,	/* all speculations are in use */
	DROP_SPEC,		/* no room for a speculation's data: the consumer's own */
	DROP_MAX,
	DROP_SLOTS = 8,		/* counters there are */
};
_Static_assert(DROP_MAX <= DROP_SLOTS, "each kind has its counter");

/* Where the words of speculations are; they begin with that of number 1. */
static inline uint32_t
control_spec_off(uint32_t ncpu)
{
	return CONTROL_drops + ncpu * DROP_SLOTS * 8;
}

static inline uint32_t
control_bytes(uint32_t ncpu, uint32_t nspec)
{
	return control_spec_off(ncpu) + ((nspec * 4 + 7) & ~7u);
}

#endif
