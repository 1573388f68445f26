/*
 * Actions: their values go to the record, at the places that the schema gave them; the consumer
 * acts. What must happen at once, programs do themselves.
 */
#include <linux/bpf.h>
#include <signal.h>

#include "gen/gen_private.h"

static void
gen_field(struct gen_fn *fn, const struct rec_field *field, const struct node *n)
{
	const int32_t off = (int32_t)(fn->g->layout.rec_off + field->off);

	if (field->size == 0)
		return;		/* the consumer knows it */
	if (field->kind == REC_STR)
		gen_string_into(fn, n, off, false);
	else
		ir_store(fn->f, (int)field->size, fn->st, off, gen_expr(fn, n));
}

static void
gen_exit(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	(void)act, (void)call;
	fn->uses |= USES_EXIT;
	ir_storei(fn->f, 4, fn->st, STATE_flags, STATE_EXITED);
}

/* Kernel memory by its address, else the process's; a page that is not there is fetched if the
 * program may wait for it. */
static void
gen_tracemem(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	const struct gen_at at = gen_state_at(fn,
	    (int32_t)(fn->g->layout.rec_off + act->field[0].off));
	const uint32_t bytes = act->field[0].size;
	struct ir_func *f = fn->f;
	ir_label user = ir_label_new(f), read = ir_label_new(f), ok = ir_label_new(f);
	ir_val addr = gen_expr(fn, call->list), failed;

	ir_jcci(f, OP_JSGE, addr, 0, user);
	failed = gen_read(fn, BPF_FUNC_probe_read_kernel, at, ir_const(f, bytes), addr);
	ir_jmp(f, read);
	ir_place(f, user);
	ir_set(f, failed, gen_read(fn, BPF_FUNC_probe_read_user, at, ir_const(f, bytes), addr));
	if (fn->is_sleepable) {
		ir_jcci(f, OP_JEQ, failed, 0, ok);
		ir_set(f, failed, gen_read(fn, BPF_FUNC_copy_from_user, at,
		    ir_const(f, bytes), addr));
	}
	ir_place(f, read);
	ir_jcci(f, OP_JEQ, failed, 0, ok);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
}

/* To the process; kernel threads don't take signals. */
static void
gen_raise(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	(void)act;
	ir_call(fn->f, BPF_FUNC_send_signal, 1, gen_expr(fn, call->list));
}

static void
gen_stop(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	(void)act, (void)call;
	ir_call(fn->f, BPF_FUNC_send_signal, 1, ir_const(fn->f, SIGSTOP));
}

static void
gen_act_speculate(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	const struct gen *g = fn->g;

	(void)act;
	gen_speculate(fn, gen_expr(fn, call->list),
	    (int32_t)(g->layout.rec_off + g->clause[fn->clause].rec.spec_off));
}

static void
gen_act_end(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	gen_spec_end(fn, gen_expr(fn, call->list),
	    (int32_t)(fn->g->layout.rec_off + act->field[0].off));
}

/* What programs do themselves, besides storing the values that are sent. */
static void (*const rules[NR_BA])(struct gen_fn *, const struct rec_act *, const struct node *) = {
	[BA_COMMIT] = gen_act_end,
	[BA_DISCARD] = gen_act_end,
	[BA_EXIT] = gen_exit,
	[BA_RAISE] = gen_raise,
	[BA_SPECULATE] = gen_act_speculate,
	[BA_STOP] = gen_stop,
	[BA_TRACEMEM] = gen_tracemem,
};

void
gen_action(struct gen_fn *fn, const struct node *call)
{
	const struct rec_act *act = &fn->g->clause[fn->clause].rec.act[fn->act++];
	const struct node *arg = act->fmt != NULL ? call->list->next : call->list;
	uint32_t i = 0;

	if (act->act == BA_TRACEMEM) {
		arg = arg->next->next;
		i = 1;
	}
	for (; arg != NULL && !(call->fn->flags & ACT_KERNEL); arg = arg->next)
		if (arg->kind != NODE_AGGREF)
			gen_field(fn, &act->field[i++], arg);
	if (rules[act->act] != NULL)
		rules[act->act](fn, act, call);
}
