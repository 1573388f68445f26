/* Decoding by two tables of properties, one byte for each opcode. */
#include "interp/x86.h"

#include <string.h>

/* What follows an opcode, and what it does to registers. */
enum {
	M = 1,			/* modrm */
	I1 = 2,			/* an immediate of 1 byte */
	I4 = 4,			/* of 4 bytes (2 with the 66 prefix) */
	WREG = 8,		/* may change modrm.reg */
	WRM = 16,		/* may change modrm.rm, when that is a register */
	GRP = 32,		/* modrm.reg is part of the opcode */
	OK = 64,		/* nothing follows */
	BAD = 0,
};

#define ALU M | WRM, M | WRM, M | WREG, M | WREG, OK | I1, OK | I4, BAD, BAD
#define R8(X) X, X, X, X, X, X, X, X

static const uint8_t one[256] = {
	/* 00 */ ALU, ALU, ALU, ALU, ALU, ALU, ALU,
	/* 38 cmp */ M, M, M, M, OK | I1, OK | I4, BAD, BAD,
	/* 40 REX */ R8(BAD), R8(BAD),
	/* 50 push, pop */ R8(OK), R8(OK),
	/* 60 */ BAD, BAD, BAD, M | WREG, BAD, BAD, BAD, BAD,
	OK | I4, M | I4 | WREG, OK | I1, M | I1 | WREG, BAD, BAD, BAD, BAD,
	/* 70 jcc */ R8(OK | I1), R8(OK | I1),
	/* 80 */ M | I1 | GRP | WRM, M | I4 | GRP | WRM, BAD, M | I1 | GRP | WRM,
	M, M, M | WREG | WRM, M | WREG | WRM,
	/* 88 mov */ M | WRM, M | WRM, M | WREG, M | WREG, BAD, M | WREG, BAD, M | GRP | WRM,
	/* 90 */ OK, BAD, BAD, BAD, BAD, BAD, BAD, BAD, OK, OK, BAD, BAD, BAD, BAD, BAD, BAD,
	/* a0 */ R8(BAD), OK | I1, OK | I4, BAD, BAD, BAD, BAD, BAD, BAD,
	/* b0 mov */ R8(OK | I1), R8(OK | I4),
	/* c0 */ M | I1 | GRP | WRM, M | I1 | GRP | WRM, BAD, OK, BAD, BAD,
	M | I1 | GRP | WRM, M | I4 | GRP | WRM, BAD, OK, BAD, BAD, OK, BAD, BAD, BAD,
	/* d0 */ M | GRP | WRM, M | GRP | WRM, M | GRP | WRM, M | GRP | WRM, BAD, BAD, BAD, BAD,
	R8(BAD),
	/* e0 */ R8(BAD), OK | I4, OK | I4, BAD, OK | I1, BAD, BAD, BAD, BAD,
	/* f0 */ BAD, BAD, BAD, BAD, OK, BAD, M | GRP | WRM, M | GRP | WRM,
	BAD, BAD, BAD, BAD, BAD, BAD, M | GRP | WRM, M | GRP | WRM,
};

/* The second byte after 0f. Vector registers are nobody's business here. */
static const uint8_t two[256] = {
	/* 00 */ R8(BAD), BAD, BAD, BAD, OK, BAD, M, BAD, BAD,
	/* 10 movups … */ R8(M), M, M, M, M, M, M, M, M,
	/* 20 */ R8(BAD), M, M, M, M, M | WREG, M | WREG, M, M,
	/* 30 */ R8(BAD), R8(BAD),
	/* 40 cmov */ R8(M | WREG), R8(M | WREG),
	/* 50 */ M | WREG, M, M, M, M, M, M, M, R8(M),
	/* 60 */ R8(M), R8(M),
	/* 70 */ M | I1, M | I1, M | I1, M | I1, M, M, M, BAD, M, M, M, M, M, M, M | WRM, M,
	/* 80 jcc */ R8(OK | I4), R8(OK | I4),
	/* 90 setcc */ R8(M | WRM), R8(M | WRM),
	/* a0 */ BAD, BAD, BAD, M, M | I1 | WRM, M | WRM, BAD, BAD,
	BAD, BAD, BAD, M | WRM, M | I1 | WRM, M | WRM, M, M | WREG,
	/* b0 */ M | WRM, M | WRM, BAD, M | WRM, BAD, BAD, M | WREG, M | WREG,
	BAD, BAD, M | I1 | GRP | WRM, M | WRM, M | WREG, M | WREG, M | WREG, M | WREG,
	/* c0 */ M | WREG | WRM, M | WREG | WRM, M | I1, M, M | I1, M | I1 | WREG, M | I1, BAD,
	R8(OK),
	/* d0 */ M, M, M, M, M, M, M, M | WREG, R8(M),
	/* e0 */ R8(M), R8(M),
	/* f0 */ R8(M), R8(M),
};

struct cursor {
	const uint8_t *p, *end;
	uint8_t rex;
	bool is_short;		/* the 66 prefix */
};

static bool
take(struct cursor *c, size_t n, int64_t *to)
{
	int32_t v = 0;

	if ((size_t)(c->end - c->p) < n)
		return false;
	memcpy(&v, c->p, n);
	c->p += n;
	*to = n == 1 ? (int8_t)v : n == 2 ? (int16_t)v : v;
	return true;
}

/* modrm [sib] [disp8 | disp32] */
static bool
take_modrm(struct cursor *c, struct x86_insn *in)
{
	int64_t disp = 0;
	unsigned mod, rm;

	if (c->p == c->end)
		return false;
	mod = *c->p >> 6;
	rm = *c->p & 7;
	in->has_modrm = true;
	in->is_mem = mod != 3;
	in->reg = (uint8_t)((*c->p++ >> 3 & 7) | (c->rex & 4) << 1);
	in->rm = (uint8_t)(rm | (c->rex & 1u) << 3);
	if (!in->is_mem)
		return true;
	in->base = (int8_t)in->rm;
	if (rm == 4) {
		unsigned sib, index;

		if (c->p == c->end)
			return false;
		sib = *c->p++;
		index = (sib >> 3 & 7) | (c->rex & 2u) << 2;
		in->has_index = index != 4;
		in->base = (int8_t)((sib & 7) | (c->rex & 1u) << 3);
		rm = sib & 7;
		if (mod == 0 && rm == 5)
			in->base = -1;
	} else if (mod == 0 && rm == 5) {
		in->base = -1;
	}
	if (mod == 1 || mod == 2 || rm == 5) {
		if (!take(c, mod == 1 ? 1 : 4, &disp))
			return false;
	}
	in->disp = (int32_t)disp;
	return true;
}

/* Does an instruction write a byte of its register, or of its memory? */
static bool
is_byte(unsigned op)
{
	return op < 0x40 ? (op & 1) == 0 : op == 0x80 || op == 0x86 || op == 0x88 || op == 0x8a ||
	    (op >= 0xb0 && op <= 0xb7) || op == 0xc0 || op == 0xc6 || op == 0xd0 || op == 0xd2 ||
	    op == 0xf6 || op == 0xfe || (op >= 0x0f90 && op <= 0x0f9f) || op == 0x0fb0 ||
	    op == 0x0fc0;
}

/* What the tables can't say. */
static void
refine(struct x86_insn *in, const struct cursor *c)
{
	unsigned op = in->op, low = (op & 7) | (c->rex & 1u) << 3, ext = in->reg & 7;

	if (op >= 0x50 && op <= 0x57)
		in->kind = X86_PUSH;
	else if ((op >= 0x70 && op <= 0x7f) || (op >= 0x0f80 && op <= 0x0f8f))
		in->kind = X86_JCC;
	else if (op == 0xe9 || op == 0xeb)
		in->kind = X86_JMP;
	else if (op == 0xe8)
		in->kind = X86_CALL;
	else if (op == 0x90 || op == 0x0f1f)
		in->kind = X86_NOP;
	else if (op == 0xc3 || op == 0xcc || op == 0xf4 || op == 0x0f0b ||
	    (op == 0xff && ext >= 2 && ext <= 5))
		in->kind = X86_END;

	/* registers in the opcode, and those that it doesn't name */
	if ((op >= 0x58 && op <= 0x5f) || (op >= 0xb0 && op <= 0xbf) ||
	    (op >= 0x0fc8 && op <= 0x0fcf))
		in->writes |= 1u << low;
	if (op >= 0x50 && op <= 0x5f)
		in->writes |= 1u << X86_SP;
	if (op < 0x40 && (op & 7) >= 4 && (op & 0x38) != 0x38)
		in->writes |= 1u << X86_AX;
	if (op == 0x98 || op == 0x0fb0 || op == 0x0fb1)
		in->writes |= 1u << X86_AX;
	if (op == 0x99)
		in->writes |= 1u << X86_DX;
	if ((op == 0xf6 || op == 0xf7) && ext >= 4)
		in->writes |= 1u << X86_AX | 1u << X86_DX;
	/* comparisons and tests write nothing; a byte register may be the second one of another */
	if (((op == 0x80 || op == 0x81 || op == 0x83) && ext == 7) ||
	    ((op == 0xf6 || op == 0xf7) && ext <= 1) || (op == 0x0fba && ext == 4))
		in->writes = 0;
	if (in->kind == X86_NOP)
		in->writes = 0;
	if (in->kind == X86_CALL)
		in->writes = 0x0fc7;	/* all that a function needn't save */
}

bool
x86_decode(const uint8_t *code, size_t n, uint64_t addr, struct x86_insn *in)
{
	struct cursor c = { .p = code, .end = code + (n < X86_MAX_BYTES ? n : X86_MAX_BYTES) };
	unsigned props;
	size_t imm;

	*in = (struct x86_insn){ .base = -1 };
	while (c.p < c.end && (*c.p == 0x66 || *c.p == 0xf2 || *c.p == 0xf3 || *c.p == 0x2e ||
	    *c.p == 0x3e || *c.p == 0x64 || *c.p == 0x65)) {
		c.is_short |= *c.p == 0x66;
		c.p++;
	}
	if (c.p < c.end && (*c.p & 0xf0) == 0x40)
		c.rex = *c.p++;
	if (c.p == c.end)
		return false;
	in->is_wide = (c.rex & 8) != 0;
	in->is_short = c.is_short;
	in->op = *c.p++;
	props = one[in->op];
	if (in->op == 0x0f) {
		if (c.p == c.end)
			return false;
		in->op = (uint16_t)(0x0f00 | *c.p);
		props = two[*c.p++];
	}
	/* f3 0f 1e fa: endbr64, a nop that the kernel does not emulate */
	if (in->op == 0x0f1e)
		props = M;
	/* 90 with a register's bit is xchg */
	if (props == BAD || (in->op == 0x90 && (c.rex & 1) != 0))
		return false;
	if ((props & M) != 0 && !take_modrm(&c, in))
		return false;
	imm = props & I1 ? 1 : props & I4 ? (c.is_short ? 2 : 4) : 0;
	if ((in->op == 0xf6 || in->op == 0xf7) && (in->reg & 7) <= 1)
		imm = in->op == 0xf6 ? 1 : c.is_short ? 2 : 4;
	if (in->op == 0xe8 || in->op == 0xe9 || (in->op >= 0x0f80 && in->op <= 0x0f8f))
		imm = 4;		/* branches have no short form in 64-bit mode */
	if (in->op >= 0xb8 && in->op <= 0xbf && in->is_wide) {
		if (c.end - c.p < 8)
			return false;
		memcpy(&in->imm, c.p, 8);
		c.p += 8;
	} else if (imm > 0 && !take(&c, imm, &in->imm)) {
		return false;
	}
	if ((props & WREG) != 0)
		in->writes |= 1u << in->reg;
	if ((props & WRM) != 0 && !in->is_mem)
		in->writes |= 1u << in->rm;
	in->bytes = (uint8_t)(c.p - code);
	refine(in, &c);
	/* without REX, a byte of 4 to 7 is the second one of 0 to 3 */
	if (c.rex == 0 && is_byte(in->op))
		in->writes |= in->writes >> 4 & 0xf;
	in->target = addr + in->bytes + (uint64_t)in->imm;
	return true;
}

bool
x86_is_emulated(const struct x86_insn *in)
{
	/* of the nops only the shortest; nothing with an operand-size prefix */
	return !in->is_short && (in->kind == X86_JCC || in->kind == X86_JMP ||
	    in->kind == X86_CALL || in->kind == X86_PUSH || in->op == 0x90);
}
