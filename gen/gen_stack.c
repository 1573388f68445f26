/*
 * Stacks, and addresses that are shown as symbols: bytes as in rec/stack.h. Programs only collect
 * addresses; the consumer gives them names.
 *
 * A kernel stack begins where the kernel was when the probe fired. Contexts that have registers
 * say so; in the others the walk begins in this program, and what lies between is skipped.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

static ir_val
task_stack(struct gen_fn *fn, int32_t off, uint32_t bytes, uint64_t flags)
{
	struct ir_func *f = fn->f;
	ir_val task = ir_call(f, BPF_FUNC_get_current_task_btf, 0);
	ir_val to = gen_state_ptr(fn, off), size = ir_const(f, bytes);

	return ir_call(f, BPF_FUNC_get_task_stack, 4, task, to, size,
	    ir_const(f, (int64_t)flags));
}

/* ERROR's clauses have no context: theirs is where the task was left. gives: bytes, or an error;
 * the rest is zeros. */
static ir_val
kernel_stack(struct gen_fn *fn, int32_t off, uint32_t bytes)
{
	struct ir_func *f = fn->f;
	ir_val to, size, skip;

	if (fn->g->clause[fn->clause].rec.is_error_clause)
		return task_stack(fn, off, bytes, 0);
	fn->uses |= USES_STACK;
	to = gen_state_ptr(fn, off);
	size = ir_const(f, bytes);
	skip = ir_load(f, 4, fn->st, STATE_stack_skip);
	return ir_call(f, BPF_FUNC_get_stack, 4, fn->ctx, to, size, skip);
}

static ir_val
state_index(struct gen_fn *fn)
{
	return ir_load(fn->f, 4, fn->st, STATE_level);
}

/* Of each process the consumer knows what it maps, before it comes across its addresses. */
static void
meet_process(struct gen_fn *fn)
{
	fn->uses |= USES_TIME;
	ir_fcall(fn->f, gen_rt(fn->g, RT_PROCESS), 1, state_index(fn));
}

/* The kernel's own way, by frame pointers, is for processes that we have no tables for. */
static ir_val
user_stack(struct gen_fn *fn, int32_t off, uint32_t bytes)
{
	struct ir_func *f = fn->f;
	ir_label done = ir_label_new(f);
	ir_val state, n;

	meet_process(fn);
	if (!fn->g->opts.has_unwind)
		return task_stack(fn, off, bytes, BPF_F_USER_STACK);
	gen_zero(fn, gen_state_at(fn, off), bytes);
	state = state_index(fn);
	n = ir_mov(f, ir_fcall(f, gen_rt(fn->g, RT_USTACK), 3, state, ir_const(f, off),
	    ir_const(f, bytes / 8)));
	ir_updi(f, OP_LSH, n, 3);
	ir_jcci(f, OP_JSGE, n, 0, done);
	ir_set(f, n, task_stack(fn, off, bytes, BPF_F_USER_STACK));
	ir_place(f, done);
	return n;
}

static ir_val
stack(struct gen_fn *fn, enum type_how how, int32_t off, uint32_t nframe)
{
	return how == HOW_STACK ? kernel_stack(fn, off, 8 * nframe)
	    : user_stack(fn, off, 8 * nframe);
}

bool
gen_is_user_stack(const struct node *n)
{
	if (n->kind == NODE_BUILTIN)
		return n->bvar == BV_UCALLER || n->bvar == BV_USTACKDEPTH;
	return n->type != NULL && type_real(n->type)->kind == TYPE_STACK
	    && type_real(n->type)->how != HOW_STACK;
}

void
gen_shown_into(struct gen_fn *fn, const struct node *call, int32_t off)
{
	const struct type *t = type_real(call->type);

	if (call->kind != NODE_CALL)
		gen_bytes_into(fn, call, gen_state_at(fn, off));	/* of a variable */
	else if (t->how == HOW_STACK) {
		stack(fn, HOW_STACK, off, t->nelem + STACK_SLACK);
	} else if (t->how == HOW_USTACK) {
		ir_store(fn->f, 8, fn->st, off + STACK_PID, gen_pid(fn));
		stack(fn, HOW_USTACK, off + STACK_USER_PC, t->nelem);
	} else if (t->how == HOW_JSTACK) {
		ir_store(fn->f, 8, fn->st, off + STACK_PID, gen_pid(fn));
		stack(fn, HOW_USTACK, off + STACK_USER_PC, t->nelem);
		gen_python_stack(fn, off + STACK_USER_PC + 8 * (int32_t)t->nelem, t->nelem);
	} else if (t->kind == TYPE_SYM) {
		ir_store(fn->f, 8, fn->st, off, gen_expr(fn, call->list));
	} else {
		meet_process(fn);
		ir_store(fn->f, 8, fn->st, off + STACK_PID, gen_pid(fn));
		ir_store(fn->f, 8, fn->st, off + STACK_USER_PC, gen_expr(fn, call->list));
	}
}

/* How many of the first frames at off are the kernel's ways to this program. */
static ir_val
count_ways(struct gen_fn *fn, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label counted = ir_label_new(f);
	ir_val n = ir_const(f, 0);

	for (int32_t i = 0; i < STACK_SLACK; i++) {
		ir_val pc = ir_bini(f, OP_SUB, ir_load(f, 8, fn->st, off + 8 * i), 1);

		ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(fn->g, RT_WAY), 1, pc), 0, counted);
		ir_updi(f, OP_ADD, n, 1);
	}
	ir_place(f, counted);
	return n;
}

/* The second frame. */
ir_val
gen_caller(struct gen_fn *fn, enum type_how how)
{
	enum { FRAMES = 2 + STACK_SLACK };
	const int32_t off = gen_temp(fn, 8 * FRAMES);
	struct ir_func *f = fn->f;
	ir_val skip;

	if (how == HOW_USTACK) {
		stack(fn, how, off, 2);
		return ir_load(f, 8, fn->st, off + 8);
	}
	stack(fn, how, off, FRAMES);
	skip = ir_bini(f, OP_LSH, count_ways(fn, off), 3);
	return ir_load(f, 8, ir_bin(f, OP_ADD, fn->st, skip), off + 8);
}

ir_val
gen_stackdepth(struct gen_fn *fn, enum type_how how)
{
	const uint32_t nframe = fn->g->opts.maxframes + (how == HOW_STACK ? STACK_SLACK : 0);
	const int32_t off = gen_temp(fn, 8 * nframe);
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f), some = ir_label_new(f);
	ir_val n = ir_mov(f, stack(fn, how, off, nframe));

	ir_jcci(f, OP_JSLE, n, 0, none);
	ir_updi(f, OP_RSH, n, 3);
	if (how == HOW_STACK)
		ir_upd(f, OP_SUB, n, count_ways(fn, off));
	ir_jmp(f, some);
	ir_place(f, none);
	ir_seti(f, n, 0);
	ir_place(f, some);
	return n;
}
