/* Printing IR, by the operand column of op.def. */
#include "ir/text.h"

#include <inttypes.h>

#include "ir/helper.h"
#include "ir/op.h"

enum { LINE_COLUMN = 52 };

struct print {
	struct buf *out;
	const struct ir_func *f;
	bool with_regs;
};

static void
print_again(const struct print *p, const struct ir_insn *insn)
{
	switch ((enum ir_op)insn->op) {
	case OP_FP:
		buf_printf(p->out, "fp%+d", insn->off);
		break;
	case OP_MAP:
		buf_printf(p->out, "map %" PRId64, insn->imm);
		break;
	case OP_MAPVAL:
		buf_printf(p->out, "mapval %" PRId64 "%+d", insn->imm, insn->off2);
		break;
	default:
		buf_printf(p->out, "%" PRId64, insn->imm);
		break;
	}
}

static void
print_value(const struct print *p, ir_val v)
{
	if (!p->with_regs)
		buf_printf(p->out, "%%%d", v);
	else if (p->f->again[v] >= 0)
		print_again(p, &p->f->insn[p->f->again[v]]);
	else if (p->f->reg[v] >= 0)
		buf_printf(p->out, "r%d", p->f->reg[v]);
	else if (p->f->spill[v] != 0)
		buf_printf(p->out, "[fp%d]", p->f->spill[v]);
	else
		buf_puts(p->out, "-");
}

static void
print_operand(const struct print *p, const struct ir_insn *insn, char kind)
{
	const char *name;

	switch (kind) {
	case 'a':
		print_value(p, insn->a);
		break;
	case 'b':
		print_value(p, insn->b);
		break;
	case 'c':
		print_value(p, insn->c);
		break;
	case 'B':
		if (insn->has_imm)
			buf_printf(p->out, "%" PRId64, insn->imm);
		else
			print_value(p, insn->b);
		break;
	case 'i':
		buf_printf(p->out, "%" PRId64, insn->imm);
		break;
	case 'o':
		buf_printf(p->out, "%d", insn->off);
		break;
	case 'p':
		buf_printf(p->out, "%d", insn->off2);
		break;
	case 'l':
		buf_printf(p->out, "@%d", insn->label);
		break;
	case 'h':
		name = helper_name((int)insn->imm);
		if (name != NULL)
			buf_puts(p->out, name);
		else
			buf_printf(p->out, "%" PRId64, insn->imm);
		break;
	case 'f':
		buf_puts(p->out, insn->callee->name);
		break;
	case '*':
		for (int i = 0; i < insn->narg; i++) {
			buf_puts(p->out, i > 0 ? ", " : " ");
			print_value(p, insn->arg[i]);
		}
		break;
	}
}

static void
print_insn(const struct print *p, const struct ir_insn *insn)
{
	const char *operand = ir_op[insn->op].operands;
	const char *gap = " ";

	if (insn->op == OP_LABEL) {
		buf_printf(p->out, "@%d:", insn->label);
		return;
	}
	buf_puts(p->out, "    ");
	if (*operand == '=') {
		print_value(p, insn->dst);
		buf_puts(p->out, " = ");
		operand++;
	}
	buf_puts(p->out, ir_op[insn->op].text);
	if (*operand == '#') {
		buf_printf(p->out, "%d", insn->size * 8);
		operand++;
	}
	for (; *operand != '\0'; operand++) {
		if (*operand != '*')
			buf_puts(p->out, gap);
		print_operand(p, insn, *operand);
		gap = ", ";
	}
	if (p->with_regs && insn->tmp != IR_NONE) {
		buf_puts(p->out, " using ");
		print_value(p, insn->tmp);
	}
}

static void
print_head(const struct print *p)
{
	static const char *const linkage[] = {
		[IR_ENTRY] = "entry", [IR_STATIC] = "static", [IR_GLOBAL] = "global",
	};
	const struct ir_func *f = p->f;

	buf_printf(p->out, "func %s %s (", f->name, linkage[f->linkage]);
	for (int i = 0; i < f->narg; i++) {
		buf_puts(p->out, i > 0 ? ", " : "");
		print_value(p, i);
	}
	buf_putc(p->out, ')');
	if (f->frame_bytes > 0)
		buf_printf(p->out, " frame %u", f->frame_bytes);
	buf_putc(p->out, '\n');
}

void
ir_print(struct buf *out, const struct ir_func *f, bool with_regs)
{
	struct print p = { out, f, with_regs };

	print_head(&p);
	for (uint32_t i = 0; i < f->ninsn; i++) {
		const struct ir_insn *insn = &f->insn[i];
		size_t begin = out->n, width;

		if (with_regs && insn->dst != IR_NONE && f->again[insn->dst] >= 0)
			continue;
		print_insn(&p, insn);
		width = out->n - begin;
		if (insn->line > 0) {
			buf_fill(out, ' ', width < LINE_COLUMN ? LINE_COLUMN - width : 1);
			buf_printf(out, "; %u", insn->line);
		}
		buf_putc(out, '\n');
	}
}
