/*
 * x86-64's instruction encoding, as far as compiled programs go: lengths, operands, which general
 * register an instruction may change, where a branch goes. What is not known is refused, not
 * guessed; so is what only kernels execute, for there it would be data.
 */
#ifndef INTERP_X86_H
#define INTERP_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { X86_MAX_BYTES = 15, X86_NREG = 16 };
enum { X86_OP_VECTOR = 0xffff };
enum x86_reg { X86_AX, X86_CX, X86_DX, X86_BX, X86_SP, X86_BP, X86_SI, X86_DI };

enum x86_kind {
	X86_OTHER,
	X86_JCC,		/* conditional; `target` */
	X86_JMP,		/* direct; `target` */
	X86_CALL,		/* direct; `target` */
	X86_PUSH, X86_NOP,
	/* what follows is not known, or not executed */
	X86_END,		/* ud2, hlt, int3 */
	X86_RET, X86_JMP_INDIRECT, X86_CALL_INDIRECT,
};

struct x86_insn {
	uint8_t bytes;
	enum x86_kind kind;
	uint16_t op;		/* 0x0fXX: the two-byte opcodes; X86_OP_VECTOR: one that has more */
	bool is_wide, is_short;	/* REX.W; the 66 prefix */
	bool has_modrm, is_mem;
	bool is_rip;		/* memory at `target` */
	bool is_unprobed;	/* the kernel takes no probe on it, or should not: lock, VEX, int3 … */
	uint8_t reg, rm;	/* with REX's bits; reg is an opcode extension in groups */
	int8_t base;		/* of memory: a register, -1: none, or rip-relative */
	bool has_index;
	int32_t disp;
	int64_t imm;
	uint64_t target;
	uint32_t writes;	/* general registers that it may change, a bit each */
};

/* The instruction at `code`, of which n bytes are there; `addr` is its address. */
bool x86_decode(const uint8_t *code, size_t n, uint64_t addr, struct x86_insn *);

/* Does the kernel emulate it under a probe, rather than execute it out of line and step it? */
bool x86_is_emulated(const struct x86_insn *);

/* Does control not simply go on behind it, or by a jump that is followed? */
static inline bool
x86_is_end(const struct x86_insn *in)
{
	return in->kind >= X86_END;
}

#endif
