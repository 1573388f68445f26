/*
 * Textual IR → functions. The text may come from anywhere: whatever regs.c and encode.c take for
 * granted is checked here, so that no text makes them fail.
 */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>

#include "ir/helper.h"
#include "ir/op.h"
#include "ir/regs.h"
#include "ir/text.h"

enum { NUMBER_MAX = 9999, ARGS_MAX = 5, LOOP_DEPTH_MAX = 4, BYTES_MAX = 16384 };

struct parse {
	struct arena *arena;
	const char *p;			/* rest of the text */
	int line;
	const char *error;		/* the first one; NULL while all is well */
	struct ir_func *f;
	struct ir_func **func;
	uint32_t nfunc, func_cap;
	struct buf word;
};

static void __attribute__((format(printf, 2, 3)))
fail(struct parse *p, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (p->error != NULL)
		return;
	buf_printf(&b, "line %d: ", p->line);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	p->error = arena_strdup(p->arena, buf_str(&b));
	buf_fini(&b);
}

/* lexis */

static void
blanks(struct parse *p)
{
	while (*p->p == ' ' || *p->p == '\t')
		p->p++;
}

static bool
accept(struct parse *p, char c)
{
	blanks(p);
	if (*p->p != c)
		return false;
	p->p++;
	return true;
}

static void
expect(struct parse *p, char c)
{
	if (!accept(p, c))
		fail(p, "'%c' expected", c);
}

static int64_t
number(struct parse *p, int64_t min, int64_t max)
{
	uint64_t limit, v = 0;
	bool is_negative = accept(p, '-');

	limit = is_negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	blanks(p);
	if (!isdigit((unsigned char)*p->p))
		fail(p, "number expected");
	for (; isdigit((unsigned char)*p->p); p->p++) {
		uint64_t digit = (uint64_t)(*p->p - '0');

		if (v > (limit - digit) / 10) {
			fail(p, "number too large");
			return min;
		}
		v = v * 10 + digit;
	}
	v = is_negative ? 0 - v : v;
	if ((int64_t)v < min || (int64_t)v > max) {
		fail(p, "%" PRId64 " is not within %" PRId64 " and %" PRId64, (int64_t)v, min,
		    max);
		return min;
	}
	return (int64_t)v;
}

/* gives: the next run of name characters, until the next call; may be empty. */
static const char *
word(struct parse *p)
{
	blanks(p);
	buf_clear(&p->word);
	while (isalnum((unsigned char)*p->p) || *p->p == '_' || *p->p == '.' || *p->p == '-' ||
	    *p->p == ':')
		buf_putc(&p->word, *p->p++);
	return buf_str(&p->word);
}

static ir_val
value(struct parse *p)
{
	int v;

	expect(p, '%');
	v = (int)number(p, 0, NUMBER_MAX);
	if (v >= p->f->nval)
		p->f->nval = v + 1;
	return v;
}

/* The end of a line, with the D line number if there is one. */
static uint32_t
end_of_line(struct parse *p)
{
	uint32_t line = 0;

	if (accept(p, ';'))
		line = (uint32_t)number(p, 0, INT32_MAX);
	blanks(p);
	if (*p->p == '\n')
		p->p++;
	else if (*p->p != '\0')
		fail(p, "end of line expected");
	p->line++;
	return line;
}

/* instructions */

static struct ir_func *
find_func(const struct parse *p, const char *name)
{
	for (uint32_t i = 0; i < p->nfunc; i++) {
		if (strcmp(p->func[i]->name, name) == 0)
			return p->func[i];
	}
	return NULL;
}

static void
label(struct parse *p, struct ir_insn *insn)
{
	expect(p, '@');
	insn->label = (int)number(p, 0, NUMBER_MAX);
	if (insn->label >= p->f->nlabel)
		p->f->nlabel = insn->label + 1;
}

static void
helper(struct parse *p, struct ir_insn *insn)
{
	blanks(p);
	if (isdigit((unsigned char)*p->p)) {
		insn->imm = number(p, 0, INT32_MAX);
		return;
	}
	insn->imm = helper_find(word(p));
	if (insn->imm < 0)
		fail(p, "no helper '%s'", buf_str(&p->word));
}

static void
callee(struct parse *p, struct ir_insn *insn)
{
	insn->callee = find_func(p, word(p));
	if (insn->callee == NULL)
		fail(p, "no function '%s'", buf_str(&p->word));
}

static void
arguments(struct parse *p, struct ir_insn *insn)
{
	blanks(p);
	insn->arg = arena_alloc(p->arena, ARGS_MAX * sizeof(*insn->arg));
	if (*p->p != '%')
		return;
	do {
		if (insn->narg == ARGS_MAX) {
			fail(p, "more than %d arguments", ARGS_MAX);
			return;
		}
		insn->arg[insn->narg++] = value(p);
	} while (p->error == NULL && accept(p, ','));
}

static void
operand(struct parse *p, struct ir_insn *insn, char kind)
{
	bool is_const = insn->op == OP_CONST;

	switch (kind) {
	case 'a':
		insn->a = value(p);
		break;
	case 'c':
		insn->c = value(p);
		break;
	case 'B':
		blanks(p);
		insn->has_imm = *p->p != '%';
		if (insn->has_imm) {
			insn->imm = number(p, INT32_MIN, INT32_MAX);
			break;
		}
		/* fall through */
	case 'b':
		insn->b = value(p);
		break;
	case 'i':
		insn->imm = number(p, is_const ? INT64_MIN : 0, is_const ? INT64_MAX : INT32_MAX);
		break;
	case 'o':
		insn->off = (int32_t)number(p, INT16_MIN + FRAME_BYTES_MAX, INT16_MAX);
		break;
	case 'p':
		insn->off2 = (int32_t)number(p, INT16_MIN + FRAME_BYTES_MAX, INT32_MAX);
		break;
	case 'l':
		label(p, insn);
		break;
	case 'h':
		helper(p, insn);
		break;
	case 'f':
		callee(p, insn);
		break;
	case '*':
		arguments(p, insn);
		break;
	}
}

/* What the constructors of ir.c see to, and what encode.c takes for granted. */
static void
check_insn(struct parse *p, const struct ir_insn *insn)
{
	enum ir_op op = insn->op;

	if (insn->dst != IR_NONE && ir_is_late(insn, insn->dst))
		fail(p, "%%%d can't be the result too", insn->dst);
	switch (ir_op[op].shape) {
	case SHAPE_BIN:
		if (insn->has_imm && insn->imm == 0 &&
		    (op == OP_DIV || op == OP_MOD || op == OP_SDIV || op == OP_SMOD))
			fail(p, "division by a constant 0");
		if (insn->has_imm && (insn->imm & ~63) != 0 &&
		    (op == OP_LSH || op == OP_RSH || op == OP_ARSH))
			fail(p, "shift by more than 63");
		break;
	case SHAPE_EXT:
		if (insn->size == 8)
			fail(p, "nothing to extend");
		break;
	case SHAPE_ATOMIC:
		if (insn->size < 4)
			fail(p, "atomic operation on less than 32 bits");
		break;
	case SHAPE_ZERO:
	case SHAPE_COPY:
		if (insn->imm > BYTES_MAX || insn->off + insn->imm > INT16_MAX ||
		    insn->off2 + insn->imm > INT16_MAX)
			fail(p, "more than one instruction can reach");
		break;
	case SHAPE_FCALL:
		if (p->error == NULL && insn->narg != insn->callee->narg)
			fail(p, "%s takes %d arguments", insn->callee->name, insn->callee->narg);
		break;
	default:
		break;
	}
}

/* gives: the operation whose text this is, with a size in bits after it if it has one. */
static enum ir_op
operation(struct parse *p, uint8_t *size_bytes)
{
	const char *w = word(p);

	for (int op = 0; op < OP_MAX; op++) {
		size_t n = strlen(ir_op[op].text);
		bool is_sized = strchr(ir_op[op].operands, '#') != NULL;

		if (strncmp(w, ir_op[op].text, n) != 0 || op == OP_LABEL)
			continue;
		if (!is_sized && w[n] == '\0')
			return (enum ir_op)op;
		for (uint8_t bytes = 1; is_sized && bytes <= 8; bytes = (uint8_t)(bytes * 2)) {
			char bits[3];

			snprintf(bits, sizeof(bits), "%d", 8 * bytes);
			*size_bytes = bytes;
			if (strcmp(w + n, bits) == 0)
				return (enum ir_op)op;
		}
	}
	fail(p, "no operation '%s'", w);
	return OP_RET;
}

static struct ir_insn *
new_insn(struct ir_func *f)
{
	ir_place(f, IR_NONE);
	return &f->insn[f->ninsn - 1];
}

static void
instruction(struct parse *p)
{
	struct ir_insn *insn = new_insn(p->f);
	const char *kind;
	bool is_first = true;
	ir_val dst = IR_NONE;

	blanks(p);
	if (*p->p == '@') {
		label(p, insn);
		expect(p, ':');
		insn->line = end_of_line(p);
		return;
	}
	if (*p->p == '%') {
		dst = value(p);
		expect(p, '=');
	}
	insn->op = (uint8_t)operation(p, &insn->size);
	insn->dst = dst;
	kind = ir_op[insn->op].operands;
	if ((*kind == '=') != (dst != IR_NONE))
		fail(p, dst != IR_NONE ? "no result here" : "result needed");
	for (; *kind != '\0' && p->error == NULL; kind++) {
		if (*kind == '=' || *kind == '#')
			continue;
		if (!is_first && *kind != '*')
			expect(p, ',');
		operand(p, insn, *kind);
		is_first = false;
	}
	check_insn(p, insn);
	insn->line = end_of_line(p);
}

/* functions */

/* Labels are placed once; jumps go forward or are the ends of properly nested loops. */
static void
check_labels(struct parse *p)
{
	const struct ir_func *f = p->f;
	uint32_t *at = arena_alloc(p->arena, (size_t)f->nlabel * sizeof(*at));
	uint32_t begin[LOOP_DEPTH_MAX];	/* of loops around, seen from below */
	int depth = 0;

	for (uint32_t i = 0; i < f->ninsn; i++) {
		if (f->insn[i].op != OP_LABEL)
			continue;
		if (at[f->insn[i].label] != 0)
			fail(p, "label @%d is placed twice", f->insn[i].label);
		at[f->insn[i].label] = i + 1;
	}
	for (uint32_t i = f->ninsn; i-- > 0; ) {
		const struct ir_insn *insn = &f->insn[i];

		while (depth > 0 && begin[depth - 1] > i)
			depth--;
		if (!ir_is_jump(insn->op))
			continue;
		if (at[insn->label] == 0) {
			fail(p, "label @%d is not placed", insn->label);
			return;
		}
		if (at[insn->label] > i)
			continue;
		if (depth == LOOP_DEPTH_MAX ||
		    (depth > 0 && at[insn->label] - 1 < begin[depth - 1])) {
			fail(p, "loops nested too deeply, or overlapping");
			return;
		}
		begin[depth++] = at[insn->label] - 1;
	}
}

/* Registers for the expansions, as ir.c adds them; after the last value of the text. */
static void
add_temporaries(struct ir_func *f)
{
	for (uint32_t i = 0; i < f->ninsn; i++) {
		struct ir_insn *insn = &f->insn[i];

		if (insn->op == OP_COPY || insn->op == OP_SDIV || insn->op == OP_SMOD)
			insn->tmp = f->nval++;
	}
}

/* "func" is read: name linkage (%0, …) frame N */
static void
head(struct parse *p)
{
	static const char *const linkage[] = {
		[IR_ENTRY] = "entry", [IR_STATIC] = "static", [IR_GLOBAL] = "global",
	};
	const char *name = arena_strdup(p->arena, word(p));
	const char *w = word(p);
	int k = 0, narg = 0;
	uint32_t frame_bytes = 0;

	while (k < 3 && strcmp(w, linkage[k]) != 0)
		k++;
	if (k == 3)
		fail(p, "entry, static or global expected");
	if (*name == '\0' || find_func(p, name) != NULL)
		fail(p, "function has no name, or that of another");
	expect(p, '(');
	while (p->error == NULL && !accept(p, ')')) {
		if (narg > 0)
			expect(p, ',');
		expect(p, '%');
		number(p, narg, narg);
		if (narg++ == ARGS_MAX)
			fail(p, "more than %d arguments", ARGS_MAX);
	}
	blanks(p);
	if (*p->p == 'f' && strcmp(word(p), "frame") == 0)
		frame_bytes = (uint32_t)number(p, 0, FRAME_BYTES_MAX);
	end_of_line(p);
	if (p->error != NULL)
		return;
	p->f = ir_func_new(p->arena, name, (enum ir_linkage)k, narg);
	ir_frame(p->f, frame_bytes);
}

static void
add_func(struct parse *p)
{
	if (p->nfunc == p->func_cap) {
		uint32_t cap = p->func_cap > 0 ? 2 * p->func_cap : 8;
		struct ir_func **bigger = arena_alloc(p->arena, cap * sizeof(*bigger));

		if (p->nfunc > 0)
			memcpy(bigger, p->func, p->nfunc * sizeof(*bigger));
		p->func = bigger;
		p->func_cap = cap;
	}
	p->func[p->nfunc++] = p->f;
}

static bool
at_func(const struct parse *p)
{
	return strncmp(p->p, "func ", 5) == 0;
}

static bool
at_blank_line(struct parse *p)
{
	blanks(p);
	return *p->p == '\n';
}

static void
skip_line(struct parse *p)
{
	while (*p->p != '\0' && *p->p != '\n')
		p->p++;
	if (*p->p == '\n')
		p->p++;
	p->line++;
}

/* First the heads, so that functions may be called before they are described. */
static void
parse_heads(struct parse *p)
{
	while (*p->p != '\0' && p->error == NULL) {
		if (!at_func(p)) {
			skip_line(p);
			continue;
		}
		p->p += 5;
		head(p);
		if (p->error != NULL)
			return;
		if ((p->nfunc == 0) != (p->f->linkage == IR_ENTRY))
			fail(p, "the entry, and only it, comes first");
		add_func(p);
	}
	if (p->nfunc == 0)
		fail(p, "no function");
}

static void
parse_body(struct parse *p)
{
	while (*p->p != '\0' && p->error == NULL && !at_func(p)) {
		if (at_blank_line(p))
			skip_line(p);
		else
			instruction(p);
	}
	if (p->error != NULL)
		return;
	if (p->f->ninsn == 0 || p->f->insn[p->f->ninsn - 1].op != OP_RET)
		fail(p, "%s does not end in ret", p->f->name);
	check_labels(p);
	add_temporaries(p->f);
}

static void
parse_bodies(struct parse *p)
{
	uint32_t next = 0;

	while (*p->p != '\0' && p->error == NULL) {
		if (at_func(p)) {
			skip_line(p);
			p->f = p->func[next++];
			parse_body(p);
		} else if (at_blank_line(p)) {
			skip_line(p);
		} else {
			fail(p, "'func' expected");
		}
	}
}

struct ir_prog *
ir_parse(struct arena *a, const char *text, const char **error)
{
	struct parse p = { .arena = a, .p = text, .line = 1, .word = BUF_INIT };
	struct ir_prog *prog = arena_new(a, struct ir_prog);

	parse_heads(&p);
	p.p = text;
	p.line = 1;
	if (p.error == NULL)
		parse_bodies(&p);
	buf_fini(&p.word);
	*error = p.error;
	if (p.error != NULL)
		return NULL;
	prog->name = p.func[0]->name;
	prog->func = p.func;
	prog->nfunc = p.nfunc;
	return prog;
}
