/*
 * Where values go along a straight line of compiled C: which register, or place on the stack, holds
 * what a register held when the line began.
 */
#ifndef INTERP_FLOW_H
#define INTERP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interp/x86.h"

struct image;

enum { FLOW_NOWHERE = -1, FLOW_SLOTS = 8 };

struct flow {
	const struct image *image;
	uint64_t pc;
	int8_t origin[X86_NREG];	/* by register: which one its value was in */
	struct {
		int8_t base, origin;
		int32_t disp;
	} slot[FLOW_SLOTS];		/* of the stack */
	unsigned nslot;
};

void flow_begin(struct flow *, const struct image *, uint64_t pc);
/* The instruction at ->pc; false: none that we know. */
bool flow_decode(const struct flow *, struct x86_insn *);
/* Go on: where a jump leads, else behind the instruction. */
void flow_next(struct flow *, const struct x86_insn *);
/* The register that holds what was in `origin`; FLOW_NOWHERE: none does. */
int flow_find(const struct flow *, int origin);
/* What the place on the stack holds that the instruction names, as an origin. */
int flow_stack(const struct flow *, const struct x86_insn *);

/* `mov REG, disp(REG)`, `mov disp(REG), REG`, of 64 bits, not on the stack. */
bool flow_is_store(const struct x86_insn *, int32_t disp);
bool flow_is_load(const struct x86_insn *, int32_t disp);

/* The address behind an endbr64 at this one, else the address. */
uint64_t flow_skip_endbr(const struct image *, uint64_t addr);

/* Does some jump lead behind `from`, up to and including `to`? At `from` and at the `n` addresses in
 * `known` instructions begin; the more of them, the better short jumps are told from other bytes. */
bool flow_is_joined(const struct image *, const uint64_t *known, size_t n, uint64_t from,
    uint64_t to);

#endif
