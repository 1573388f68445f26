/*
 * Routines on strings in the state. Offsets leave room for a whole string behind them.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

enum { EFAULT_RESULT = -14, PAGE_BYTES = 4096 };

/* The arguments of rt_str_slow() and rt_str_sleep(). */
struct read {
	ir_val dst, size, addr;
};

static struct read
read_args(struct gen *g, struct ir_func *f, ir_label out)
{
	ir_val st = rt_state(f, out);
	struct read r;

	r.dst = rt_state_at(g, f, st, ir_arg(f, 1), gen_string_bytes(g), out);
	r.size = ir_bound(f, ir_arg(f, 2), g->opts.strsize, out);
	r.addr = ir_arg(f, 3);
	return r;
}

static void
ret_failure(struct ir_func *f, ir_label out)
{
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

void
rt_str_slow(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	struct read r = read_args(g, f, out);

	ir_jcci(f, OP_JSGE, r.addr, 0, out);
	ir_ret(f, ir_call(f, BPF_FUNC_probe_read_kernel_str, 3, r.dst, r.size, r.addr));
	ret_failure(f, out);
}

/* Each page that the string may touch is fetched, and the string tried again, until it ends or a
 * page can't be had. */
void
rt_str_sleep(struct gen *g, struct ir_func *f)
{
	const int64_t pages = 1 + (g->opts.strsize + PAGE_BYTES - 2) / PAGE_BYTES;
	ir_label out = ir_label_new(f), user = ir_label_new(f), done = ir_label_new(f), begin;
	struct read r = read_args(g, f, out);
	ir_val byte = ir_fp(f, ir_frame(f, 8)), page, n, got;

	ir_jcci(f, OP_JSGE, r.addr, 0, user);
	ir_ret(f, ir_call(f, BPF_FUNC_probe_read_kernel_str, 3, r.dst, r.size, r.addr));
	ir_place(f, user);
	page = ir_mov(f, r.addr);
	n = ir_const(f, 0);
	begin = ir_loop_begin(f);
	got = ir_call(f, BPF_FUNC_copy_from_user, 3, byte, ir_const(f, 1), page);
	ir_jcci(f, OP_JNE, got, 0, out);
	got = ir_call(f, BPF_FUNC_probe_read_user_str, 3, r.dst, r.size, r.addr);
	ir_jcci(f, OP_JSGE, got, 0, done);
	ir_updi(f, OP_OR, page, PAGE_BYTES - 1);
	ir_updi(f, OP_ADD, page, 1);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, pages);
	ir_place(f, done);
	ir_ret(f, got);
	ret_failure(f, out);
}

/* Bytes compare unsigned, up to a NUL in both. */
void
rt_strcmp_part(struct gen *g, struct ir_func *f)
{
	const uint32_t bytes = rt_part_bytes(g);
	ir_label out = ir_label_new(f), differ = ir_label_new(f), less = ir_label_new(f), begin;
	ir_val st = rt_state(f, out);
	ir_val a = rt_state_at(g, f, st, ir_arg(f, 1), bytes, out);
	ir_val b = rt_state_at(g, f, st, ir_arg(f, 2), bytes, out);
	ir_val i = ir_const(f, 0), ca, cb;

	begin = ir_loop_begin(f);
	ca = ir_load(f, 1, ir_bin(f, OP_ADD, a, i), 0);
	cb = ir_load(f, 1, ir_bin(f, OP_ADD, b, i), 0);
	ir_jcc(f, OP_JNE, ca, cb, differ);
	ir_jcci(f, OP_JEQ, ca, 0, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, bytes);
	ir_reti(f, 2);
	ir_place(f, differ);
	ir_jcc(f, OP_JLT, ca, cb, less);
	ir_reti(f, 1);
	ir_place(f, less);
	ir_reti(f, -1);
	ir_place(f, out);
	ir_reti(f, 0);
}

/* The offsets of two strings, arguments 1 and 2, go on by RT_PART while `part` gives 2; its other
 * answers are the result, or `at_end` when there is no more. */
void
rt_by_parts(struct gen *g, struct ir_func *f, enum rt part, int at_end)
{
	ir_label out = ir_label_new(f), begin;
	ir_val a = ir_mov(f, ir_arg(f, 1)), b = ir_mov(f, ir_arg(f, 2)), i = ir_const(f, 0), got;

	begin = ir_loop_begin(f);
	got = ir_fcall(f, gen_rt(g, part), 3, ir_arg(f, 0), a, b);
	ir_jcci(f, OP_JNE, got, 2, out);
	ir_updi(f, OP_ADD, a, RT_PART);
	ir_updi(f, OP_ADD, b, RT_PART);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, rt_parts(g));
	ir_seti(f, got, at_end);
	ir_place(f, out);
	ir_ret(f, got);
}

void
rt_strcmp(struct gen *g, struct ir_func *f)
{
	rt_by_parts(g, f, RT_STRCMP_PART, 0);
}
