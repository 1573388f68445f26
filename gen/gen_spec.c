/*
 * Speculations. The table in the control map says which are in use; what they hold is with the
 * consumer, which finds it in the records: they come in the order of time, so that one that is
 * committed or discarded can be handed out again at once.
 */
#include "gen/gen_private.h"

ir_val
gen_speculation(struct gen_fn *fn, const struct node *args)
{
	(void)args;
	return ir_fcall(fn->f, gen_rt(fn->g, RT_SPECULATION), 0);
}

/* The address of the speculation's word, or jumps to none. */
static ir_val
word_at(struct gen_fn *fn, ir_val id, ir_label none)
{
	struct ir_func *f = fn->f;
	ir_val i, words;

	i = ir_bound(f, ir_bini(f, OP_SUB, id, 1), fn->g->opts.nspec - 1, none);
	i = ir_bini(f, OP_LSH, i, 2);
	words = ir_map_value(f, MAP_CONTROL, (int32_t)control_spec_off(fn->g->opts.ncpu));
	return ir_bin(f, OP_ADD, words, i);
}

static void
store_spec(struct gen_fn *fn, int32_t off, ir_val id, ir_val word)
{
	ir_store(fn->f, 4, fn->st, off + (int32_t)offsetof(struct rec_spec, id), id);
	ir_store(fn->f, 4, fn->st, off + (int32_t)offsetof(struct rec_spec, word), word);
}

void
gen_speculate(struct gen_fn *fn, ir_val id, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_val word = ir_load(f, 4, word_at(fn, id, fn->out), 0);

	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, word, 1), 0, fn->out);
	store_spec(fn, off, id, word);
}

void
gen_spec_end(struct gen_fn *fn, ir_val id, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label none = ir_label_new(f);
	ir_val at, word, seen;

	ir_storei(f, 8, fn->st, off, 0);
	at = word_at(fn, id, none);
	word = ir_load(f, 4, at, 0);
	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, word, 1), 0, none);
	seen = ir_cmpxchg(f, 4, at, 0, word, ir_bini(f, OP_ADD, word, 1));
	ir_jcc(f, OP_JNE, seen, word, none);	/* another CPU was first */
	store_spec(fn, off, id, word);
	ir_place(f, none);
}

/* Not more than one of those that want it gets it. */
void
rt_spec_take(struct gen *g, struct ir_func *f)
{
	ir_label none = ir_label_new(f);
	ir_val i = ir_bound(f, ir_arg(f, 0), g->opts.nspec - 1, none), at, word, seen;

	at = ir_map_value(f, MAP_CONTROL, (int32_t)control_spec_off(g->opts.ncpu));
	at = ir_bin(f, OP_ADD, at, ir_bini(f, OP_LSH, i, 2));
	word = ir_load(f, 4, at, 0);
	ir_jcci(f, OP_JNE, ir_bini(f, OP_AND, word, 1), 0, none);
	seen = ir_cmpxchg(f, 4, at, 0, word, ir_bini(f, OP_ADD, word, 1));
	ir_jcc(f, OP_JNE, seen, word, none);
	ir_reti(f, 1);
	ir_place(f, none);
	ir_reti(f, 0);
}

/* The first that is not in use. */
void
rt_speculation(struct gen *g, struct ir_func *f)
{
	ir_label taken = ir_label_new(f), begin;
	ir_val i = ir_const(f, 0);

	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JNE, ir_fcall(f, gen_rt(g, RT_SPEC_TAKE), 1, i), 0, taken);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, g->opts.nspec);
	ir_fcall(f, gen_rt(g, RT_DROP), 1, ir_const(f, DROP_SPECUNAVAIL));
	ir_reti(f, 0);
	ir_place(f, taken);
	ir_ret(f, ir_bini(f, OP_ADD, i, 1));
}
