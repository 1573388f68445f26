/* BPF instructions as text. Only what encode.c makes has a form of its own. */
#include "ir/text.h"

#include <inttypes.h>

#include "ir/helper.h"

enum { LINE_COLUMN = 44 };

static const char *
size_name(uint8_t code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B:
		return "u8";
	case BPF_H:
		return "u16";
	case BPF_W:
		return "u32";
	default:
		return "u64";
	}
}

static const char *
alu_text(const struct bpf_insn *p)
{
	static const char *const text[16] = {
		[BPF_ADD >> 4] = "+=", [BPF_SUB >> 4] = "-=", [BPF_MUL >> 4] = "*=",
		[BPF_DIV >> 4] = "/=", [BPF_OR >> 4] = "|=", [BPF_AND >> 4] = "&=",
		[BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=", [BPF_MOD >> 4] = "%=",
		[BPF_XOR >> 4] = "^=", [BPF_MOV >> 4] = "=", [BPF_ARSH >> 4] = "s>>=",
	};

	if (p->off == 1 && BPF_OP(p->code) == BPF_DIV)
		return "s/=";
	if (p->off == 1 && BPF_OP(p->code) == BPF_MOD)
		return "s%=";
	return text[BPF_OP(p->code) >> 4];
}

static void
print_alu(struct buf *out, const struct bpf_insn *p)
{
	char r = BPF_CLASS(p->code) == BPF_ALU64 ? 'r' : 'w';
	const char *text = alu_text(p);

	if (BPF_OP(p->code) == BPF_NEG)
		buf_printf(out, "%c%d = -%c%d", r, p->dst_reg, r, p->dst_reg);
	else if (text == NULL)
		buf_printf(out, "(%02x)", p->code);
	else if (BPF_SRC(p->code) == BPF_K)
		buf_printf(out, "%c%d %s %d", r, p->dst_reg, text, p->imm);
	else if (BPF_OP(p->code) == BPF_MOV && p->off != 0)
		buf_printf(out, "%c%d = (s%d)%c%d", r, p->dst_reg, p->off, r, p->src_reg);
	else
		buf_printf(out, "%c%d %s %c%d", r, p->dst_reg, text, r, p->src_reg);
}

static void
print_memory(struct buf *out, const struct bpf_insn *p)
{
	bool is_load = BPF_CLASS(p->code) == BPF_LDX;
	struct buf place = BUF_INIT;

	buf_printf(&place, "*(%s *)(r%d %+d)", size_name(p->code),
	    is_load ? p->src_reg : p->dst_reg, p->off);
	if (is_load)
		buf_printf(out, "r%d = %s", p->dst_reg, buf_str(&place));
	else if (BPF_CLASS(p->code) == BPF_ST)
		buf_printf(out, "%s = %d", buf_str(&place), p->imm);
	else if (BPF_MODE(p->code) == BPF_MEM)
		buf_printf(out, "%s = r%d", buf_str(&place), p->src_reg);
	else if (p->imm == (BPF_ADD | BPF_FETCH))
		buf_printf(out, "r%d = fadd(%s, r%d)", p->src_reg, buf_str(&place), p->src_reg);
	else if (p->imm == BPF_XCHG)
		buf_printf(out, "r%d = xchg(%s, r%d)", p->src_reg, buf_str(&place), p->src_reg);
	else if (p->imm == BPF_CMPXCHG)
		buf_printf(out, "r0 = cmpxchg(%s, r0, r%d)", buf_str(&place), p->src_reg);
	else
		buf_printf(out, "lock %s += r%d", buf_str(&place), p->src_reg);
	buf_fini(&place);
}

static const char *
func_at(const struct bpf_code *c, uint32_t insn)
{
	for (uint32_t i = 0; i < c->nfunc; i++) {
		if (c->func_start[i] == insn)
			return c->func_name[i];
	}
	return "?";
}

static void
print_call(struct buf *out, const struct bpf_code *c, uint32_t i)
{
	const struct bpf_insn *p = &c->insn[i];

	if (p->src_reg == BPF_PSEUDO_CALL)
		buf_printf(out, "call %s", func_at(c, i + 1 + (uint32_t)p->imm));
	else if (helper_name(p->imm) != NULL)
		buf_printf(out, "call bpf_%s", helper_name(p->imm));
	else
		buf_printf(out, "call bpf #%d", p->imm);
}

static void
print_jump(struct buf *out, const struct bpf_code *c, uint32_t i)
{
	static const char *const text[16] = {
		[BPF_JEQ >> 4] = "==", [BPF_JNE >> 4] = "!=", [BPF_JGT >> 4] = ">",
		[BPF_JGE >> 4] = ">=", [BPF_JLT >> 4] = "<", [BPF_JLE >> 4] = "<=",
		[BPF_JSGT >> 4] = "s>", [BPF_JSGE >> 4] = "s>=", [BPF_JSLT >> 4] = "s<",
		[BPF_JSLE >> 4] = "s<=", [BPF_JSET >> 4] = "&",
	};
	const struct bpf_insn *p = &c->insn[i];
	const char *cond = text[BPF_OP(p->code) >> 4];
	int64_t target = (int64_t)i + 1 + p->off;

	if (p->code == (BPF_JMP | BPF_EXIT))
		buf_puts(out, "exit");
	else if (p->code == (BPF_JMP | BPF_CALL))
		print_call(out, c, i);
	else if (p->code == (BPF_JMP | BPF_JA))
		buf_printf(out, "goto %" PRId64, target);
	else if (cond == NULL)
		buf_printf(out, "(%02x)", p->code);
	else if (BPF_SRC(p->code) == BPF_K)
		buf_printf(out, "if r%d %s %d goto %" PRId64, p->dst_reg, cond, p->imm, target);
	else
		buf_printf(out, "if r%d %s r%d goto %" PRId64, p->dst_reg, cond, p->src_reg,
		    target);
}

/* A load of 64 bits, which takes two slots: a number, or what the loader makes an address. */
static void
print_imm64(struct buf *out, const struct bpf_code *c, uint32_t i)
{
	uint64_t low = (uint32_t)c->insn[i].imm, high = (uint32_t)c->insn[i + 1].imm;
	int map = -1;

	for (uint32_t k = 0; k < c->nreloc; k++) {
		if (c->reloc[k].insn == i)
			map = c->reloc[k].map;
	}
	buf_printf(out, "r%d = ", c->insn[i].dst_reg);
	if (map < 0)
		buf_printf(out, "0x%" PRIx64 " ll", high << 32 | low);
	else if (c->insn[i].src_reg == BPF_PSEUDO_MAP_VALUE)
		buf_printf(out, "map %d value %+d", map, (int)high);
	else
		buf_printf(out, "map %d", map);
}

static void
print_one(struct buf *out, const struct bpf_code *c, uint32_t i)
{
	switch (BPF_CLASS(c->insn[i].code)) {
	case BPF_ALU:
	case BPF_ALU64:
		print_alu(out, &c->insn[i]);
		break;
	case BPF_JMP:
		print_jump(out, c, i);
		break;
	case BPF_LD:
		print_imm64(out, c, i);
		break;
	default:
		print_memory(out, &c->insn[i]);
		break;
	}
}

void
disasm(struct buf *out, const struct bpf_code *c)
{
	uint32_t func = 0;

	for (uint32_t i = 0; i < c->ninsn; i++) {
		size_t begin = out->n, width;

		if (func < c->nfunc && c->func_start[func] == i) {
			buf_printf(out, "%s:\n", c->func_name[func++]);
			begin = out->n;
		}
		buf_printf(out, "%4u: ", i);
		print_one(out, c, i);
		width = out->n - begin;
		if (c->line[i] > 0) {
			buf_fill(out, ' ', width < LINE_COLUMN ? LINE_COLUMN - width : 1);
			buf_printf(out, "; %u", c->line[i]);
		}
		buf_putc(out, '\n');
		if (c->insn[i].code == (BPF_LD | BPF_DW | BPF_IMM))
			i++;
	}
}
