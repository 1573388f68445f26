/*
 * The NULL string: a variable that was never assigned, what strchr() gives when there is no such
 * character. It reads as empty, so that what only copies or prints it need not know of it; its
 * second byte tells it from an empty one:
 *
 *     NULL          0 0
 *     empty         0 1
 *     all others    c …
 *
 * Only where the expression may be NULL does that byte mean anything, and only such values are
 * asked or copied with it: it costs nothing where strings are read, compared or recorded.
 * In keys NULL is the empty string.
 */
#include "gen/gen_private.h"

enum { MARK_AT = 1, IS_NULL = 0, IS_EMPTY = 1 };

static const bool may_give_null[NR_BF] = {
	[BF_JSON] = true, [BF_STRCHR] = true, [BF_STRRCHR] = true, [BF_STRSTR] = true,
	[BF_STRTOK] = true,
};

bool
gen_null_may_be(const struct node *n)
{
	switch (n->kind) {
	case NODE_STR:
		return n->is_null;
	case NODE_VAR:
	case NODE_ELEM:
	case NODE_PART:
		return true;
	case NODE_ASSIGN:
		return gen_null_may_be(n->b);
	case NODE_COMMA:
		return gen_null_may_be(n->b);
	case NODE_COND:
		return gen_null_may_be(n->b) || gen_null_may_be(n->c);
	case NODE_CALL:
		return may_give_null[n->fn->id];
	case NODE_CAST:
		return type_is_string(n->a->type) && gen_null_may_be(n->a);
	default:
		return false;
	}
}

/* Both bytes; a string that is not empty is copied over them. */
void
gen_null_copy(struct gen_fn *fn, struct gen_at dst, struct gen_at src)
{
	ir_store(fn->f, 2, dst.ptr, dst.off, ir_load(fn->f, 2, src.ptr, src.off));
}

/* A string that is empty, and not NULL, says so: len is its length with the NUL, or IR_NONE. */
void
gen_null_mark(struct gen_fn *fn, struct gen_at at, ir_val len)
{
	ir_label some = ir_label_new(fn->f);

	if (len != IR_NONE)	/* an older kernel's length of nothing is 0 */
		ir_jcci(fn->f, OP_JGT, len, 1, some);
	else
		ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 1, at.ptr, at.off), 0, some);
	ir_storei(fn->f, 1, at.ptr, at.off + MARK_AT, IS_EMPTY);
	ir_place(fn->f, some);
}

/* A value that can't be NULL went where one could be. */
void
gen_null_not(struct gen_fn *fn, const struct node *n, struct gen_at at, ir_val len)
{
	const struct node *c = gen_string_constant(n);

	if (!gen_null_may_be(n) && (c == NULL || c->len == 0 || c->str[0] == '\0'))
		gen_null_mark(fn, at, len);
}

void
gen_null_forget(struct gen_fn *fn, struct gen_at at)
{
	ir_label some = ir_label_new(fn->f);

	ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 1, at.ptr, at.off), 0, some);
	ir_storei(fn->f, 1, at.ptr, at.off + MARK_AT, 0);
	ir_place(fn->f, some);
}

void
gen_null_refuse(struct gen_fn *fn, const struct node *n, struct gen_at at)
{
	ir_label ok;

	if (!gen_null_may_be(n))
		return;
	ok = ir_label_new(fn->f);
	ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 2, at.ptr, at.off), 0, ok);
	gen_fault(fn, FAULT_BADADDR, IR_NONE);
	ir_place(fn->f, ok);
}

/* Jumps to `differ` unless the string is NULL, or empty, as the constant is. */
void
gen_null_cond(struct gen_fn *fn, const struct node *n, const struct node *constant,
    struct gen_at at, ir_label differ)
{
	const uint8_t empty[2] = { 0, IS_EMPTY };
	uint16_t want = 0;

	if (!constant->is_null)
		memcpy(&want, empty, sizeof(want));
	if (gen_null_may_be(n))
		ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 2, at.ptr, at.off), want, differ);
	else if (constant->is_null)
		ir_jmp(fn->f, differ);
	else
		ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 1, at.ptr, at.off), 0, differ);
}

static ir_val
mark_of(struct gen_fn *fn, const struct node *n, int32_t off)
{
	return gen_null_may_be(n) ? ir_load(fn->f, 1, fn->st, off + MARK_AT)
	    : ir_const(fn->f, IS_EMPTY);
}

/* Two strings in the state without a difference: NULL comes before the empty one. */
void
gen_null_order(struct gen_fn *fn, const struct node *n, ir_val order, int32_t a, int32_t b)
{
	ir_label done;

	if (!gen_null_may_be(n->a) && !gen_null_may_be(n->b))
		return;
	done = ir_label_new(fn->f);
	ir_jcci(fn->f, OP_JNE, order, 0, done);
	ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 1, fn->st, a), 0, done);
	ir_set(fn->f, order, ir_bin(fn->f, OP_SUB, mark_of(fn, n->a, a), mark_of(fn, n->b, b)));
	ir_place(fn->f, done);
}
