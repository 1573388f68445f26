/*
 * Stacks and symbols, in records and in keys. Which a value is says its type (enum type_how):
 *
 *   HOW_STACK                 u64 pc[n + STACK_SLACK]
 *   HOW_USTACK                u64 pid, u64 pc[n]     pid 0: there is no process
 *   HOW_JSTACK                u64 pid, u64 pc[n], u64 frame[n]      frames of Python: python.h
 *   HOW_SYM, HOW_MOD          u64 addr
 *   HOW_UADDR, _USYM, _UMOD   u64 pid, u64 addr
 *
 * Frames stand with the innermost first and zeros behind the last. All but the innermost pc are
 * return addresses. pid is the process's number as the tracer sees it.
 *
 * A kernel stack that has no registers to begin at begins in the kernel's ways to a program, which
 * are one to three functions deep: the consumer leaves them out, by their names (run/ways.c).
 */
#ifndef REC_STACK_H
#define REC_STACK_H

#include <stdint.h>

/* Value of MAP_WAYS: where these functions are, by address, for programs that must know themselves. */
enum { WAYS_MAX = 1 << 12 };

struct way {
	uint64_t start, end;
};

struct ways {
	uint64_t n;
	struct way range[WAYS_MAX];
};

enum { STACK_PID = 0, STACK_USER_PC = 8 };	/* HOW_USTACK */

#endif
