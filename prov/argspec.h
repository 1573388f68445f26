/*
 * stapsdt argument strings: "8@%rdi -4@-20(%rbp) 8@$-3 4@sym+4(%rip)" → places.
 * One parser for x86-64 and aarch64; registers are rows of reg_x86_64.def, reg_aarch64.def.
 * Rules: SystemTap wiki "UserSpaceProbeImplementation", and what gcc and clang emit
 * (facts: N in 1 2 4 8, '-' signed, 'f' float; the width before @ governs, not the register).
 *
 * Symbols become distances from the probe, so that a place means the same in every process,
 * wherever it maps the object.
 */
#ifndef PROV_ARGSPEC_H
#define PROV_ARGSPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ir/ir.h"

enum arg_kind {
	ARG_CONST,	/* val (a place's address when it has a symbol) */
	ARG_REG,	/* reg */
	ARG_MEM,	/* what is at base + index * scale + val, in user memory */
	ARG_BAD,	/* why */
};

struct arg {
	enum arg_kind kind;
	uint8_t size_bytes;	/* 1 2 4 8 */
	bool is_signed;
	bool is_float;		/* of 4 or 8 bytes: its bits */
	bool is_high_byte;	/* REG: %ah: bits 8 to 15 */
	bool is_addr32;		/* MEM: the address is computed in 32 bits */
	bool is_pc_relative;	/* CONST, MEM: add the probe's address to val */
	bool is_index_signed;
	uint8_t index_bytes;	/* 8, or 4: only the low half of the register counts */
	uint8_t scale_shift;
	int16_t reg, base, index;	/* offsets in struct pt_regs, or -1 */
	uint64_t val;		/* CONST: the value; MEM: the displacement */
	const char *symbol;	/* to be resolved; NULL: none */
	const char *text;	/* its part of the whole */
	const char *why;	/* using this argument is refused with this sentence; NULL: fine */
};

enum { ARGSPEC_MAX = 32 };

struct argspec {
	struct arg *arg;
	uint32_t narg;
	bool has_symbols;
	int16_t ip;		/* offset in struct pt_regs of the probe's address */
	const char *text;	/* as in the note */
};

/* Never fails as a whole: an argument that can't be read becomes ARG_BAD. machine: EM_X86_64,
 * EM_AARCH64. Memory: the arena's. */
struct argspec *argspec_parse(struct arena *, int machine, const char *text);

/* Replaces symbols by distances from pc, the probe's link-time address. find() gives NULL and
 * a symbol's link-time address, or the reason why it can't. */
typedef const char *argspec_find_fn(void *self, const char *symbol, uint64_t *addr);
void argspec_resolve(struct arena *, struct argspec *, uint64_t pc, argspec_find_fn *, void *self);

/*
 * Appends what stores arguments into the state of a firing (gen_enter_fn of gen.h): for each bit
 * of mask; those that the spec hasn't are 0. ctx is the struct pt_regs at the probe.
 * requires: no argument of mask has a `why`.
 */
void argspec_enter(struct ir_func *, const struct argspec *, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);

/* Appends a read of the process's memory, 1 to 8 bytes; where there is none, the firing faults. */
ir_val argspec_read(struct ir_func *, int size, ir_val addr, ir_val st, ir_label fault);

/* The C type D shows for it: "int64_t" … */
const char *argspec_type(const struct arg *);

#endif
