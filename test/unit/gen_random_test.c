/*
 * Random integer expressions: what the kernel computes is what C's rules say. Needs root.
 *
 *   gen_random_test [seed]
 */
#include <inttypes.h>

#include "lang/builtin.h"
#include "test/unit/gen_run.h"
#include "test/unit/pick.h"
#include "test/unit/tap.h"

enum { PROGRAMS = 40, EXPRS = 10 };

static struct run run;

/* A type of D's, and a value of it, extended to 64 bits. */
struct num {
	int size;
	bool is_signed;
	int64_t v;
};

static int64_t
extend(int64_t v, int size, bool is_signed)
{
	int shift = 64 - 8 * size;
	uint64_t up = (uint64_t)v << shift;

	return is_signed ? (int64_t)up >> shift : (int64_t)(up >> shift);
}

static struct num
num(int64_t v, int size, bool is_signed)
{
	return (struct num){ size, is_signed, extend(v, size, is_signed) };
}

static struct num
promote(struct num a)
{
	return a.size < 4 ? num(a.v, 4, true) : a;
}

/* C99 6.3.1.8, LP64. */
static void
usual(struct num *a, struct num *b)
{
	int size;
	bool is_signed;

	*a = promote(*a);
	*b = promote(*b);
	size = a->size > b->size ? a->size : b->size;
	is_signed = (a->size < size || a->is_signed) && (b->size < size || b->is_signed);
	*a = num(a->v, size, is_signed);
	*b = num(b->v, size, is_signed);
}

static const struct {
	const char *name;
	int size;
	bool is_signed;
} types[] = {
	{ "int8_t", 1, true }, { "uint8_t", 1, false }, { "int16_t", 2, true },
	{ "uint16_t", 2, false }, { "int", 4, true }, { "uint32_t", 4, false },
	{ "int64_t", 8, true }, { "uint64_t", 8, false },
};

static struct num expr(struct buf *, int depth);

static struct num
leaf(struct buf *b)
{
	static const int64_t constant[] = { 0, 1, 2, 7, 127, 128, 255, 65535, 65536, INT32_MAX };
	uint32_t i = pick(BV_ARG9 - BV_ARG0 + 1), t = pick(8);
	int64_t v = constant[pick(10)];

	if (pick(4) == 0) {
		buf_printf(b, "%" PRId64, v);
		return num(v, 4, true);
	}
	buf_printf(b, "(%s)arg%u", types[t].name, i);
	return num((int64_t)run.arg[i], types[t].size, types[t].is_signed);
}

static struct num
divide(struct num x, struct num y, bool is_mod)
{
	if (y.v == 0)
		return num(0, x.size, x.is_signed);	/* not reached: see binary() */
	if (!x.is_signed)
		return num((int64_t)(is_mod ? (uint64_t)x.v % (uint64_t)y.v
		    : (uint64_t)x.v / (uint64_t)y.v), x.size, false);
	if (y.v == -1)
		return num(is_mod ? 0 : (int64_t)-(uint64_t)x.v, x.size, true);
	return num(is_mod ? x.v % y.v : x.v / y.v, x.size, true);
}

static struct num
compare(uint32_t op, struct num x, struct num y)
{
	bool less = x.is_signed ? x.v < y.v : (uint64_t)x.v < (uint64_t)y.v;
	bool result[] = { less, less || x.v == y.v, x.v == y.v, x.v != y.v };

	return num(result[op], 4, true);
}

static struct num
shift(struct buf *b, int depth)
{
	bool is_left = pick(2);
	struct num x;
	uint32_t n;

	buf_printf(b, "(");
	x = promote(expr(b, depth - 1));
	n = pick(x.size == 8 ? 64 : 31);
	buf_printf(b, " %s %u)", is_left ? "<<" : ">>", n);
	if (is_left)
		return num((int64_t)((uint64_t)x.v << n), x.size, x.is_signed);
	return num(x.is_signed ? x.v >> n : (int64_t)((uint64_t)x.v >> n), x.size, x.is_signed);
}

static struct num
binary(struct buf *b, int depth)
{
	static const char *const op[] = {
		"+", "-", "*", "&", "|", "^", "<", "<=", "==", "!=", "/", "%",
	};
	uint32_t i = pick(12);
	struct num x, y;
	uint64_t u, v;

	buf_printf(b, "(");
	x = expr(b, depth - 1);
	buf_printf(b, " %s ", op[i]);
	if (i >= 10) {		/* no divisor is 0 */
		buf_printf(b, "(1 | ");
		y = expr(b, depth - 1);
		buf_printf(b, ")");
		y = promote(y);
		y = num(y.v | 1, y.size, y.is_signed);
	} else {
		y = expr(b, depth - 1);
	}
	buf_printf(b, ")");
	usual(&x, &y);
	u = (uint64_t)x.v;
	v = (uint64_t)y.v;
	if (i >= 10)
		return divide(x, y, i == 11);
	if (i >= 6)
		return compare(i - 6, x, y);
	const uint64_t result[] = { u + v, u - v, u * v, u & v, u | v, u ^ v };
	return num((int64_t)result[i], x.size, x.is_signed);
}

static struct num
choice(struct buf *b, int depth)
{
	struct num c, x, y;

	buf_printf(b, "(");
	c = expr(b, depth - 1);
	buf_printf(b, " ? ");
	x = expr(b, depth - 1);
	buf_printf(b, " : ");
	y = expr(b, depth - 1);
	buf_printf(b, ")");
	usual(&x, &y);
	return c.v != 0 ? x : y;
}

static struct num
logic(struct buf *b, int depth)
{
	static const char *const op[] = { "&&", "||", "^^" };
	uint32_t i = pick(3);
	struct num x, y;

	buf_printf(b, "(");
	x = expr(b, depth - 1);
	buf_printf(b, " %s ", op[i]);
	y = expr(b, depth - 1);
	buf_printf(b, ")");
	bool p = x.v != 0, q = y.v != 0, result[] = { p && q, p || q, p != q };
	return num(result[i], 4, true);
}

static struct num
unary(struct buf *b, int depth)
{
	uint32_t i = pick(4), t = pick(8);
	struct num x;

	if (i == 3)
		buf_printf(b, "(%s)", types[t].name);
	else
		buf_printf(b, "%c", "-~!"[i]);
	buf_printf(b, "(");
	x = expr(b, depth - 1);
	buf_printf(b, ")");
	if (i == 3)
		return num(x.v, types[t].size, types[t].is_signed);
	x = promote(x);
	return i == 0 ? num((int64_t)-(uint64_t)x.v, x.size, x.is_signed)
	    : i == 1 ? num(~x.v, x.size, x.is_signed) : num(x.v == 0, 4, true);
}

static struct num
expr(struct buf *b, int depth)
{
	if (depth == 0 || pick(8) == 0)
		return leaf(b);
	switch (pick(8)) {
	case 0:
		return unary(b, depth);
	case 1:
		return shift(b, depth);
	case 2:
		return choice(b, depth);
	case 3:
		return logic(b, depth);
	default:
		return binary(b, depth);
	}
}

static void
test_program(void)
{
	static const int64_t edge[] = {
		0, 1, -1, 127, 128, -128, 255, 256, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX,
		INT64_MIN, 0x123456789abcdef,
	};
	struct buf b = BUF_INIT;
	struct num want[EXPRS];
	char name[16];

	memset(&run.opts, 0, sizeof(run.opts));
	run.has_sdiv = pick(2);
	for (int i = 0; i < STATE_NARG; i++)
		run.arg[i] = (uint64_t)edge[pick(14)];
	buf_printf(&b, "BEGIN {\n");
	for (int i = 0; i < EXPRS; i++) {
		buf_printf(&b, "x%d = ", i);
		want[i] = expr(&b, 6);
		buf_printf(&b, ";\n");
	}
	buf_printf(&b, "}\n");
	if (!CHECK(run_open(&run, buf_str(&b)) == 0 && run_fire(&run) == 0)) {
		printf("# %s\n", buf_str(&b));
		return;
	}
	CHECK_INT(run.nrecord, 0);
	for (int i = 0; i < EXPRS; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		if (!CHECK_INT(run_int(&run, name), want[i].v)) {
			for (int k = 0; k < STATE_NARG; k++)
				printf("# arg%d = %" PRId64 "\n", k, (int64_t)run.arg[k]);
			printf("# %s of\n# %s\n", name, buf_str(&b));
		}
	}
	run_close(&run);
	buf_fini(&b);
}

int
main(int argc, char **argv)
{
	if (geteuid() != 0) {
		printf("1..0 # skip needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	printf("# seed %" PRIu64 "\n", seed);
	for (int i = 0; i < PROGRAMS && tap_failed == 0; i++)
		test_program();
	return tap_done();
}
