/*
 * How programs find the callers of a process's functions without frame pointers: tables that the
 * consumer makes (os/cfi.h), and what a walk remembers between two frames.
 *
 *   MAP_PROCESS  pid → its address space when the consumer was last told of it
 *   MAP_UNWIND   pid → the regions of code that it maps, by address; with those rows of MAP_CFI that
 *                are the region's object's
 *   MAP_CFI      rows of all objects, one behind the other
 *
 * A program that meets a process whose address space is another one, or has more or less code than
 * before, says so with REC_PROCESS; until the consumer has answered it follows frame pointers.
 */
#ifndef REC_UNWIND_H
#define REC_UNWIND_H

#include <stdint.h>

enum { UNWIND_PROCESSES = 16384, UNWIND_REGIONS = 256 };
enum { UNWIND_WINDOW = 1024, UNWIND_WINDOW_BELOW = 128 };

/* Value of MAP_PROCESS; key u64 pid. */
struct unwind_process {
	uint64_t mm, exec_vm;		/* address of the kernel's structure; pages of code */
};

struct unwind_region {
	uint64_t start, end;
	uint64_t bias;			/* what is to be taken from a pc to get a row's */
	uint32_t first, n;		/* rows */
};

/* Value of MAP_UNWIND; key u64 pid. */
struct unwind_regions {
	uint64_t n;
	struct unwind_region region[UNWIND_REGIONS];
};

/* Part of the state, where clauses want user stacks. */
struct unwind_now {
	uint64_t pid;
	uint64_t pc, sp, bp;
	uint64_t is_return;		/* pc is a return address: its place is the call before it */
	struct unwind_region region;	/* of the last pc that had one */
	uint64_t word;			/* read from the stack */
	uint64_t window_addr;		/* a copy of some of the stack, for a read costs the same */
	unsigned char window[UNWIND_WINDOW];	/* whether it is of 8 bytes or of many; 0: of nothing */
};

#endif
