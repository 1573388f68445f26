/*
 * Actions: their values go to the record, at the places that the schema gave them; the consumer
 * acts. exit() is also known to the clause.
 */
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

void
gen_action(struct gen_fn *fn, const struct node *call)
{
	const struct rec_act *act = &fn->g->clause[fn->clause].rec.act[fn->act++];
	const struct node *arg = act->fmt != NULL ? call->list->next : call->list;
	uint32_t i = 0;

	for (; arg != NULL; arg = arg->next)
		if (arg->kind != NODE_AGGREF)
			gen_field(fn, &act->field[i++], arg);
	if (act->act == BA_EXIT) {
		fn->uses |= USES_EXIT;
		ir_storei(fn->f, 4, fn->st, STATE_flags, STATE_EXITED);
	}
}
