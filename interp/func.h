/*
 * The machine code of one function (x86-64), decoded from its beginning to its end: where its
 * instructions begin, where it may be entered and where it is left. What can't be told for certain
 * is refused with a sentence: a breakpoint in the middle of an instruction, or on data, would
 * break the program.
 *
 * Requires that nothing but code lies between the two ends. Compilers keep to that; what shows that
 * a function written by hand does not is looked for: bytes that are no instruction, jumps into the
 * middle of one, and addresses within the function that are used as data.
 */
#ifndef INTERP_FUNC_H
#define INTERP_FUNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUNC_MAX = 16 << 20 };		/* bytes of the longest function */

enum func_flag {
	FUNC_INSN = 1,			/* an instruction begins here */
	FUNC_JOIN = 2,			/* some jump of the function leads here */
	FUNC_HEIGHT = 4,		/* the height of the stack is known */
};

struct func {
	uint64_t addr;			/* link-time */
	const uint8_t *code;
	size_t n;
	/* The other part, decoded, when the compiler has put what is seldom executed elsewhere; or
	 * NULL. */
	struct func *part;
	/* By byte of the code: flags; how much higher the stack is than at the beginning. */
	uint8_t *flag;
	int32_t *height;
};

/* NULL, or the reason why places inside of the function can't be probed. func_fini() it anyway. */
const char *func_decode(struct func *);
void func_fini(struct func *);

/*
 * Where to probe the entry: the offset of the first instruction that the kernel emulates under a
 * probe (others cost a trap more, 20 times as much on a virtual machine), as long as nothing was
 * done before that changes an argument, may fail, or is reached by a jump; else 0.
 */
size_t func_entry(const struct func *);

/* Where a jump leads that leaves the function. */
enum func_beyond {
	FUNC_ELSEWHERE,			/* to another function */
	FUNC_UNKNOWN,			/* nothing is known there: a function, or a part of this one */
};

/* A place where the function is left: a return, or a jump to another function, which will return
 * for it. */
struct func_end {
	size_t off;
	bool is_return;
	int8_t condition;		/* of the jump, as in its opcode; -1: it is always taken */
};

struct func_ask {
	void *self;
	enum func_beyond (*beyond)(void *self, uint64_t target);
	/* The word of the object at that address; false: none. */
	bool (*word)(void *self, uint64_t addr, uint64_t *value);
};

/* Calls fn for each end, in order. requires: func_decode() gave NULL. */
void func_each_end(const struct func *, const struct func_ask *,
    void (*fn)(void *self, const struct func_end *), void *self);

/* Calls fn with each address outside that the code computes: what a resolver may give. */
void func_each_address(const struct func *, void (*fn)(void *self, uint64_t addr), void *self);

#endif
