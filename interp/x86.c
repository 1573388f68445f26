/*
 * Decoding by tables of properties, one byte for each opcode: those of one byte, and those of two
 * that begin with 0f. Opcodes of three bytes, and all behind the prefixes of vectors (VEX, EVEX,
 * XOP), are so regular that a few rules do.
 */
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
	ALL = 128,		/* may change any register */
	BAD = 0,
};

#define ALU M | WRM, M | WRM, M | WREG, M | WREG, OK | I1, OK | I4, BAD, BAD
#define R4(X) X, X, X, X
#define R8(X) R4(X), R4(X)
#define ANY (OK | ALL)

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
	/* 88 mov */ M | WRM, M | WRM, M | WREG, M | WREG, M | WRM, M | WREG, M, M | GRP | WRM,
	/* 90 nop, xchg */ OK, ANY, ANY, ANY, R4(ANY),
	OK, OK, BAD, OK, ANY, ANY, OK, ANY,
	/* a0 */ R8(ANY), OK | I1, OK | I4, ANY, ANY, R4(ANY),
	/* b0 mov */ R8(OK | I1), R8(OK | I4),
	/* c0 */ M | I1 | GRP | WRM, M | I1 | GRP | WRM, OK, OK, BAD, BAD,
	M | I1 | GRP | WRM, M | I4 | GRP | WRM, ANY, OK, BAD, BAD, OK, OK | I1 | ALL, BAD, BAD,
	/* d0 */ M | GRP | WRM, M | GRP | WRM, M | GRP | WRM, M | GRP | WRM, BAD, BAD, BAD, ANY,
	M, M, M, M, M, M, M, M | ALL,
	/* e0 */ R4(OK | I1 | ALL), R4(BAD), OK | I4, OK | I4, BAD, OK | I1, R4(BAD),
	/* f0 */ BAD, BAD, BAD, BAD, OK, OK, M | GRP | WRM, M | GRP | WRM,
	OK, OK, BAD, BAD, OK, OK, M | GRP | WRM, M | GRP | WRM,
};

/* The second byte after 0f. Vector registers are nobody's business here. */
static const uint8_t two[256] = {
	/* 00 */ M | ALL, M | ALL, BAD, BAD, BAD, ANY, BAD, BAD,
	BAD, BAD, BAD, OK, BAD, M, OK, M | I1,
	/* 10 movups … */ R8(M), M, M, M, M, M, M, M, M,
	/* 20 */ R8(BAD), M, M, M, M, M | WREG, M | WREG, M, M,
	/* 30 */ BAD, ANY, BAD, ANY, R4(BAD), R8(BAD),
	/* 40 cmov */ R8(M | WREG), R8(M | WREG),
	/* 50 */ M | WREG, M, M, M, M, M, M, M, R8(M),
	/* 60 */ R8(M), R8(M),
	/* 70 */ M | I1, M | I1, M | I1, M | I1, M, M, M, OK, BAD, BAD, BAD, BAD, M, M, M | WRM, M,
	/* 80 jcc */ R8(OK | I4), R8(OK | I4),
	/* 90 setcc */ R8(M | WRM), R8(M | WRM),
	/* a0 */ ANY, ANY, ANY, M, M | I1 | WRM, M | WRM, BAD, BAD,
	ANY, ANY, BAD, M | WRM, M | I1 | WRM, M | WRM, M | WRM, M | WREG,
	/* b0 */ M | WRM, M | WRM, M | WREG, M | WRM, M | WREG, M | WREG, M | WREG, M | WREG,
	M | WREG, M, M | I1 | GRP | WRM, M | WRM, M | WREG, M | WREG, M | WREG, M | WREG,
	/* c0 */ M | WREG | WRM, M | WREG | WRM, M | I1, M, M | I1, M | I1 | WREG, M | I1, M | ALL,
	R8(OK),
	/* d0 */ M, M, M, M, M, M, M, M | WREG, R8(M),
	/* e0 */ R8(M), R8(M),
	/* f0 */ R8(M), R8(M),
};

enum { XOP_MAPS = 8 };		/* its first map of opcodes */

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
		in->is_rip = true;
	}
	if (mod == 1 || mod == 2 || (mod == 0 && rm == 5)) {
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
	else if ((op >= 0x70 && op <= 0x7f) || (op >= 0x0f80 && op <= 0x0f8f) ||
	    (op >= 0xe0 && op <= 0xe3))
		in->kind = X86_JCC;
	else if (op == 0xe9 || op == 0xeb)
		in->kind = X86_JMP;
	else if (op == 0xe8)
		in->kind = X86_CALL;
	else if ((op == 0x90 && (c->rex & 1) == 0) || op == 0x0f1f)
		in->kind = X86_NOP;
	else if (op == 0xc3 || op == 0xc2)
		in->kind = X86_RET;
	else if (op == 0xff && (ext == 4 || ext == 5))
		in->kind = X86_JMP_INDIRECT;
	else if (op == 0xff && (ext == 2 || ext == 3))
		in->kind = X86_CALL_INDIRECT;
	else if (op == 0xcc || op == 0xf4 || op == 0x0f0b || op == 0x0fb9 || op == 0x0fff)
		in->kind = X86_END;

	/* the beginning of a transaction, which an abort leads to its target */
	if (op == 0xc7 && ext == 7) {
		in->kind = X86_JCC;
		in->is_unprobed = true;
	}

	if (op == 0xcc || op == 0xcd || op == 0xf4 || (in->is_short && (in->kind == X86_JCC ||
	    in->kind == X86_JMP || in->kind == X86_CALL)))
		in->is_unprobed = true;

	/* registers in the opcode, and those that it doesn't name */
	if ((op >= 0x58 && op <= 0x5f) || (op >= 0xb0 && op <= 0xbf) ||
	    (op >= 0x0fc8 && op <= 0x0fcf))
		in->writes |= 1u << low;
	if ((op >= 0x50 && op <= 0x5f) || op == 0x68 || op == 0x6a || op == 0x8f ||
	    op == 0x9c || op == 0xc9 || (op == 0xff && ext == 6))
		in->writes |= 1u << X86_SP;
	if (op == 0xc9)
		in->writes |= 1u << X86_BP;
	if (op < 0x40 && (op & 7) >= 4 && (op & 0x38) != 0x38)
		in->writes |= 1u << X86_AX;
	if (op == 0x0f1e && !in->is_mem && ext == 1)
		in->writes |= 1u << in->rm;
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
	if (in->kind == X86_CALL || in->kind == X86_CALL_INDIRECT)
		in->writes = 0x0fc7;	/* all that a function needn't save */
}

/* Prefixes of one byte; REX is the last. */
static void
take_prefixes(struct cursor *c, struct x86_insn *in)
{
	for (; c->p < c->end; c->p++)
		switch (*c->p) {
		case 0x66:
			c->is_short = true;
			break;
		case 0x26: case 0x2e: case 0x36: case 0x3e: case 0xf0:
			in->is_unprobed = true;
			break;
		case 0x64: case 0x65: case 0x67: case 0xf2: case 0xf3:
			break;
		default:
			if ((*c->p & 0xf0) == 0x40)
				c->rex = *c->p++;
			return;
		}
}

/* Which opcodes of VEX's and EVEX's map 1 have an immediate byte? The same as behind 0f. */
static bool
has_immediate(uint8_t op)
{
	return (op >= 0x70 && op <= 0x73) || op == 0xc2 || (op >= 0xc4 && op <= 0xc6);
}

/* Does an opcode of a map change vector registers only? The ones that functions begin with: xor,
 * moves and broadcasts. */
static bool
is_vector_only(unsigned map, uint8_t op)
{
	static const uint8_t one_map[] = { 0x10, 0x28, 0x57, 0x6e, 0x6f, 0x77, 0xef };
	static const uint8_t two_map[] = { 0x58, 0x59, 0x78, 0x79, 0x7a, 0x7b, 0x7c };

	return (map == 1 && memchr(one_map, op, sizeof(one_map)) != NULL) ||
	    (map == 2 && memchr(two_map, op, sizeof(two_map)) != NULL);
}

/*
 *   c5 RvvvvLpp                        opcode …
 *   c4 RXBmmmmm WvvvvLpp               opcode …
 *   62 RXBR0mmm Wvvvv1pp zLLbVaaa      opcode …
 *   8f RXBmmmmm WvvvvLpp               opcode …    (XOP: mmmmm from 8 on, else it is pop)
 *
 * R, X and B are REX's bits, inverted; mmm is the map.
 *
 * The kernel must never get a probe on one of these: it decodes the prefix, takes the opcode behind
 * for one without, and "emulates" vpbroadcastb (7a) as jp, vpcmpeqb (74) as je (seen on 6.18).
 */
static bool
decode_vector(struct cursor *c, struct x86_insn *in)
{
	const uint8_t first = *c->p++;
	const size_t more = first == 0xc5 ? 1 : first == 0x62 ? 3 : 2;
	const uint8_t *payload = c->p;
	unsigned map = 1, imm = 0;
	int64_t ignored;

	if (c->rex != 0 || c->is_short || (size_t)(c->end - c->p) <= more)
		return false;
	if (first != 0xc5)
		map = payload[0] & (first == 0x62 ? 0xf : 0x1f);
	c->rex = (uint8_t)(~payload[0] >> 5 & (first == 0xc5 ? 4 : 7));
	c->p += more;
	in->op = *c->p++;
	switch (map) {
	case 1:
		imm = has_immediate((uint8_t)in->op);
		break;
	case 3: case 8:
		imm = 1;
		break;
	case 2: case 9:
		break;
	case 5: case 6:		/* EVEX only: half precision */
		if (first != 0x62)
			return false;
		break;
	case 10:
		imm = 4;
		break;
	default:
		return false;
	}
	if ((map >= XOP_MAPS) != (first == 0x8f))
		return false;
	/* vzeroupper has no operands */
	if (!(map == 1 && in->op == 0x77 && first != 0x62) && !take_modrm(c, in))
		return false;
	in->writes = is_vector_only(map, (uint8_t)in->op) ? 0 : UINT16_MAX;
	in->op = X86_OP_VECTOR;
	in->is_unprobed = true;
	return imm == 0 || take(c, imm, &ignored);
}

/* 0f 38 opcode modrm, 0f 3a opcode modrm immediate */
static bool
decode_three(struct cursor *c, struct x86_insn *in)
{
	const bool has_imm = in->op == 0x0f3a;
	int64_t ignored;

	if (c->p == c->end)
		return false;
	in->writes = has_imm || *c->p >= 0xf0 ? UINT16_MAX : 0;
	c->p++;
	in->op = X86_OP_VECTOR;
	return take_modrm(c, in) && (!has_imm || take(c, 1, &ignored));
}

static size_t
immediate_bytes(const struct x86_insn *in, unsigned props)
{
	const size_t word = in->is_short && !in->is_wide ? 2 : 4;

	switch (in->op) {
	case 0xf6: case 0xf7:
		return (in->reg & 7) > 1 ? 0 : in->op == 0xf6 ? 1 : word;
	case 0xa0: case 0xa1: case 0xa2: case 0xa3:
		return 8;
	case 0xb8: case 0xb9: case 0xba: case 0xbb: case 0xbc: case 0xbd: case 0xbe: case 0xbf:
		return in->is_wide ? 8 : word;
	case 0xc2:
		return 2;
	case 0xc8:
		return 3;
	default:
		return props & I1 ? 1 : props & I4 ? word : 0;
	}
}

/* What the tables allow and the machine doesn't; and what machines disagree about: a branch with
 * the 66 prefix. */
static bool
is_invalid(const struct x86_insn *in)
{
	const unsigned op = in->op, ext = in->reg & 7;
	const bool is_branch = op == 0xe8 || op == 0xe9 || (op >= 0x0f80 && op <= 0x0f8f);

	return (is_branch && in->is_short && !in->is_wide) || (op == 0xfe && ext > 1) ||
	    (op == 0xff && ext == 7) || (op == 0x8f && ext != 0) || (op == 0xc6 && ext != 0) ||
	    (op == 0xc7 && ext != 0 && ext != 7);
}

static bool
decode_plain(struct cursor *c, struct x86_insn *in)
{
	unsigned props;
	size_t imm;

	in->op = *c->p++;
	props = one[in->op];
	if (in->op == 0x0f) {
		if (c->p == c->end)
			return false;
		in->op = (uint16_t)(0x0f00 | *c->p++);
		if (in->op == 0x0f38 || in->op == 0x0f3a)
			return decode_three(c, in);
		props = two[in->op & 0xff];
	}
	if (props == BAD || ((props & M) != 0 && !take_modrm(c, in)) || is_invalid(in))
		return false;
	imm = immediate_bytes(in, props);
	if ((size_t)(c->end - c->p) < imm)
		return false;
	if (imm == 8 || imm == 3) {
		memcpy(&in->imm, c->p, imm);
		c->p += imm;
	} else if (imm > 0 && !take(c, imm, &in->imm)) {
		return false;
	}
	if ((props & WREG) != 0)
		in->writes |= 1u << in->reg;
	if ((props & WRM) != 0 && !in->is_mem)
		in->writes |= 1u << in->rm;
	if ((props & ALL) != 0 || (in->op == 0x90 && (c->rex & 1) != 0))
		in->writes = UINT16_MAX;
	refine(in, c);
	/* without REX, a byte of 4 to 7 is the second one of 0 to 3 */
	if (c->rex == 0 && is_byte(in->op))
		in->writes |= in->writes >> 4 & 0xf;
	return true;
}

bool
x86_decode(const uint8_t *code, size_t n, uint64_t addr, struct x86_insn *in)
{
	struct cursor c = { .p = code, .end = code + (n < X86_MAX_BYTES ? n : X86_MAX_BYTES) };

	*in = (struct x86_insn){ .base = -1 };
	take_prefixes(&c, in);
	if (c.p == c.end)
		return false;
	in->is_wide = (c.rex & 8) != 0;
	in->is_short = c.is_short;
	if (*c.p == 0xc4 || *c.p == 0xc5 || *c.p == 0x62 ||
	    (*c.p == 0x8f && c.end - c.p > 1 && (c.p[1] & 0x1f) >= XOP_MAPS)) {
		if (!decode_vector(&c, in))
			return false;
	} else if (!decode_plain(&c, in)) {
		return false;
	}
	in->bytes = (uint8_t)(c.p - code);
	in->target = addr + in->bytes + (uint64_t)(in->is_rip ? in->disp : in->imm);
	return true;
}

bool
x86_is_emulated(const struct x86_insn *in)
{
	const bool is_loop = in->op >= 0xe0 && in->op <= 0xe3;

	/* of the nops only the shortest; nothing with an operand-size prefix */
	return !in->is_short && !in->is_unprobed && ((in->kind == X86_JCC && !is_loop) ||
	    in->kind == X86_JMP || in->kind == X86_CALL || in->kind == X86_PUSH ||
	    (in->op == 0x90 && in->kind == X86_NOP));
}
