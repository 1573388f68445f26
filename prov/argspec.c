/*
 * The parser of stapsdt argument strings. The text is cut at blanks outside of brackets; each
 * piece is a size, an '@' and an operand in the syntax of the machine's assembler.
 */
#include "prov/argspec.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct reg {
	int16_t off;
	const char *name[5];
};

/* By position in a row of the tables. */
static const uint8_t reg_bytes[5] = { 8, 4, 2, 1, 1 };
enum { REG_HIGH_BYTE = 4 };

static const struct reg reg_x86_64[] = {
#define REG(OFF, N8, N4, N2, N1, NH) { OFF, { N8, N4, N2, N1, NH } },
#include "prov/reg_x86_64.def"
#undef REG
};

static const struct reg reg_aarch64[] = {
#define REG(OFF, N8, N4, N2, N1, NH) { OFF, { N8, N4, N2, N1, NH } },
#include "prov/reg_aarch64.def"
#undef REG
};

struct reader;

struct isa {
	int machine;
	const struct reg *reg;
	size_t nreg;
	int16_t ip;
	/* Reads a whole operand. gives: NULL, or why not. */
	const char *(*operand)(struct reader *, struct arg *);
};

struct reader {
	struct arena *arena;
	const struct isa *isa;
	const char *p;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static void
skip_blanks(struct reader *r)
{
	while (is_blank(*r->p))
		r->p++;
}

static bool
accept(struct reader *r, char c)
{
	skip_blanks(r);
	if (*r->p != c)
		return false;
	r->p++;
	skip_blanks(r);
	return true;
}

/* number := decimal, 0x hexadecimal or 0 octal; at most 64 bits */
static const char *
read_number(struct reader *r, uint64_t *val)
{
	char *end;

	if (!is_digit(*r->p))
		return "a number is missing";
	errno = 0;
	*val = strtoull(r->p, &end, 0);
	if (errno == ERANGE)
		return "the number has more than 64 bits";
	r->p = end;
	return is_alpha(*end) || *end == '_' ? "bad number" : NULL;
}

/* ['-' | '+'] number */
static const char *
read_signed(struct reader *r, uint64_t *val)
{
	bool is_negative = accept(r, '-');
	const char *why;

	if (!is_negative)
		accept(r, '+');
	why = read_number(r, val);
	if (why == NULL && is_negative) {
		if (*val > (uint64_t)1 << 63)
			return "the number has more than 64 bits";
		*val = -*val;
	}
	return why;
}

/* Which register it is, with or without its '%'; its width tells where it may stand. */
static const char *
read_reg(struct reader *r, int16_t *off, uint8_t *bytes, bool *is_high)
{
	size_t n = 0;

	while (is_alpha(r->p[n]) || is_digit(r->p[n]))
		n++;
	for (size_t i = 0; i < r->isa->nreg; i++) {
		for (size_t k = 0; k < 5; k++) {
			const char *name = r->isa->reg[i].name[k];

			if (name == NULL || strlen(name) != n || memcmp(name, r->p, n) != 0)
				continue;
			r->p += n;
			*off = r->isa->reg[i].off;
			*bytes = reg_bytes[k];
			*is_high = k == REG_HIGH_BYTE;
			return NULL;
		}
	}
	return n > 0 ? "no such register" : "a register is missing";
}

static const char *
read_reg_operand(struct reader *r, struct arg *a)
{
	uint8_t bytes;

	a->kind = ARG_REG;
	return read_reg(r, &a->reg, &bytes, &a->is_high_byte);
}

/* A register that takes part in an address: of 64 bits, or of 32. */
static const char *
read_addr_reg(struct reader *r, int16_t *off, uint8_t *bytes)
{
	bool is_high;
	const char *why = read_reg(r, off, bytes, &is_high);

	return why == NULL && *bytes < 4 ? "the register cannot hold an address" : why;
}

/*
 * x86-64, as the GNU assembler writes it:
 *
 *   operand := '$' sum | '%' register | [sum] ['(' ['%' base] [',' '%' index [',' scale]] ')']
 *   sum     := ['-' | '+'] term { ('-' | '+') term }      term := number | symbol
 */

static bool
is_symbol_start(char c)
{
	return is_alpha(c) || c == '_' || c == '.';
}

static const char *
read_sum(struct reader *r, struct arg *a)
{
	bool is_negative = accept(r, '-');

	if (!is_negative)
		accept(r, '+');
	for (;;) {
		if (is_symbol_start(*r->p)) {
			size_t n = 1;

			while (is_symbol_start(r->p[n]) || is_digit(r->p[n]) || r->p[n] == '$')
				n++;
			if (r->p[n] == '@')
				return "a symbol with a relocation";
			if (is_negative || a->symbol != NULL)
				return "a difference or sum of symbols";
			a->symbol = arena_strndup(r->arena, r->p, n);
			r->p += n;
		} else {
			uint64_t val;
			const char *why = read_number(r, &val);

			if (why != NULL)
				return why;
			if (is_negative && val > (uint64_t)1 << 63)
				return "the number has more than 64 bits";
			a->val += is_negative ? -val : val;
		}
		is_negative = accept(r, '-');
		if (!is_negative && !accept(r, '+'))
			return NULL;
	}
}

static const char *
read_scale(struct reader *r, struct arg *a)
{
	uint64_t val;
	const char *why = read_number(r, &val);

	if (why != NULL)
		return why;
	if (val == 0 || val > 8 || (val & (val - 1)) != 0)
		return "the scale must be 1, 2, 4 or 8";
	a->scale_shift = (uint8_t)__builtin_ctzll(val);
	return NULL;
}

static const char *
read_index(struct reader *r, struct arg *a, int base_bytes)
{
	const char *why;

	if (!accept(r, '%'))
		return "an index register is missing";
	why = read_addr_reg(r, &a->index, &a->index_bytes);
	if (why != NULL)
		return why;
	if (a->index == r->isa->ip || a->base == r->isa->ip)
		return "no index can be added to %rip";
	if (base_bytes != 0 && base_bytes != a->index_bytes)
		return "base and index have different widths";
	a->is_addr32 = a->index_bytes == 4;
	return accept(r, ',') ? read_scale(r, a) : NULL;
}

static const char *
operand_x86_64(struct reader *r, struct arg *a)
{
	uint8_t base_bytes = 0;
	const char *why;

	if (accept(r, '$')) {
		a->kind = ARG_CONST;
		return read_sum(r, a);
	}
	if (accept(r, '%')) {
		why = read_reg_operand(r, a);
		return r->p[0] == ':' || (r->p[0] != '\0' && r->p[1] == 's' && r->p[2] == ':') ?
		    "a thread-local variable" : why;
	}
	a->kind = ARG_MEM;
	if (*r->p != '(') {
		why = read_sum(r, a);
		if (why != NULL || !accept(r, '('))
			return why;
	} else
		accept(r, '(');
	if (accept(r, '%')) {
		why = read_addr_reg(r, &a->base, &base_bytes);
		if (why != NULL)
			return why;
		a->is_addr32 = base_bytes == 4;
	}
	if (accept(r, ',')) {
		why = read_index(r, a, base_bytes);
		if (why != NULL)
			return why;
	} else if (a->base < 0)
		return "a base register is missing";
	if (!accept(r, ')'))
		return "a ')' is missing";
	if (a->base == r->isa->ip && a->symbol != NULL)
		a->base = -1;	/* a symbol's place: the distance is left to the assembler */
	return NULL;
}

/*
 * aarch64:
 *
 *   operand := ['#'] number | register
 *            | '[' base [',' (['#'] number | index [',' extend [['#'] number]])] ']'
 */

static const struct extend {
	const char *name;
	uint8_t bytes;
	bool is_signed;
} extends[] = {
	{ "lsl",  8, false },
	{ "uxtx", 8, false },
	{ "sxtx", 8, true },
	{ "uxtw", 4, false },
	{ "sxtw", 4, true },
};

static const char *
read_extend(struct reader *r, struct arg *a)
{
	const struct extend *e = NULL;
	uint64_t shift = 0;
	const char *why;

	for (size_t i = 0; i < sizeof(extends) / sizeof(extends[0]); i++)
		if (strncmp(r->p, extends[i].name, strlen(extends[i].name)) == 0)
			e = &extends[i];
	if (e == NULL)
		return "unknown way to extend an index";
	r->p += strlen(e->name);
	if (e->bytes != a->index_bytes)
		return "the index register has another width";
	a->is_index_signed = e->is_signed;
	skip_blanks(r);
	if (accept(r, '#') || is_digit(*r->p)) {
		why = read_number(r, &shift);
		if (why != NULL)
			return why;
	}
	if (shift > 4)
		return "the index is shifted by more than 4";
	a->scale_shift = (uint8_t)shift;
	return NULL;
}

static const char *
read_offset(struct reader *r, struct arg *a)
{
	const char *why;

	if (accept(r, '#') || *r->p == '-' || *r->p == '+' || is_digit(*r->p))
		return read_signed(r, &a->val);
	why = read_addr_reg(r, &a->index, &a->index_bytes);
	if (why != NULL)
		return why;
	if (accept(r, ','))
		return read_extend(r, a);
	return a->index_bytes == 8 ? NULL : "the index register has 32 bits";
}

static const char *
operand_aarch64(struct reader *r, struct arg *a)
{
	const char *why;
	uint8_t bytes;

	if (accept(r, '#') || *r->p == '-' || is_digit(*r->p)) {
		a->kind = ARG_CONST;
		return read_signed(r, &a->val);
	}
	if (strcmp(r->p, "xzr") == 0 || strcmp(r->p, "wzr") == 0) {
		a->kind = ARG_CONST;
		r->p += 3;
		return NULL;
	}
	if (!accept(r, '['))
		return read_reg_operand(r, a);
	a->kind = ARG_MEM;
	why = read_addr_reg(r, &a->base, &bytes);
	if (why != NULL)
		return why;
	if (bytes != 8)
		return "the base register has 32 bits";
	if (accept(r, ',')) {
		why = read_offset(r, a);
		if (why != NULL)
			return why;
	}
	return accept(r, ']') ? NULL : "a ']' is missing";
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct isa isas[] = {
	{ EM_X86_64, reg_x86_64, COUNT(reg_x86_64), 128, operand_x86_64 },
	{ EM_AARCH64, reg_aarch64, COUNT(reg_aarch64), 256, operand_aarch64 },
};

/* size := ['-'] (1 | 2 | 4 | 8) ['f'] '@' */
static const char *
read_size(struct reader *r, struct arg *a)
{
	uint64_t n;

	if (*r->p == '-') {
		a->is_signed = true;
		r->p++;
	}
	if (!is_digit(*r->p))
		return "it has no size";
	n = (uint64_t)(*r->p++ - '0');
	if (*r->p == 'f') {
		a->is_float = true;
		r->p++;
	}
	if (is_digit(*r->p) || (n != 1 && n != 2 && n != 4 && n != 8))
		return "the size must be 1, 2, 4 or 8";
	a->size_bytes = (uint8_t)n;
	if (*r->p != '@')
		return "there is no '@' after the size";
	r->p++;
	return NULL;
}

static void
read_arg(struct arena *arena, const struct isa *isa, const char *text, struct arg *a)
{
	struct reader r = { arena, isa, text };
	const char *why;

	*a = (struct arg){
		.size_bytes = 8, .index_bytes = 8, .reg = -1, .base = -1, .index = -1,
		.text = text,
	};
	why = read_size(&r, a);
	if (why == NULL)
		why = isa != NULL ? isa->operand(&r, a) : "arguments of this machine are unknown";
	if (why == NULL && *r.p != '\0')
		why = "something follows it";
	if (why == NULL && a->is_float && a->size_bytes < 4)
		why = "a floating-point value has 4 or 8 bytes";
	if (why != NULL) {
		a->kind = ARG_BAD;
		a->symbol = NULL;
	}
	if (why != NULL)
		a->why = arena_printf(arena, "\"%s\" cannot be read: %s", text, why);
}

/* The end of the argument that begins at p: a blank outside of brackets. A bracket that is
 * never closed counts for nothing, so that it spoils one argument only. */
static const char *
arg_end(const char *p)
{
	for (; *p != '\0' && !is_blank(*p); p++) {
		const char *close = NULL;

		if (*p == '[' || *p == '(')
			close = strchr(p, *p == '[' ? ']' : ')');
		if (close != NULL && memchr(p, '@', (size_t)(close - p)) == NULL)
			p = close;
	}
	return p;
}

struct argspec *
argspec_parse(struct arena *arena, int machine, const char *text)
{
	struct argspec *s = arena_new(arena, struct argspec);
	struct arg arg[ARGSPEC_MAX];
	const struct isa *isa = NULL;
	const char *end;

	for (size_t i = 0; i < COUNT(isas); i++)
		if (isas[i].machine == machine)
			isa = &isas[i];
	s->text = arena_strdup(arena, text);
	s->ip = isa != NULL ? isa->ip : -1;
	for (; s->narg < ARGSPEC_MAX; text = end) {
		while (is_blank(*text))
			text++;
		if (*text == '\0')
			break;
		end = arg_end(text);
		read_arg(arena, isa, arena_strndup(arena, text, (size_t)(end - text)),
		    &arg[s->narg]);
		s->has_symbols |= arg[s->narg++].symbol != NULL;
	}
	s->arg = arena_alloc(arena, s->narg * sizeof(arg[0]));
	memcpy(s->arg, arg, s->narg * sizeof(arg[0]));
	return s;
}

void
argspec_resolve(struct arena *arena, struct argspec *s, uint64_t pc, argspec_find_fn *find,
    void *self)
{
	for (uint32_t i = 0; i < s->narg; i++) {
		struct arg *a = &s->arg[i];
		uint64_t addr;
		const char *why;

		if (a->symbol == NULL)
			continue;
		why = find(self, a->symbol, &addr);
		if (why != NULL) {
			a->kind = ARG_BAD;
			a->why = arena_printf(arena, "symbol \"%s\" %s", a->symbol, why);
		} else {
			a->is_pc_relative = true;
			a->val += addr - pc;
		}
		a->symbol = NULL;
	}
	s->has_symbols = false;
}

const char *
argspec_type(const struct arg *a)
{
	switch (a->size_bytes) {
	case 1:
		return a->is_signed ? "int8_t" : "uint8_t";
	case 2:
		return a->is_signed ? "int16_t" : "uint16_t";
	case 4:
		return a->is_float ? "float" : a->is_signed ? "int32_t" : "uint32_t";
	default:
		return a->is_float ? "double" : a->is_signed ? "int64_t" : "uint64_t";
	}
}
