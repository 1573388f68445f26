/*
 * Functions that give a string made of others. Routines only find out which part is meant; a
 * reading helper copies it.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

/* substr(s, i): as many as there are. */
#define ALL_BYTES (INT64_C(1) << 40)

/* The second string is read to the end of the first, over its NUL. The deeper one is made first:
 * then nothing but memory waits for the other. */
ir_val
gen_strjoin(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const uint32_t strsize = fn->g->opts.strsize;
	const bool is_second_first = args->next->height > args->height;
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	struct gen_at second = { 0 };
	ir_val len, pos, room, dst, src;

	if (is_second_first)
		second = gen_string_arg(fn, args->next).at;
	len = ir_mov(f, gen_string_arg_into(fn, args, off));
	if (!is_second_first)
		second = gen_string_arg(fn, args->next).at;
	src = gen_at_ptr(fn, second);
	pos = ir_bound(f, ir_bini(f, OP_SUB, len, 1), strsize - 1, end);
	room = ir_const(f, strsize);
	ir_upd(f, OP_SUB, room, pos);
	dst = ir_bin(f, OP_ADD, fn->st, pos);
	ir_set(f, len, gen_read(fn, BPF_FUNC_probe_read_kernel_str,
	    (struct gen_at){ dst, off }, room, src));
	ir_upd(f, OP_ADD, len, pos);
	ir_place(f, end);
	return len;
}

/* A range of rt.def: first byte in the low half, number of bytes in the high half. */
ir_val
gen_string_range(struct gen_fn *fn, int32_t src, ir_val range, int32_t off)
{
	const uint32_t last = fn->g->opts.strsize - 1;
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val len = ir_const(f, 1), first, count;

	ir_storei(f, 8, fn->st, off, 0);
	count = ir_bound(f, ir_bini(f, OP_RSH, range, 32), last, end);
	count = ir_bini(f, OP_ADD, count, 1);
	first = ir_bound(f, ir_extend(f, range, 4, false), last, end);
	first = ir_bin(f, OP_ADD, fn->st, first);
	first = ir_bini(f, OP_ADD, first, src);
	ir_set(f, len, gen_read(fn, BPF_FUNC_probe_read_kernel_str, gen_state_at(fn, off), count,
	    first));
	ir_place(f, end);
	return len;
}

ir_val
gen_substr(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const int32_t src = gen_temp(fn, gen_string_bytes(fn->g));
	const struct node *count = args->next->next;
	struct ir_func *f = fn->f;
	ir_val len = ir_bini(f, OP_SUB, gen_string_arg_into(fn, args, src), 1);
	ir_val first = gen_expr(fn, args->next);
	ir_val n = count != NULL ? gen_expr(fn, count) : ir_const(f, ALL_BYTES);

	return gen_string_range(fn, src, ir_fcall(f, gen_rt(fn->g, RT_SUBSTR), 3, len, first, n), off);
}

/* Either part of a path can be ".", which is not in it. */
static ir_val
gen_path(struct gen_fn *fn, const struct node *args, enum rt rt, int32_t off)
{
	const int32_t src = gen_string_arg_slot(fn, args);
	struct ir_func *f = fn->f;
	ir_label some = ir_label_new(f), end = ir_label_new(f);
	ir_val state = ir_load(f, 4, fn->st, STATE_level);
	ir_val range = ir_fcall(f, gen_rt(fn->g, rt), 2, state, ir_const(f, src));
	ir_val len = ir_const(f, 2);

	ir_jcci(f, OP_JNE, range, 0, some);
	ir_storei(f, 8, fn->st, off, '.');
	ir_jmp(f, end);
	ir_place(f, some);
	ir_set(f, len, gen_string_range(fn, src, range, off));
	ir_place(f, end);
	return len;
}

ir_val
gen_cleanpath(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const uint32_t bytes = rt_cleanpath_bytes(fn->g);
	const int32_t src = gen_temp(fn, gen_string_bytes(fn->g)), text = gen_temp(fn, bytes);
	struct ir_func *f = fn->f;
	ir_label end = ir_label_new(f);
	ir_val size = ir_bini(f, OP_SUB, gen_string_arg_into(fn, args, src), 1);
	ir_val state = ir_load(f, 4, fn->st, STATE_level), len = ir_const(f, 1);
	ir_val to = ir_const(f, text), from = ir_const(f, src), pos;

	pos = ir_fcall(f, gen_rt(fn->g, RT_CLEANPATH), 4, state, to, from, size);
	pos = ir_bound(f, pos, bytes - 1, end);
	ir_set(f, len, gen_string_copy(fn, gen_state_at(fn, off),
	    (struct gen_at){ ir_bin(f, OP_ADD, fn->st, pos), text }));
	ir_place(f, end);
	return len;
}

ir_val
gen_basename(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return gen_path(fn, args, RT_BASENAME, off);
}

ir_val
gen_dirname(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return gen_path(fn, args, RT_DIRNAME, off);
}
