/*
 * How to get from a function to its caller without frame pointers: .eh_frame, compiled into a
 * sorted table that a program can search. x86-64.
 *
 * A row holds from its pc to the next row's. From the registers of a frame it gives the CFA, the
 * value of rsp before the call; the return address is at CFA - 8.
 *
 *     rule   bits 0-3 kind, 4-11 bp, 12-31 cfa
 *
 *     kind          CFA
 *     CFI_NONE      not known: nothing covers the pc, or what does cannot be said in a row
 *     CFI_END       the outermost frame
 *     CFI_SP        rsp + 8 * cfa
 *     CFI_BP        rbp + 8 * cfa
 *     CFI_PLT       rsp + 8 * cfa, and 8 more when pc mod 16 >= bp: stubs of the linker, rbp is kept
 *     CFI_DEREF_BP  what is at rbp - 8 * cfa: functions that align their stack
 *     CFI_SIGNAL    none: a signal's handler returned to here, all registers are in memory at rsp
 *
 * bp says where the caller's rbp is: 0: in rbp; CFI_AT_BP: at rbp; else at CFA - 8 * bp.
 */
#ifndef OS_CFI_H
#define OS_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf;

enum cfi_kind { CFI_NONE, CFI_END, CFI_SP, CFI_BP, CFI_PLT, CFI_DEREF_BP, CFI_SIGNAL };

enum { CFI_KIND_BITS = 4, CFI_BP_BITS = 8, CFI_CFA_BITS = 20, CFI_AT_BP = 255 };

struct cfi_row {
	uint32_t pc;		/* link-time address */
	uint32_t rule;
};

static inline uint32_t
cfi_rule(enum cfi_kind kind, uint32_t bp, uint32_t cfa)
{
	return (uint32_t)kind | bp << CFI_KIND_BITS | cfa << (CFI_KIND_BITS + CFI_BP_BITS);
}

/* The table of an object, without two rows that say the same behind each other; the caller frees
 * it. NULL: it has none, or is for another machine. */
struct cfi_row *cfi_read(struct elf *, size_t *nrow);

/* The same of the bytes of a section that is mapped at addr. What can't be understood is left out:
 * the rest of the section, or one function. */
struct cfi_row *cfi_compile(const void *section, size_t bytes, uint64_t addr, size_t *nrow);

#endif
