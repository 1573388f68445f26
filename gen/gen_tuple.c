/*
 * Keys of associative arrays and aggregations, built in the temporaries: each element on 8 bytes
 * or, for a string, on all of its room. In exact keys zeros are behind a string's end: the map
 * compares every byte. Digested ones may have anything there.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "rec/aggr.h"

static void
gen_key_bytes(struct gen_fn *fn, const struct node *n, int32_t off)
{
	const int32_t room = (int32_t)gen_value_bytes(fn->g, n->type);

	ir_storei(fn->f, 8, fn->st, off + room - 8, 0);
	gen_bytes_into(fn, n, gen_state_at(fn, off));
}

int32_t
gen_tuple(struct gen_fn *fn, const struct var *v, const struct node *list, uint32_t head)
{
	const int32_t tuple = gen_temp(fn, head + tuple_bytes(v));
	int32_t off = tuple + (int32_t)head;
	uint32_t i = 0;

	for (const struct node *n = list; n != NULL; n = n->next, i++) {
		if (type_is_string(v->key[i]))
			gen_string_into(fn, n, off, true);
		else if (type_is_shown(v->key[i]))
			gen_shown_into(fn, n, off);
		else if (type_is_bytes(v->key[i]))
			gen_key_bytes(fn, n, off);
		else
			ir_store(fn->f, 8, fn->st, off, gen_expr(fn, n));
		off += (int32_t)tuple_elem_bytes(v->key[i]);
	}
	return tuple;
}

/* Gives the bytes that count. */
static ir_val
gen_elem_into(struct gen_fn *fn, const struct node *n, const struct type *t, int32_t off)
{
	if (type_is_string(t))
		return gen_string_len_into(fn, n, off);
	if (type_is_bytes(t)) {
		gen_key_bytes(fn, n, off);
		return ir_const(fn->f, tuple_elem_bytes(t));
	}
	ir_store(fn->f, 8, fn->st, off, gen_expr(fn, n));
	return ir_const(fn->f, 8);
}

/*
 *     cpu | digest, 4 words | tuple | words
 *     ^key                    ^value
 *
 * The digest's first two words become the key's last.
 */
int32_t
gen_tuple_digest(struct gen_fn *fn, const struct var *v, const struct node *list, int32_t *value)
{
	enum { HEAD = AGGR_KEY_DIGEST + AGGR_DIGEST_WORDS * 8 };
	const int32_t key = gen_temp(fn, HEAD + aggr_value_bytes(v));
	const int32_t digest = key + AGGR_KEY_DIGEST;
	uint64_t begin[AGGR_DIGEST_WORDS];
	struct ir_func *f = fn->f;
	int32_t off = key + HEAD;
	uint32_t i = 0;

	*value = off;
	aggr_digest_begin(fn->g->opts.seed, begin);
	for (int k = 0; k < AGGR_DIGEST_WORDS; k++)
		ir_store(f, 8, fn->st, digest + 8 * k, ir_const(f, (int64_t)begin[k]));
	for (const struct node *n = list; n != NULL; n = n->next, i++) {
		ir_val len = gen_elem_into(fn, n, v->key[i], off);
		ir_val state = ir_load(f, 4, fn->st, STATE_level);
		ir_val to = ir_const(f, digest), at = ir_const(f, off);
		ir_val is_last = ir_const(f, n->next == NULL);

		ir_fcall(f, gen_rt(fn->g, RT_DIGEST), 5, state, to, at, len, is_last);
		off += (int32_t)tuple_elem_bytes(v->key[i]);
	}
	return key;
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
