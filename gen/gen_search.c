/*
 * Functions that look into a string: for another, for a token, for a number, for one byte.
 */
#include "gen/gen_private.h"

/* rindex(s, sub): from the end. */
#define FROM_END (INT64_C(1) << 40)

/* A copy of an argument in the temporaries, and its length. */
struct copy {
	int32_t off;
	ir_val len;
};

static struct copy
copy_arg(struct gen_fn *fn, const struct node *n)
{
	struct copy c = { .off = gen_temp(fn, gen_string_bytes(fn->g)) };

	c.len = ir_bini(fn->f, OP_SUB, gen_string_arg_into(fn, n, c.off), 1);
	return c;
}

static ir_val
find(struct gen_fn *fn, enum rt rt, struct copy hay, struct copy needle, ir_val start)
{
	struct ir_func *f = fn->f;
	ir_val len = ir_bin(f, OP_OR, ir_bini(f, OP_LSH, needle.len, 32), hay.len);
	ir_val state = ir_load(f, 4, fn->st, STATE_level);
	ir_val at = ir_const(f, hay.off), what = ir_const(f, needle.off);

	return ir_fcall(f, gen_rt(fn->g, rt), 5, state, at, what, len, start);
}

static ir_val
gen_find(struct gen_fn *fn, const struct node *args, enum rt rt, int64_t start)
{
	const struct node *from = args->next->next;
	struct copy hay = copy_arg(fn, args), needle = copy_arg(fn, args->next);

	return find(fn, rt, hay, needle,
	    from != NULL ? gen_expr(fn, from) : ir_const(fn->f, start));
}

ir_val
gen_index(struct gen_fn *fn, const struct node *args)
{
	return gen_find(fn, args, RT_INDEX, 0);
}

ir_val
gen_rindex(struct gen_fn *fn, const struct node *args)
{
	return gen_find(fn, args, RT_RINDEX, FROM_END);
}

/* What is behind a place in a string, or NULL when the place is -1. */
static ir_val
tail(struct gen_fn *fn, struct copy s, ir_val pos, int32_t off)
{
	const uint32_t last = fn->g->opts.strsize - 1;
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val len = ir_const(f, 1);

	ir_storei(f, 8, fn->st, off, 0);
	pos = ir_bound(f, pos, last, end);
	ir_set(f, len, gen_string_copy(fn, gen_state_at(fn, off),
	    (struct gen_at){ ir_bin(f, OP_ADD, fn->st, pos), s.off }));
	gen_null_mark(fn, gen_state_at(fn, off), len);
	ir_place(f, end);
	return len;
}

ir_val
gen_strstr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct copy hay = copy_arg(fn, args), needle = copy_arg(fn, args->next);
	ir_val pos = find(fn, RT_INDEX, hay, needle, ir_const(fn->f, 0));

	return tail(fn, hay, pos, off);
}

/* A character is a string of one byte; no string has a NUL. */
static ir_val
find_char(struct gen_fn *fn, const struct node *args, enum rt rt, int64_t start, int32_t off)
{
	struct copy hay = copy_arg(fn, args), needle = { .off = gen_temp(fn, 8) };
	ir_val c = ir_extend(fn->f, gen_expr(fn, args->next), 1, false);

	ir_store(fn->f, 8, fn->st, needle.off, c);
	needle.len = ir_const(fn->f, 1);
	return tail(fn, hay, find(fn, rt, hay, needle, ir_const(fn->f, start)), off);
}

ir_val
gen_strchr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return find_char(fn, args, RT_INDEX, 0, off);
}

ir_val
gen_strrchr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return find_char(fn, args, RT_RINDEX, FROM_END, off);
}

/* json(text, path): the value as text; NULL: there is none. */
ir_val
gen_json(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct copy text = copy_arg(fn, args), path = copy_arg(fn, args->next);
	struct ir_func *f = fn->f;
	const int32_t words = gen_temp(fn, RT_JSON_BYTES);
	ir_label none = ir_label_new(f);
	ir_val state = ir_load(f, 4, fn->st, STATE_level), at = ir_const(f, words);
	ir_val from = ir_const(f, text.off), to = ir_const(f, path.off);
	ir_val range = ir_fcall(f, gen_rt(fn->g, RT_JSON), 4, state, at, from, to);
	ir_val len = ir_const(f, 1);

	ir_storei(f, 8, fn->st, off, 0);
	ir_jcci(f, OP_JEQ, range, -1, none);
	ir_set(f, len, gen_string_range(fn, text.off, range, off));
	gen_null_mark(fn, gen_state_at(fn, off), len);
	ir_place(f, none);
	return len;
}

/* ---- strtok ---- */

static void
find_strtok(void *arg, struct node *n)
{
	if (n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC && n->fn->id == BF_STRTOK)
		*(bool *)arg = true;
}

/* What is remembered between calls: see rt_strtok(). */
void
gen_strtok_begin(struct gen_fn *fn, struct node *clause)
{
	bool uses = false;

	gen_walk(clause, find_strtok, &uses);
	if (!uses)
		return;
	fn->tokens = gen_temp(fn, 8 + gen_string_bytes(fn->g));
	fn->temp_base = fn->temp;
	ir_storei(fn->f, 8, fn->st, fn->tokens, 0);
}

static bool
is_null_constant(const struct node *n)
{
	while (n->kind == NODE_CAST)
		n = n->a;
	return n->is_null || (n->kind == NODE_INT && n->val == 0);
}

/* A new string, unless it is NULL. */
static void
strtok_string(struct gen_fn *fn, const struct node *n, struct gen_at s)
{
	ir_label old = ir_label_new(fn->f);

	if (gen_null_may_be(n))
		ir_jcci(fn->f, OP_JEQ, ir_load(fn->f, 2, s.ptr, s.off), 0, old);
	gen_string_copy(fn, gen_state_at(fn, fn->tokens + 8), s);
	ir_storei(fn->f, 8, fn->st, fn->tokens, 1);
	ir_place(fn->f, old);
}

ir_val
gen_strtok(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const bool is_next = is_null_constant(args);
	struct ir_func *f = fn->f;
	struct gen_at s = { 0 };
	ir_label have = ir_label_new(f);
	ir_val state, saved, delims;
	int32_t set;

	if (!is_next)
		s = gen_string(fn, args).at;
	set = gen_string_arg_slot(fn, args->next);
	if (!is_next)
		strtok_string(fn, args, s);
	if (is_next || gen_null_may_be(args)) {
		ir_jcci(f, OP_JNE, ir_load(f, 8, fn->st, fn->tokens), 0, have);
		gen_fault(fn, FAULT_BADADDR, IR_NONE);
		ir_place(f, have);
	}
	state = ir_load(f, 4, fn->st, STATE_level);
	saved = ir_const(f, fn->tokens);
	delims = ir_const(f, set);
	return gen_string_range(fn, fn->tokens + 8,
	    ir_fcall(f, gen_rt(fn->g, RT_STRTOK), 3, state, saved, delims), off);
}

/* ---- numbers ---- */

/* The base of a number: from 2 to 36, or the clause faults. */
static ir_val
gen_base(struct gen_fn *fn, const struct node *n)
{
	enum { LOWEST = 2, HIGHEST = 36 };
	ir_label ok = ir_label_new(fn->f);
	ir_val base;

	if (n == NULL)
		return ir_const(fn->f, 10);
	base = gen_expr(fn, n);
	ir_jcci(fn->f, OP_JLE, ir_bini(fn->f, OP_SUB, base, LOWEST), HIGHEST - LOWEST, ok);
	gen_fault(fn, FAULT_ILLOP, IR_NONE);
	ir_place(fn->f, ok);
	return base;
}

ir_val
gen_strtoll(struct gen_fn *fn, const struct node *args)
{
	const int32_t off = gen_string_arg_slot(fn, args);
	ir_val base = gen_base(fn, args->next);
	ir_val state = ir_load(fn->f, 4, fn->st, STATE_level), at = ir_const(fn->f, off);

	return ir_fcall(fn->f, gen_rt(fn->g, RT_STRTOLL), 3, state, at, base);
}

ir_val
gen_lltostr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const int32_t digits = gen_temp(fn, RT_DIGITS_BYTES);
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val v = gen_expr(fn, args), base = gen_base(fn, args->next), len = ir_const(f, 1);
	ir_val state = ir_load(f, 4, fn->st, STATE_level), at = ir_const(f, digits), pos;

	pos = ir_fcall(f, gen_rt(fn->g, RT_LLTOSTR), 4, state, at, v, base);
	pos = ir_bound(f, pos, RT_DIGITS_BYTES - 1, end);
	ir_set(f, len, gen_string_copy(fn, gen_state_at(fn, off),
	    (struct gen_at){ ir_bin(f, OP_ADD, fn->st, pos), digits }));
	ir_place(f, end);
	return len;
}

/* ---- bytes ---- */

/* s[i]: 0 from its end on. */
ir_val
gen_string_index(struct gen_fn *fn, const struct node *n)
{
	const uint32_t last = fn->g->opts.strsize - 1;
	struct copy s = copy_arg(fn, n->a);
	struct ir_func *f = fn->f;
	ir_label ok = ir_label_new(f), end = ir_label_new(f);
	ir_val i = gen_expr(fn, n->b), c = ir_const(f, 0);

	ir_jcci(f, OP_JLE, i, last, ok);
	gen_fault(fn, FAULT_BADINDEX, i);
	ir_place(f, ok);
	ir_jcc(f, OP_JGE, i, s.len, end);
	i = ir_bound(f, i, last, end);
	ir_set(f, c, ir_load(f, 1, ir_bin(f, OP_ADD, fn->st, i), s.off));
	ir_set(f, c, gen_convert(fn, c, fn->g->priv->types->t_uchar, n->type));
	ir_place(f, end);
	return c;
}

/* ---- letters ---- */

static ir_val
change_case(struct gen_fn *fn, const struct node *args, int first, int32_t off)
{
	ir_val len = ir_mov(fn->f, gen_string_arg_into(fn, args, off));
	ir_val state = ir_load(fn->f, 4, fn->st, STATE_level), at = ir_const(fn->f, off);

	ir_fcall(fn->f, gen_rt(fn->g, RT_CASE), 3, state, at, ir_const(fn->f, first));
	return len;
}

ir_val
gen_tolower(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return change_case(fn, args, 'A', off);
}

ir_val
gen_toupper(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return change_case(fn, args, 'a', off);
}
