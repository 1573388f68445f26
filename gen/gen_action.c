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
	else if (field->kind == REC_BYTES)
		gen_bytes_into(fn, n, gen_state_at(fn, off));
	else if (field->kind == REC_SHOWN)
		gen_shown_into(fn, n, off);
	else if (field->kind == REC_PROBEPROV)
		ir_store(fn->f, 4, fn->st, off, gen_pid(fn));
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

static void
gen_tracemem(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	gen_read_bytes_at(fn, gen_expr(fn, call->list), act->field[0].size,
	    gen_state_at(fn, (int32_t)(fn->g->layout.rec_off + act->field[0].off)));
}

static void
gen_print(struct gen_fn *fn, const struct rec_act *act, const struct node *call)
{
	const int32_t rec = (int32_t)fn->g->layout.rec_off;
	ir_val addr = gen_expr(fn, call->list);

	if (act->field[0].size != 0)
		ir_store(fn->f, 8, fn->st, rec + (int32_t)act->field[0].off, addr);
	gen_read_bytes_at(fn, addr, act->field[1].size,
	    gen_state_at(fn, rec + (int32_t)act->field[1].off));
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

	if (call->fn->flags & ACT_VALUE) {
		gen_field(fn, &act->field[0], call);
		return;
	}
	if (gen_prints_address(call)) {
		gen_print(fn, act, call);
		return;
	}
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
