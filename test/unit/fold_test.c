/*
 * Constant folding: each operator on two constants, at the edges of the types; what may not be
 * folded stays.
 */
#include "lang/fold.h"

#include <setjmp.h>

#include "lang/diag.h"
#include "lang/token.h"
#include "test/unit/tap.h"
#include "type/convert.h"

static struct arena arena;
static struct intern names;
static struct types ts;
static struct diag diag = { .arena = &arena };
static struct source src = { .name = "test", .text = "", .diag = &diag };

static struct node *
new_int(const struct type *t, int64_t val)
{
	struct node *n = arena_new(&arena, struct node);

	n->kind = NODE_INT;
	n->pos = (struct pos){ .src = &src, .line = 1 };
	n->type = t;
	n->val = (uint64_t)convert_int(t, val);
	return n;
}

static struct node *
new_op(enum node_kind kind, unsigned op, const struct type *t, struct node *a, struct node *b)
{
	struct node *n = new_int(t, 0);

	n->kind = kind;
	n->op = (uint16_t)op;
	n->a = a;
	n->b = b;
	return n;
}


static const struct {
	const char *type;	/* of the operands and, but for comparisons, of the result */
	int64_t a;
	unsigned op;
	int64_t b, result;
} cases[] = {
	{ "int", 2, TOK_ADD, 3, 5 },
	{ "int", INT32_MAX, TOK_ADD, 1, INT32_MIN },
	{ "unsigned int", 0, TOK_SUB, 1, UINT32_MAX },
	{ "int64_t", INT64_MIN, TOK_SUB, 1, INT64_MAX },
	{ "int", -7, TOK_DIV, 2, -3 },
	{ "int", -7, TOK_MOD, 2, -1 },
	{ "int64_t", INT64_MIN, TOK_DIV, -1, INT64_MIN },
	{ "int64_t", INT64_MIN, TOK_MOD, -1, 0 },
	{ "uint64_t", -1, TOK_DIV, 2, INT64_MAX },
	{ "uint64_t", -1, TOK_MOD, 10, 5 },
	{ "int", 6, TOK_BAND, 3, 2 },
	{ "int", 6, TOK_BOR, 3, 7 },
	{ "int", 6, TOK_XOR, 3, 5 },
	{ "int", 1, TOK_LSH, 31, INT32_MIN },
	{ "int64_t", 1, TOK_LSH, 63, INT64_MIN },
	{ "int", -8, TOK_RSH, 1, -4 },
	{ "uint64_t", -8, TOK_RSH, 1, INT64_MAX - 3 },
	{ "int", -1, TOK_LT, 0, 1 },
	{ "unsigned int", -1, TOK_LT, 0, 0 },
	{ "int", 1, TOK_LE, 1, 1 },
	{ "int", 2, TOK_LE, 1, 0 },
	{ "uint64_t", -1, TOK_GT, 1, 1 },
	{ "int", 1, TOK_GE, 2, 0 },
	{ "int", 1, TOK_EQU, 1, 1 },
	{ "int", 1, TOK_NEQ, 1, 0 },
};

static bool
is_comparison(unsigned op)
{
	return op >= TOK_EQU && op <= TOK_GE;
}

static void
test_binary(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct type *t = type_find(&ts, cases[i].type);
		struct node *n = new_op(NODE_BINARY, cases[i].op,
		    is_comparison(cases[i].op) ? ts.t_int : t,
		    new_int(t, cases[i].a), new_int(t, cases[i].b));

		fold(n);
		if (!CHECK(n->kind == NODE_INT) || !CHECK_INT(n->val, cases[i].result))
			printf("# in case %zu: (%s)%lld %s %lld\n", i, cases[i].type,
			    (long long)cases[i].a, token_text((enum token)cases[i].op),
			    (long long)cases[i].b);
	}
}

static void
test_div_zero(unsigned op, bool is_constant)
{
	struct node *a = new_int(ts.t_int, 1);

	if (!is_constant)
		a->kind = NODE_BUILTIN;
	if (setjmp(diag.catch) == 0) {
		fold(new_op(NODE_BINARY, op, ts.t_int, a, new_int(ts.t_int, 0)));
		tap_check(0, __FILE__, __LINE__, "thrown");
		return;
	}
	CHECK_STR(diag.tag, "D_DIV_ZERO");
}

static void
test_others(void)
{
	struct node *x = new_int(ts.t_int, 0), *n;

	x->kind = NODE_BUILTIN;

	n = new_op(NODE_UNARY, TOK_SUB, ts.t_int, new_int(ts.t_int, INT32_MIN), NULL);
	fold(n);
	CHECK_INT(n->val, INT32_MIN);
	n = new_op(NODE_UNARY, TOK_BNOT, ts.t_uint, new_int(ts.t_uint, 0), NULL);
	fold(n);
	CHECK_INT(n->val, UINT32_MAX);
	n = new_op(NODE_UNARY, TOK_LNOT, ts.t_int, new_int(ts.t_int, 5), NULL);
	fold(n);
	CHECK_INT(n->val, 0);

	/* The first operand decides, or both are known, or it stays. */
	n = new_op(NODE_LOGIC, TOK_LAND, ts.t_int, new_int(ts.t_int, 0), x);
	fold(n);
	CHECK(n->kind == NODE_INT && n->val == 0);
	n = new_op(NODE_LOGIC, TOK_LOR, ts.t_int, new_int(ts.t_int, 7), x);
	fold(n);
	CHECK(n->kind == NODE_INT && n->val == 1);
	n = new_op(NODE_LOGIC, TOK_LAND, ts.t_int, x, new_int(ts.t_int, 0));
	fold(n);
	CHECK(n->kind == NODE_LOGIC);
	n = new_op(NODE_LOGIC, TOK_LXOR, ts.t_int, new_int(ts.t_int, 7), new_int(ts.t_int, 8));
	fold(n);
	CHECK(n->kind == NODE_INT && n->val == 0);

	n = new_op(NODE_COND, 0, ts.t_int, new_int(ts.t_int, 0), new_int(ts.t_int, 1));
	n->c = x;
	n->next = new_int(ts.t_int, 9);
	fold(n);
	CHECK(n->kind == NODE_BUILTIN && n->next != NULL && n->next->val == 9);

	n = new_op(NODE_CAST, 0, ts.t_int8, new_int(ts.t_int, 0x1ff), NULL);
	fold(n);
	CHECK_INT(n->val, -1);
	n = new_op(NODE_CAST, 0, ts.t_string, new_int(ts.t_int, 1), NULL);
	fold(n);
	CHECK(n->kind == NODE_CAST);
}

int
main(void)
{
	arena_init(&arena);
	intern_init(&names, &arena);
	types_init(&ts, &arena, &names, 256);
	test_binary();
	test_others();
	test_div_zero(TOK_DIV, true);
	test_div_zero(TOK_MOD, false);
	types_fini(&ts);
	intern_fini(&names);
	arena_fini(&arena);
	return tap_done();
}
