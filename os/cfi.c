/*
 * .eh_frame → table of rows (DWARF 5, 6.4; the LSB says how the section differs from .debug_frame).
 * libdw gives the row of one address; we want all of them, and of the registers only rsp and rbp,
 * so that the instructions are followed here. Every byte is untrusted.
 *
 *     section: records; record: u32 length; u32 0: a CIE, else how far back the CIE is: an FDE
 *     CIE: u8 version, augmentation string, uleb code align, sleb data align, return register,
 *          augmentation data, instructions
 *     FDE: first address, length, augmentation data, instructions
 */
#include "os/cfi.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "os/elf.h"

enum { REG_BP = 6, REG_SP = 7, REG_RA = 16 };
enum { PADDING = 16, ROWS_MAX = 1 << 22, REMEMBERED_MAX = 16 };

enum { GAP = (1 << CFI_KIND_BITS) - 1 };	/* a rule: here a function ends */

/* ----------------------------------------------------------------------- reading */

struct reader {
	const uint8_t *p, *end;
	bool is_bad;			/* went beyond the end; zeros are read from there */
};

static uint64_t
read_le(struct reader *r, size_t bytes)
{
	uint64_t v = 0;

	if ((size_t)(r->end - r->p) < bytes) {
		r->is_bad = true;
		r->p = r->end;
		return 0;
	}
	memcpy(&v, r->p, bytes);
	r->p += bytes;
	return v;
}

/* LEB128, with the sign as its last byte has it if it is wanted. */
static uint64_t
read_leb(struct reader *r, bool is_signed)
{
	uint64_t v = 0, byte;
	unsigned shift = 0;

	do {
		byte = read_le(r, 1);
		if (shift < 64)
			v |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && (byte & 0x40))
		v |= ~UINT64_C(0) << shift;
	return v;
}

static uint64_t
read_uleb(struct reader *r)
{
	return read_leb(r, false);
}

static int64_t
read_sleb(struct reader *r)
{
	return (int64_t)read_leb(r, true);
}

/* A block of so many bytes. */
static struct reader
read_block(struct reader *r, uint64_t bytes)
{
	struct reader block = { r->p, r->p, false };

	if (bytes > (uint64_t)(r->end - r->p)) {
		r->is_bad = true;
		r->p = r->end;
		return block;
	}
	r->p += bytes;
	block.end = r->p;
	return block;
}

/* Values as DW_EH_PE_… says: their size and sign in the low bits, what they count from above. */
enum { PE_PCREL = 0x10, PE_FORM = 0x0f, PE_BASE = 0x70, PE_OMIT = 0xff };

struct section {
	const uint8_t *data;
	size_t bytes;
	uint64_t addr;
};

static uint64_t
read_encoded(struct reader *r, const struct section *s, uint8_t encoding)
{
	static const uint8_t size[16] = {
		[0x0] = 8, [0x2] = 2, [0x3] = 4, [0x4] = 8, [0xa] = 2, [0xb] = 4, [0xc] = 8,
	};
	const uint64_t at = s->addr + (uint64_t)(r->p - s->data);
	const uint8_t form = encoding & PE_FORM;
	uint64_t v;

	if (size[form] == 0) {
		v = form == 0x9 ? (uint64_t)read_sleb(r) : read_uleb(r);
	} else {
		v = read_le(r, size[form]);
		if (form & 8 && size[form] < 8) {
			unsigned drop = 64 - 8u * size[form];

			v = (uint64_t)((int64_t)(v << drop) >> drop);
		}
	}
	return (encoding & PE_BASE) == PE_PCREL ? v + at : v;
}

/* -------------------------------------------------------------------- a function */

/* Where registers of the caller are. */
struct frame {
	enum cfi_kind kind;		/* CFI_SP, CFI_BP …; CFI_NONE: in a way that we can't say */
	uint8_t plt;			/* CFI_PLT: from which byte of 16 */
	int64_t cfa;			/* in bytes */
	enum { BP_SAME, BP_AT_CFA, BP_AT_BP, BP_UNKNOWN } bp;
	int64_t bp_off;			/* from the CFA */
	enum { RA_AT_CFA, RA_UNDEFINED, RA_UNKNOWN } ra;
};

struct cie {
	uint64_t code_align;
	int64_t data_align;
	uint8_t encoding;
	bool has_augmentation, is_signal, is_bad;
	struct reader insns;
	struct frame first;		/* after its instructions */
};

struct compile {
	struct section section;
	vec(struct cfi_row) row;
	uint32_t cie_off;		/* of the one parsed last */
	struct cie cie;
	bool has_cie;
	/* of the function */
	struct frame now, remembered[REMEMBERED_MAX];
	uint32_t nremembered;
};

static uint32_t
rule_of(const struct compile *c)
{
	const struct frame *f = &c->now;
	int64_t cfa = f->kind == CFI_DEREF_BP ? -f->cfa : f->cfa;
	uint32_t bp = 0;

	if (c->cie.is_signal)
		return cfi_rule(CFI_SIGNAL, 0, 0);
	if (f->ra == RA_UNDEFINED)
		return cfi_rule(CFI_END, 0, 0);
	if (f->ra != RA_AT_CFA || f->kind == CFI_NONE || f->bp == BP_UNKNOWN)
		return CFI_NONE;
	if (cfa < 0 || cfa % 8 != 0 || cfa / 8 >= 1 << CFI_CFA_BITS)
		return CFI_NONE;
	if (f->bp == BP_AT_BP)
		bp = CFI_AT_BP;
	else if (f->bp == BP_AT_CFA && (f->bp_off >= 0 || f->bp_off % 8 != 0
	    || f->bp_off / -8 >= CFI_AT_BP))
		return CFI_NONE;
	else if (f->bp == BP_AT_CFA)
		bp = (uint32_t)(f->bp_off / -8);
	if (f->kind == CFI_PLT && bp != 0)
		return CFI_NONE;
	return cfi_rule(f->kind, f->kind == CFI_PLT ? f->plt : bp, (uint32_t)(cfa / 8));
}

static void
emit(struct compile *c, uint64_t pc, uint32_t rule)
{
	struct cfi_row row = { (uint32_t)pc, rule };

	if (pc <= UINT32_MAX && c->row.n < ROWS_MAX)
		vec_push(&c->row, row);
}

/*
 * The two kinds of expression that there are: of the linker's stubs,
 *     breg7 8, breg16 0, lit15, and, lit10 or lit11, ge, lit3, shl, plus
 * and of functions that align their stack, breg6 -8, deref.
 */
static void
set_cfa_expression(struct frame *f, struct reader e)
{
	static const uint8_t plt[] = { 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0, 0x2a, 0x33, 0x24, 0x22 };
	const size_t n = (size_t)(e.end - e.p);

	f->kind = CFI_NONE;
	if (n == sizeof(plt) && memcmp(e.p, plt, 6) == 0 && memcmp(e.p + 7, plt + 7, n - 7) == 0
	    && e.p[6] >= 0x30 && e.p[6] <= 0x3f) {
		f->kind = CFI_PLT;
		f->plt = e.p[6] - 0x30;
		f->cfa = 8;
	} else if (n >= 3 && *e.p == 0x70 + REG_BP) {
		e.p++;
		f->cfa = read_sleb(&e);
		if (e.end - e.p == 1 && *e.p == 0x06)
			f->kind = CFI_DEREF_BP;
	}
}

static void
set_cfa_register(struct frame *f, uint64_t reg)
{
	f->kind = reg == REG_SP ? CFI_SP : reg == REG_BP ? CFI_BP : CFI_NONE;
}

static void
set_offset(struct frame *f, uint64_t reg, int64_t off)
{
	if (reg == REG_BP) {
		f->bp = BP_AT_CFA;
		f->bp_off = off;
	} else if (reg == REG_RA) {
		f->ra = off == -8 ? RA_AT_CFA : RA_UNKNOWN;
	}
}

static void
set_unknown(struct frame *f, uint64_t reg)
{
	if (reg == REG_BP)
		f->bp = BP_UNKNOWN;
	else if (reg == REG_RA)
		f->ra = RA_UNKNOWN;
}

/* breg6 0: functions that align their stack have the caller's rbp where theirs points to. */
static void
set_expression(struct frame *f, uint64_t reg, struct reader e)
{
	set_unknown(f, reg);
	if (reg == REG_BP && e.end - e.p == 2 && e.p[0] == 0x70 + REG_BP && e.p[1] == 0)
		f->bp = BP_AT_BP;
}

static void
restore(struct compile *c, uint64_t reg)
{
	if (reg == REG_BP) {
		c->now.bp = c->cie.first.bp;
		c->now.bp_off = c->cie.first.bp_off;
	} else if (reg == REG_RA) {
		c->now.ra = c->cie.first.ra;
	}
}

/* The function goes on at a later address: what held so far is a row. */
static void
advance(struct compile *c, uint64_t *pc, uint64_t units)
{
	emit(c, *pc, rule_of(c));
	*pc += units * c->cie.code_align;
}

/* Instructions with operands (0 in the two highest bits of the opcode). false: not known. */
static bool
follow_extended(struct compile *c, struct reader *r, uint8_t op, uint64_t *pc)
{
	const int64_t align = c->cie.data_align;
	struct frame *f = &c->now;
	uint64_t reg;

	switch (op) {
	case 0x00:	/* nop */
		break;
	case 0x02: case 0x03: case 0x04:	/* advance_loc1, 2, 4 */
		advance(c, pc, read_le(r, op == 0x04 ? 4 : op - 1u));
		break;
	case 0x05:	/* offset_extended */
		reg = read_uleb(r);
		set_offset(f, reg, (int64_t)read_uleb(r) * align);
		break;
	case 0x06:	/* restore_extended */
		restore(c, read_uleb(r));
		break;
	case 0x07:	/* undefined */
		reg = read_uleb(r);
		if (reg == REG_RA)
			f->ra = RA_UNDEFINED;
		else
			set_unknown(f, reg);
		break;
	case 0x08:	/* same_value */
		reg = read_uleb(r);
		set_unknown(f, reg);
		if (reg == REG_BP)
			f->bp = BP_SAME;
		break;
	case 0x09:	/* register */
		set_unknown(f, read_uleb(r));
		read_uleb(r);
		break;
	case 0x0a:	/* remember_state */
		if (c->nremembered == REMEMBERED_MAX)
			return false;
		c->remembered[c->nremembered++] = *f;
		break;
	case 0x0b:	/* restore_state */
		if (c->nremembered == 0)
			return false;
		*f = c->remembered[--c->nremembered];
		break;
	case 0x0c: case 0x12:	/* def_cfa, def_cfa_sf */
		set_cfa_register(f, read_uleb(r));
		f->cfa = op == 0x0c ? (int64_t)read_uleb(r) : read_sleb(r) * align;
		break;
	case 0x0d:	/* def_cfa_register */
		set_cfa_register(f, read_uleb(r));
		break;
	case 0x0e:	/* def_cfa_offset */
		f->cfa = (int64_t)read_uleb(r);
		break;
	case 0x13:	/* def_cfa_offset_sf */
		f->cfa = read_sleb(r) * align;
		break;
	case 0x0f:	/* def_cfa_expression */
		set_cfa_expression(f, read_block(r, read_uleb(r)));
		break;
	case 0x10:	/* expression */
		reg = read_uleb(r);
		set_expression(f, reg, read_block(r, read_uleb(r)));
		break;
	case 0x16:	/* val_expression */
		set_unknown(f, read_uleb(r));
		read_block(r, read_uleb(r));
		break;
	case 0x11:	/* offset_extended_sf */
		reg = read_uleb(r);
		set_offset(f, reg, read_sleb(r) * align);
		break;
	case 0x14: case 0x15:	/* val_offset, val_offset_sf */
		set_unknown(f, read_uleb(r));
		read_uleb(r);
		break;
	case 0x2e:	/* GNU_args_size */
		read_uleb(r);
		break;
	case 0x2f:	/* GNU_negative_offset_extended */
		reg = read_uleb(r);
		set_offset(f, reg, -(int64_t)read_uleb(r) * align);
		break;
	default:
		return false;
	}
	return !r->is_bad;
}

/* false: something that we don't know; what was said before it holds. */
static bool
follow(struct compile *c, struct reader r, uint64_t *pc)
{
	while (r.p < r.end) {
		const uint8_t op = *r.p++, low = op & 0x3f;

		if (op >> 6 == 1)
			advance(c, pc, low);
		else if (op >> 6 == 2)
			set_offset(&c->now, low, (int64_t)read_uleb(&r) * c->cie.data_align);
		else if (op >> 6 == 3)
			restore(c, low);
		else if (!follow_extended(c, &r, op, pc))
			return false;
		if (r.is_bad)
			return false;
	}
	return true;
}

/* ----------------------------------------------------------------------- records */

static void
parse_augmentation(struct compile *c, struct reader *r, const char *augmentation, size_t n)
{
	struct cie *cie = &c->cie;
	struct reader data;

	if (n == 0)
		return;
	if (*augmentation != 'z') {
		cie->is_bad = true;
		return;
	}
	cie->has_augmentation = true;
	data = read_block(r, read_uleb(r));
	for (size_t i = 1; i < n; i++) {
		switch (augmentation[i]) {
		case 'R':
			cie->encoding = (uint8_t)read_le(&data, 1);
			break;
		case 'L':
			read_le(&data, 1);
			break;
		case 'P':
			read_encoded(&data, &c->section, (uint8_t)read_le(&data, 1));
			break;
		case 'S':
			cie->is_signal = true;
			break;
		default:	/* B, and what is to come: the length of the data is known */
			break;
		}
	}
}

static void
parse_cie(struct compile *c, struct reader r)
{
	struct cie *cie = &c->cie;
	const char *augmentation;
	uint64_t version, ra, pc = 0;
	size_t n;

	*cie = (struct cie){ .is_bad = true };
	version = read_le(&r, 1);
	augmentation = (const char *)r.p;
	n = strnlen(augmentation, (size_t)(r.end - r.p));
	if (r.p + n >= r.end || (version != 1 && version != 3))
		return;
	r.p += n + 1;
	cie->is_bad = false;
	cie->code_align = read_uleb(&r);
	cie->data_align = read_sleb(&r);
	ra = version == 1 ? read_le(&r, 1) : read_uleb(&r);
	parse_augmentation(c, &r, augmentation, n);
	cie->is_bad |= r.is_bad || ra != REG_RA || cie->code_align == 0
	    || cie->code_align > UINT16_MAX;
	c->now = (struct frame){ .kind = CFI_NONE, .ra = RA_UNKNOWN };
	c->nremembered = 0;
	if (!cie->is_bad && !follow(c, r, &pc))
		cie->is_bad = true;
	cie->is_bad |= pc != 0;
	cie->first = c->now;
}

/* An FDE, behind the word that says where its CIE is. */
static void
parse_fde(struct compile *c, struct reader r)
{
	const struct cie *cie = &c->cie;
	uint64_t pc, end, bytes;
	bool is_known;

	if (cie->is_bad || cie->encoding & 0x80 || ((cie->encoding & PE_BASE) != 0
	    && (cie->encoding & PE_BASE) != PE_PCREL))
		return;
	pc = read_encoded(&r, &c->section, cie->encoding);
	bytes = read_encoded(&r, &c->section, cie->encoding & PE_FORM);
	if (cie->has_augmentation)
		read_block(&r, read_uleb(&r));
	end = pc + bytes;
	if (r.is_bad || pc == 0 || bytes == 0 || end < pc || end > UINT32_MAX)
		return;
	c->now = cie->first;
	c->nremembered = 0;
	is_known = follow(c, r, &pc);
	if (pc < end)
		emit(c, pc, is_known ? rule_of(c) : (uint32_t)CFI_NONE);
	emit(c, end, GAP);
}

/* The CIE at an offset, unless it is the last one again. */
static bool
find_cie(struct compile *c, uint32_t off)
{
	const struct section *s = &c->section;
	struct reader r = { s->data + off, s->data + s->bytes, false }, body;
	uint32_t length;

	if (c->has_cie && c->cie_off == off)
		return true;
	length = (uint32_t)read_le(&r, 4);
	if (length < 4 || length >= 0xfffffff0)
		return false;
	body = read_block(&r, length);
	if (r.is_bad || read_le(&body, 4) != 0)
		return false;
	c->has_cie = true;
	c->cie_off = off;
	parse_cie(c, body);
	return true;
}

/* By pc; of two at one pc a function after what is between functions, as the last is kept. */
static int
compare(const void *pa, const void *pb)
{
	const struct cfi_row *a = pa, *b = pb;

	if (a->pc != b->pc)
		return a->pc < b->pc ? -1 : 1;
	return (a->rule != GAP) - (b->rule != GAP);
}

static size_t
sort_rows(struct cfi_row *row, size_t n)
{
	size_t kept = 0;

	qsort(row, n, sizeof(*row), compare);
	for (size_t i = 0; i < n; i++) {
		const bool is_gap = row[i].rule == GAP;

		if (i + 1 < n && row[i + 1].pc == row[i].pc)
			continue;
		if (is_gap && i + 1 < n && row[i + 1].pc - row[i].pc < PADDING)
			continue;	/* what fills up to the next function does not run */
		if (is_gap)
			row[i].rule = CFI_NONE;
		if (kept > 0 && row[kept - 1].rule == row[i].rule)
			continue;
		row[kept++] = row[i];
	}
	return kept;
}

struct cfi_row *
cfi_compile(const void *data, size_t bytes, uint64_t addr, size_t *nrow)
{
	struct compile c = { .section = { data, bytes, addr } };
	struct reader r = { data, (const uint8_t *)data + bytes, false };

	while (r.p < r.end && !r.is_bad) {
		uint32_t length = (uint32_t)read_le(&r, 4);
		struct reader body;
		size_t at;
		uint32_t back;

		if (length < 4 || length >= 0xfffffff0)
			break;		/* the end; or 64 bits, which nothing has */
		body = read_block(&r, length);
		at = (size_t)(body.p - c.section.data);
		back = (uint32_t)read_le(&body, 4);
		if (back != 0 && back <= at && find_cie(&c, (uint32_t)(at - back)))
			parse_fde(&c, body);
	}
	*nrow = c.row.n > 0 ? sort_rows(c.row.v, c.row.n) : 0;
	return c.row.v;
}

struct cfi_row *
cfi_read(struct elf *elf, size_t *nrow)
{
	const void *data;
	uint64_t addr;
	size_t bytes;

	*nrow = 0;
	if (elf_machine(elf) != EM_X86_64 || !elf_eh_frame(elf, &data, &bytes, &addr))
		return NULL;
	return cfi_compile(data, bytes, addr, nrow);
}
