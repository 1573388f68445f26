/*
 * Routines on numbers, and what routines share. Global functions are verified for any value of
 * their arguments: each is bounded here, whoever calls.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

ir_val
rt_state(struct ir_func *f, ir_label out)
{
	ir_val key = ir_fp(f, ir_frame(f, 8)), map, st;

	ir_store(f, 4, key, 0, ir_arg(f, 0));
	map = ir_map(f, MAP_STATE);
	st = ir_call(f, BPF_FUNC_map_lookup_elem, 2, map, key);
	ir_jcci(f, OP_JEQ, st, 0, out);
	return st;
}

ir_val
rt_state_at(struct gen *g, struct ir_func *f, ir_val st, ir_val off, uint32_t bytes, ir_label out)
{
	off = ir_bound(f, off, g->layout.bytes - bytes, out);
	return ir_bin(f, OP_ADD, st, off);
}

/* Branches would all have to be followed by the verifier. */
ir_val
rt_is_below(struct ir_func *f, ir_val a, ir_val b)
{
	return ir_bini(f, OP_ARSH, ir_bin(f, OP_SUB, a, b), 63);
}

void
rt_halve(struct ir_func *f, ir_val base, ir_val n, ir_val half, ir_val below)
{
	ir_upd(f, OP_SUB, n, half);
	ir_upd(f, OP_AND, half, ir_bini(f, OP_XOR, below, -1));
	ir_upd(f, OP_ADD, base, half);
}

uint32_t
rt_part_bytes(const struct gen *g)
{
	return g->opts.strsize < RT_PART ? g->opts.strsize : RT_PART;
}

uint32_t
rt_parts(const struct gen *g)
{
	return (g->opts.strsize + RT_PART - 1) / RT_PART;
}

void
rt_drop(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);
	ir_val kind = ir_bound(f, ir_arg(f, 0), DROP_SLOTS - 1, out);
	ir_val cpu = ir_call(f, BPF_FUNC_get_smp_processor_id, 0), at, drops;

	cpu = ir_bound(f, cpu, g->opts.ncpu - 1, out);
	at = ir_bini(f, OP_MUL, cpu, DROP_SLOTS);
	at = ir_bin(f, OP_ADD, at, kind);
	at = ir_bini(f, OP_LSH, at, 3);
	drops = ir_map_value(f, MAP_CONTROL, CONTROL_drops);
	at = ir_bin(f, OP_ADD, drops, at);
	ir_xadd(f, 8, at, 0, ir_const(f, 1));
	ir_place(f, out);
	ir_reti(f, 0);
}

/* What processors do without a unit for it: the fraction shifted to where its exponent says. */
void
rt_trunc(struct gen *g, struct ir_func *f)
{
	enum { FRACTION = 52, BIAS = 1023, EXPONENT = 0x7ff };
	ir_label large = ir_label_new(f), shifted = ir_label_new(f), zero = ir_label_new(f);
	ir_label beyond = ir_label_new(f), positive = ir_label_new(f);
	ir_val bits = ir_arg(f, 0), v, by;
	ir_val e = ir_bini(f, OP_AND, ir_bini(f, OP_RSH, bits, FRACTION), EXPONENT);

	(void)g;
	ir_jcci(f, OP_JLT, e, BIAS, zero);
	ir_jcci(f, OP_JGE, e, BIAS + 64, beyond);
	v = ir_bin(f, OP_AND, bits, ir_const(f, ((int64_t)1 << FRACTION) - 1));
	v = ir_bin(f, OP_OR, v, ir_const(f, (int64_t)1 << FRACTION));
	ir_jcci(f, OP_JGE, e, BIAS + FRACTION, large);
	by = ir_bini(f, OP_AND, ir_bin(f, OP_SUB, ir_const(f, BIAS + FRACTION), e), 63);
	ir_set(f, v, ir_bin(f, OP_RSH, v, by));
	ir_jmp(f, shifted);
	ir_place(f, large);
	by = ir_bini(f, OP_AND, ir_bini(f, OP_SUB, e, BIAS + FRACTION), 63);
	ir_set(f, v, ir_bin(f, OP_LSH, v, by));
	ir_place(f, shifted);
	ir_jcci(f, OP_JSGE, bits, 0, positive);
	ir_set(f, v, ir_neg(f, v));
	ir_place(f, positive);
	ir_ret(f, v);
	ir_place(f, beyond);
	ir_ret(f, ir_const(f, INT64_MIN));
	ir_place(f, zero);
	ir_reti(f, 0);
}

/* Up to the idle thread, which is its own parent, or as far as this loop goes. */
void
rt_progenyof(struct gen *g, struct ir_func *f)
{
	enum { GENERATIONS = 256 };
	ir_label yes = ir_label_new(f), no = ir_label_new(f), begin;
	ir_val at = ir_fp(f, ir_frame(f, 8)), i = ir_const(f, 0), tgid, from;
	ir_val task = ir_mov(f, ir_call(f, BPF_FUNC_get_current_task, 0));

	ir_storei(f, 8, at, 0, 0);
	begin = ir_loop_begin(f);
	from = ir_bini(f, OP_ADD, task, g->opts.task_tgid);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, at, ir_const(f, 4), from);
	tgid = ir_extend(f, ir_load(f, 8, at, 0), 4, true);
	ir_jcc(f, OP_JEQ, tgid, ir_arg(f, 0), yes);
	ir_jcci(f, OP_JEQ, tgid, 0, no);
	from = ir_bini(f, OP_ADD, task, g->opts.task_real_parent);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, at, ir_const(f, 8), from);
	ir_set(f, task, ir_load(f, 8, at, 0));
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, GENERATIONS);
	ir_place(f, no);
	ir_reti(f, 0);
	ir_place(f, yes);
	ir_reti(f, 1);
}

/* Bucket 63 is zero, 63 + k holds 2^(k-1) and up, 63 - k the same below zero. */
void
rt_quantize(struct gen *g, struct ir_func *f)
{
	enum { ZERO = 63 };
	ir_val v = ir_mov(f, ir_arg(f, 0)), bucket = ir_const(f, ZERO);
	ir_val sign = ir_bini(f, OP_ARSH, v, 63), bits;
	ir_label zero = ir_label_new(f), fits = ir_label_new(f);

	(void)g;
	ir_jcci(f, OP_JEQ, v, 0, zero);
	ir_upd(f, OP_XOR, v, sign);		/* |v| - 1 when negative … */
	ir_upd(f, OP_SUB, v, sign);		/* … |v| */
	bits = ir_const(f, 1);
	for (int n = 32; n > 0; n /= 2) {
		ir_label small = ir_label_new(f);

		ir_jcc(f, OP_JLT, v, ir_const(f, INT64_C(1) << n), small);
		ir_updi(f, OP_RSH, v, n);
		ir_updi(f, OP_ADD, bits, n);
		ir_place(f, small);
	}
	/* the smallest number has a bit more than there are buckets */
	ir_jcci(f, OP_JLE, bits, ZERO, fits);
	ir_seti(f, bits, ZERO);
	ir_place(f, fits);
	ir_upd(f, OP_XOR, bits, sign);
	ir_upd(f, OP_SUB, bits, sign);
	ir_upd(f, OP_ADD, bucket, bits);
	ir_place(f, zero);
	ir_ret(f, bucket);
}
