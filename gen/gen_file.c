/* Functions on what the kernel has of files and processes: d_path(), the arguments of a process. */
#include <linux/bpf.h>

#include "gen/gen_private.h"

/* d_path(path): from the file's name to the root, as rt_dpath.c walks. */
ir_val
gen_d_path(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const uint32_t bytes = rt_d_path_bytes(fn->g);
	const int32_t text = gen_temp(fn, bytes);
	struct ir_func *f = fn->f;
	ir_label fault = ir_label_new(f), done = ir_label_new(f);
	ir_val path = gen_expr(fn, args), state = ir_load(f, 4, fn->st, STATE_level);
	ir_val to = ir_const(f, text), len = ir_const(f, 1), pos;

	pos = ir_fcall(f, gen_rt(fn->g, RT_D_PATH), 3, state, to, path);
	ir_jcci(f, OP_JEQ, pos, 0, fault);
	pos = ir_bound(f, pos, bytes - 1, fault);
	ir_set(f, len, gen_string_copy(fn, gen_state_at(fn, off),
	    (struct gen_at){ ir_bin(f, OP_ADD, fn->st, pos), text }));
	ir_jmp(f, done);
	ir_place(f, fault);
	gen_fault(fn, FAULT_BADADDR, path);
	ir_place(f, done);
	return len;
}

/* The strings in memory of the process, one behind the other, with blanks between. */
ir_val
gen_execargs(struct gen_fn *fn, const struct node *args, int32_t off)
{
	const uint32_t most = fn->g->opts.strsize - 1;
	struct ir_func *f = fn->f;
	ir_label fits = ir_label_new(f), ok = ir_label_new(f);
	ir_val addr = gen_expr(fn, args), size = ir_mov(f, gen_expr(fn, args->next));
	ir_val state, at, end;

	ir_jcci(f, OP_JLE, size, most, fits);
	ir_seti(f, size, most);
	ir_place(f, fits);
	gen_zero(fn, gen_state_at(fn, off), gen_string_bytes(fn->g));
	state = ir_load(f, 4, fn->st, STATE_level);
	at = ir_const(f, off);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(fn->g, fn->is_sleepable ? RT_READ_SLEEP : RT_READ), 4,
	    state, at, size, addr), 0, ok);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
	state = ir_load(f, 4, fn->st, STATE_level);
	at = ir_const(f, off);
	end = ir_bini(f, OP_ADD, size, off - 1);	/* the last NUL stays */
	ir_fcall(f, gen_rt(fn->g, RT_BLANKS), 3, state, at, end);
	return IR_NONE;
}
