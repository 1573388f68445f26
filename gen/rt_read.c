/*
 * Routines that read memory at an address: the kernel's when it is negative, else the process's.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

enum { EFAULT_RESULT = -14 };

static void
read_memory(struct gen *g, struct ir_func *f, bool may_sleep)
{
	const uint32_t room = gen_read_bytes(g);
	ir_label out = ir_label_new(f), kernel = ir_label_new(f), done = ir_label_new(f);
	ir_val st = rt_state(f, out), addr = ir_arg(f, 3), failed;
	ir_val to = rt_state_at(g, f, st, ir_arg(f, 1), room, out);
	ir_val size = ir_bound(f, ir_arg(f, 2), room, out);

	ir_jcci(f, OP_JSLT, addr, 0, kernel);
	failed = ir_call(f, BPF_FUNC_probe_read_user, 3, to, size, addr);
	if (may_sleep) {
		ir_jcci(f, OP_JEQ, failed, 0, done);
		ir_set(f, failed, ir_call(f, BPF_FUNC_copy_from_user, 3, to, size, addr));
	}
	ir_place(f, done);
	ir_ret(f, failed);
	ir_place(f, kernel);
	ir_ret(f, ir_call(f, BPF_FUNC_probe_read_kernel, 3, to, size, addr));
	ir_place(f, out);
	ir_reti(f, EFAULT_RESULT);
}

void
rt_read(struct gen *g, struct ir_func *f)
{
	read_memory(g, f, false);
}

void
rt_read_sleep(struct gen *g, struct ir_func *f)
{
	read_memory(g, f, true);
}
