/*
 * Values that are bytes in memory: structures, arrays, floats; and bit-fields, which are a part of
 * an integer there. D's own memory is copied from where it is; what an address leads to is read.
 */
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "gen/gen_private.h"

enum { COPY_INLINE_BYTES = 64 };

static uint32_t
bytes_of(const struct node *n)
{
	return type_real(n->type)->size_bytes;
}

void
gen_bytes_copy(struct gen_fn *fn, struct gen_at dst, struct gen_at src, uint32_t bytes)
{
	if (bytes == 0)		/* C has no empty structure, the kernel does */
		return;
	if (bytes <= COPY_INLINE_BYTES)
		ir_copy(fn->f, dst.ptr, dst.off, src.ptr, src.off, bytes);
	else
		gen_read(fn, BPF_FUNC_probe_read_kernel, dst, ir_const(fn->f, bytes),
		    gen_at_ptr(fn, src));
}

struct gen_at
gen_bytes(struct gen_fn *fn, const struct node *n)
{
	struct gen_at at;

	switch ((int)n->kind) {
	case NODE_VAR:
		return gen_var_at(fn, n->var);
	case NODE_ELEM:
		return gen_elem_at(fn, n, false);
	case NODE_PART:
		return gen_part_at(fn, n, false);
	case NODE_ARG:
		return gen_state_at(fn, STATE_arg + 8 * (int32_t)n->val);
	case NODE_ASSIGN:
		gen_bytes_assign(fn, n);
		return gen_bytes(fn, n->a);
	case NODE_COMMA:
		gen_discard(fn, n->a);
		return gen_bytes(fn, n->b);
	case NODE_CALL:		/* stack(), sym() … */
		at = gen_state_at(fn, gen_temp(fn, bytes_of(n)));
		gen_shown_into(fn, n, at.off);
		return at;
	case NODE_DEREF:
		at = gen_state_at(fn, gen_temp(fn, bytes_of(n)));
		gen_read_bytes_at(fn, gen_expr(fn, n->a), bytes_of(n), at);
		return at;
	default:
		BUG("no bytes: %s", node_name(n->kind));
	}
}

void
gen_bytes_into(struct gen_fn *fn, const struct node *n, struct gen_at to)
{
	const uint32_t mark = fn->temp;

	if (n->kind == NODE_DEREF)
		gen_read_bytes_at(fn, gen_expr(fn, n->a), bytes_of(n), to);
	else
		gen_bytes_copy(fn, to, gen_bytes(fn, n), bytes_of(n));
	fn->temp = mark;
}

/* A literal 0 makes an element or a variable of a thread as it was before. */
static void
assign_nothing(struct gen_fn *fn, const struct node *n)
{
	if (n->kind == NODE_ELEM)
		gen_elem_delete(fn, n);
	else
		gen_zero(fn, gen_var_at(fn, n->var), gen_value_bytes(fn->g, n->type));
}

/* The value is complete before the variable changes: it may be made of it, or fault. */
void
gen_bytes_assign(struct gen_fn *fn, const struct node *n)
{
	const uint32_t bytes = bytes_of(n->a);
	struct gen_at from;

	if (n->is_delete) {
		assign_nothing(fn, n->a);
		return;
	}
	if (n->a->kind == NODE_ELEM) {
		const uint32_t room = gen_value_bytes(fn->g, n->a->type);

		from = gen_state_at(fn, gen_temp(fn, room));
		if (room > bytes)
			ir_storei(fn->f, 8, fn->st, from.off + (int32_t)room - 8, 0);
		gen_bytes_into(fn, n->b, from);
		gen_elem_store_from(fn, n->a, from.off);
		return;
	}
	from = gen_bytes(fn, n->b);
	if (n->a->kind == NODE_DEREF)
		gen_scratch_write(fn, gen_expr(fn, n->a->a), from, bytes);
	else if (n->a->kind == NODE_PART)
		gen_bytes_copy(fn, gen_part_at(fn, n->a, true), from, bytes);
	else
		gen_bytes_copy(fn, gen_var_at(fn, n->a->var), from, bytes);
}

/* An array of characters as a string: it ends with the array, if not before; one that has at most
 * one element is as long as whoever made it says. */
ir_val
gen_bytes_string(struct gen_fn *fn, const struct node *n, int32_t off)
{
	const uint32_t strsize = fn->g->opts.strsize, nelem = type_real(n->type)->nelem;
	uint32_t size = nelem > 1 && nelem < strsize ? nelem + 1 : strsize;
	struct gen_at at;

	if (n->kind == NODE_DEREF)
		return gen_string_read(fn, gen_expr(fn, n->a), ir_const(fn->f, size), off);
	at = gen_bytes(fn, n);
	return gen_read(fn, BPF_FUNC_probe_read_kernel_str, gen_state_at(fn, off),
	    ir_const(fn->f, size), gen_at_ptr(fn, at));
}

ir_val
gen_bits_load(struct gen_fn *fn, const struct node *n, ir_val unit)
{
	const int above = 64 - (int)n->val - (int)n->len;
	ir_val v = above == 0 ? unit : ir_bini(fn->f, OP_LSH, unit, above);

	return ir_bini(fn->f, type_is_signed(n->type) ? OP_ARSH : OP_RSH, v, 64 - (int)n->len);
}

/* What a bit-field holds of a value. */
ir_val
gen_bits_fit(struct gen_fn *fn, const struct node *n, ir_val v)
{
	const int above = 64 - (int)n->len;

	return ir_bini(fn->f, type_is_signed(n->type) ? OP_ARSH : OP_RSH,
	    ir_bini(fn->f, OP_LSH, v, above), above);
}

ir_val
gen_bits_store(struct gen_fn *fn, const struct node *n, ir_val unit, ir_val v)
{
	const uint64_t ones = n->len == 64 ? UINT64_MAX : (1ull << n->len) - 1;
	ir_val mask = ir_const(fn->f, (int64_t)ones);
	ir_val keep = ir_const(fn->f, (int64_t)~(ones << n->val));

	v = ir_bini(fn->f, OP_LSH, ir_bin(fn->f, OP_AND, v, mask), (int64_t)n->val);
	return ir_bin(fn->f, OP_OR, ir_bin(fn->f, OP_AND, unit, keep), v);
}
