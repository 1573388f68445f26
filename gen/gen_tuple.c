/*
 * Keys of associative arrays and aggregations, built in the temporaries: each element on 8 bytes
 * or, for a string, on all of its room, zeros behind its end (the map compares every byte).
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "rec/aggr.h"

int32_t
gen_tuple(struct gen_fn *fn, const struct var *v, const struct node *list, uint32_t head)
{
	const int32_t tuple = gen_temp(fn, head + tuple_bytes(v));
	int32_t off = tuple + (int32_t)head;
	uint32_t i = 0;

	for (const struct node *n = list; n != NULL; n = n->next, i++) {
		if (type_is_string(v->key[i]))
			gen_string_into(fn, n, off, true);
		else
			ir_store(fn->f, 8, fn->st, off, gen_expr(fn, n));
		off += (int32_t)tuple_elem_bytes(v->key[i]);
	}
	return tuple;
}

/* Which thread this is; the idle threads, all of number 0, are told apart by CPU. */
ir_val
gen_thread_key(struct gen_fn *fn)
{
	ir_label have = ir_label_new(fn->f);
	ir_val key = ir_call(fn->f, BPF_FUNC_get_current_pid_tgid, 0);

	ir_jcci(fn->f, OP_JNE, key, 0, have);
	ir_set(fn->f, key, ir_load(fn->f, 4, fn->st, STATE_cpu));
	ir_updi(fn->f, OP_XOR, key, -1);
	ir_place(fn->f, have);
	return key;
}
