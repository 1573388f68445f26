/*
 * stapsdt argument strings: "8@%rdi -4@-20(%rbp) 8@$-3 4@sym+4(%rip)" → places.
 * One parser for x86-64 and aarch64; registers are rows of reg_x86_64.def, reg_aarch64.def.
 * Rules: SystemTap wiki "UserSpaceProbeImplementation", and what gcc and clang emit
 * (facts: N in 1 2 4 8, '-' signed, 'f' float; the width before @ governs, not the register).
 */
#ifndef PROV_ARGSPEC_H
#define PROV_ARGSPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum arg_kind {
	ARG_CONST,	/* val */
	ARG_REG,	/* reg */
	ARG_MEM,	/* *(base + index * scale + disp [+ symbol]) in user memory */
	ARG_BAD,	/* why: using this argument is refused with the sentence */
};

struct arg {
	enum arg_kind kind;
	uint8_t size_bytes;	/* 1 2 4 8 */
	bool is_signed;
	bool is_float;		/* parsed; kind may still be a place; use is refused */
	int64_t val;
	int16_t reg;		/* offset of the register in struct pt_regs */
	uint8_t reg_shift;	/* %ah: 8 */
	int16_t base, index;	/* offsets in pt_regs, or -1 */
	uint8_t scale;
	int64_t disp;
	bool is_pc_relative;	/* symbol(%rip): disp is a link-time address */
	const char *symbol;	/* to be looked up and added to disp; NULL: none */
	const char *why;	/* ARG_BAD, or is_float */
};

enum { ARGSPEC_MAX = 32 };

struct argspec {
	struct arg arg[ARGSPEC_MAX];
	uint32_t narg;
	const char *text;	/* as in the note */
};

/* Never fails as a whole: an argument that can't be read becomes ARG_BAD. machine: EM_X86_64,
 * EM_AARCH64. Memory: the arena's. */
struct argspec *argspec_parse(struct arena *, int machine, const char *text);

/* The C type D shows for it: "int64_t" … */
const char *argspec_type(const struct arg *);

#endif
