/*
 * Variables. Globals are in the one value of MAP_GLOBAL, this-> in the state, self-> in one value
 * per thread, elements of associative arrays in a map each.
 */
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "gen/gen_private.h"

/* A thread that can't have a value sees zeros, and what it assigns is lost: a dynamic variable
 * drop. */
static void
self_or_zeros(struct gen_fn *fn, ir_val self)
{
	ir_label have = ir_label_new(fn->f);
	int32_t zeros = gen_temp(fn, fn->g->self_bytes);

	fn->temp_base = fn->temp;
	ir_jcci(fn->f, OP_JNE, self, 0, have);
	gen_drop(fn, DROP_DYNAMIC);
	gen_zero(fn, gen_state_at(fn, zeros), fn->g->self_bytes);
	ir_set(fn->f, self, gen_state_ptr(fn, zeros));
	ir_place(fn->f, have);
}

static ir_val
self_in_task(struct gen_fn *fn)
{
	struct ir_func *f = fn->f;
	ir_val task = ir_call(f, BPF_FUNC_get_current_task_btf, 0);
	ir_val map = ir_map(f, MAP_SELF), zero = ir_const(f, 0);

	return ir_call(f, BPF_FUNC_task_storage_get, 4, map, task, zero,
	    ir_const(f, BPF_LOCAL_STORAGE_GET_F_CREATE));
}

static ir_val
self_in_hash(struct gen_fn *fn)
{
	const struct gen_at key = gen_state_at(fn, STATE_scratch);
	const struct gen_at zeros = gen_state_at(fn, gen_temp(fn, fn->g->self_bytes));
	ir_label have = ir_label_new(fn->f);
	ir_val self;

	ir_store(fn->f, 8, key.ptr, key.off, gen_thread_key(fn));
	self = gen_lookup(fn, MAP_SELF, key);
	ir_jcci(fn->f, OP_JNE, self, 0, have);
	gen_zero(fn, zeros, fn->g->self_bytes);
	gen_map_update(fn, MAP_SELF, key, zeros, BPF_NOEXIST);
	ir_set(fn->f, self, gen_lookup(fn, MAP_SELF, key));
	ir_place(fn->f, have);
	return self;
}

ir_val
gen_self(struct gen_fn *fn)
{
	ir_val self = fn->g->opts.has_task_storage ? self_in_task(fn) : self_in_hash(fn);

	self_or_zeros(fn, self);
	return self;
}

struct gen_at
gen_var_at(struct gen_fn *fn, const struct var *v)
{
	switch (v->scope) {
	case VAR_GLOBAL:
		return (struct gen_at){ ir_map_value(fn->f, MAP_GLOBAL, (int32_t)v->off), 0 };
	case VAR_SELF:
		return (struct gen_at){ fn->self, (int32_t)v->off };
	case VAR_THIS:
		return gen_state_at(fn, (int32_t)(fn->g->layout.this_off + v->off));
	case VAR_AGGR:
		break;
	}
	BUG("aggregation @%s as a variable", v->name);
}

/* ---- associative arrays ---- */

static struct gen_at
elem_key(struct gen_fn *fn, const struct node *n)
{
	const bool is_self = n->var->scope == VAR_SELF;
	int32_t off = gen_tuple(fn, n->var, n->list, is_self ? 8 : 0);

	if (is_self)
		ir_store(fn->f, 8, fn->st, off, gen_thread_key(fn));
	return gen_state_at(fn, off);
}

struct gen_elem
gen_elem(struct gen_fn *fn, const struct node *n)
{
	struct gen_elem e = { .key = elem_key(fn, n) };

	e.ptr = gen_lookup(fn, n->var->map, e.key);
	return e;
}

ir_val
gen_elem_value(struct gen_fn *fn, struct gen_elem e)
{
	ir_label none = ir_label_new(fn->f);
	ir_val v = ir_const(fn->f, 0);

	ir_jcci(fn->f, OP_JEQ, e.ptr, 0, none);
	ir_set(fn->f, v, ir_load(fn->f, 8, e.ptr, 0));
	ir_place(fn->f, none);
	return v;
}

ir_val
gen_map_update(struct gen_fn *fn, int map, struct gen_at key, struct gen_at value, int flags)
{
	ir_val m = ir_map(fn->f, map);
	ir_val k = gen_at_ptr(fn, key), v = gen_at_ptr(fn, value);

	return ir_call(fn->f, BPF_FUNC_map_update_elem, 4, m, k, v, ir_const(fn->f, flags));
}

static void
elem_update(struct gen_fn *fn, const struct var *v, struct gen_at key, struct gen_at value)
{
	ir_label ok = ir_label_new(fn->f);

	ir_jcci(fn->f, OP_JEQ, gen_map_update(fn, v->map, key, value, BPF_ANY), 0, ok);
	gen_drop(fn, DROP_DYNAMIC);
	ir_place(fn->f, ok);
}

/* In place when there is an element: cheaper than replacing it. */
void
gen_elem_store(struct gen_fn *fn, const struct var *v, struct gen_elem e, ir_val value)
{
	const struct gen_at temp = gen_state_at(fn, gen_temp(fn, 8));
	ir_label none = ir_label_new(fn->f), end = ir_label_new(fn->f);

	ir_jcci(fn->f, OP_JEQ, e.ptr, 0, none);
	ir_store(fn->f, 8, e.ptr, 0, value);
	ir_jmp(fn->f, end);
	ir_place(fn->f, none);
	ir_store(fn->f, 8, temp.ptr, temp.off, value);
	elem_update(fn, v, e.key, temp);
	ir_place(fn->f, end);
}

void
gen_elem_store_from(struct gen_fn *fn, const struct node *elem, int32_t off)
{
	elem_update(fn, elem->var, elem_key(fn, elem), gen_state_at(fn, off));
}

/* ---- parts ---- */

/* An element that is not there reads as zeros. */
struct gen_at
gen_elem_at(struct gen_fn *fn, const struct node *n, bool creates)
{
	const uint32_t bytes = gen_value_bytes(fn->g, n->var->type);
	const struct gen_at zeros = gen_state_at(fn, gen_temp(fn, bytes));
	ir_label have = ir_label_new(fn->f);
	struct gen_elem e = gen_elem(fn, n);

	ir_jcci(fn->f, OP_JNE, e.ptr, 0, have);
	gen_zero(fn, zeros, bytes);
	if (creates) {
		elem_update(fn, n->var, e.key, zeros);
		ir_set(fn->f, e.ptr, gen_lookup(fn, n->var->map, e.key));
		ir_jcci(fn->f, OP_JNE, e.ptr, 0, have);
	}
	ir_set(fn->f, e.ptr, gen_state_ptr(fn, zeros.off));
	ir_place(fn->f, have);
	return (struct gen_at){ e.ptr, 0 };
}

/* All indices are in bounds already; the verifier does not know. */
static struct gen_at
move_by(struct gen_fn *fn, struct gen_at at, ir_val by, uint32_t room)
{
	struct ir_func *f = fn->f;
	ir_label bad = ir_label_new(f), ok = ir_label_new(f);
	ir_val ptr;

	by = ir_bound(f, by, room, bad);
	ptr = ir_bin(f, OP_ADD, at.ptr, by);
	ir_jmp(f, ok);
	ir_place(f, bad);
	gen_fault(fn, FAULT_BADINDEX, by);
	ir_place(f, ok);
	return (struct gen_at){ ptr, at.off };
}

struct gen_at
gen_part_at(struct gen_fn *fn, const struct node *n, bool creates)
{
	const struct node *of = n->a;
	const uint32_t bytes = gen_value_bytes(fn->g, of->type);
	ir_val by = n->b != NULL ? gen_expr(fn, n->b) : IR_NONE;
	struct gen_at at = of->kind == NODE_ELEM ? gen_elem_at(fn, of, creates)
	    : gen_var_at(fn, of->var);

	at.off += (int32_t)n->val;
	if (by == IR_NONE)
		return at;
	return move_by(fn, at, by,
	    bytes - (uint32_t)n->val - type_real(n->type)->size_bytes);
}

/* ---- what is loaded, changed and stored ---- */

struct gen_ref
gen_ref(struct gen_fn *fn, const struct node *n, bool writes)
{
	const struct node *place = n->kind == NODE_BITS ? n->a : n;
	struct gen_ref r = { .n = n };

	if (place->kind == NODE_VAR)
		r.at = gen_var_at(fn, place->var);
	else if (place->kind == NODE_ELEM)
		r.elem = gen_elem(fn, place);
	else if (place->kind == NODE_PART)
		r.at = gen_part_at(fn, place, writes);
	else
		r.addr = gen_expr(fn, place->a);
	return r;
}

static ir_val
load_at(struct gen_fn *fn, struct gen_at at, const struct type *t)
{
	const int size = (int)type_real(t)->size_bytes;
	ir_val v = ir_load(fn->f, size, at.ptr, at.off);

	return size < 8 && type_is_signed(t) ? ir_extend(fn->f, v, size, true) : v;
}

ir_val
gen_ref_load(struct gen_fn *fn, const struct gen_ref *r)
{
	const struct node *place = r->n->kind == NODE_BITS ? r->n->a : r->n;
	ir_val v;

	if (place->kind == NODE_VAR)
		v = ir_load(fn->f, 8, r->at.ptr, r->at.off);
	else if (place->kind == NODE_ELEM)
		v = gen_elem_value(fn, r->elem);
	else if (place->kind == NODE_PART)
		v = load_at(fn, r->at, place->type);
	else
		v = gen_deref_load(fn, place->type, r->addr);
	return r->n->kind == NODE_BITS ? gen_bits_load(fn, r->n, v) : v;
}

void
gen_ref_store(struct gen_fn *fn, const struct gen_ref *r, ir_val v)
{
	const struct node *place = r->n->kind == NODE_BITS ? r->n->a : r->n;

	if (r->n->kind == NODE_BITS) {
		struct gen_ref unit = *r;

		unit.n = place;
		v = gen_bits_store(fn, r->n, gen_ref_load(fn, &unit), v);
	}
	if (place->kind == NODE_VAR)
		ir_store(fn->f, 8, r->at.ptr, r->at.off, v);
	else if (place->kind == NODE_ELEM)
		gen_elem_store(fn, place->var, r->elem, v);
	else if (place->kind == NODE_PART)
		ir_store(fn->f, (int)type_real(place->type)->size_bytes, r->at.ptr, r->at.off, v);
	else
		gen_deref_store(fn, place->type, r->addr, v);
}

void
gen_elem_delete(struct gen_fn *fn, const struct node *n)
{
	struct gen_at key = elem_key(fn, n);
	ir_val map = ir_map(fn->f, n->var->map);

	ir_call(fn->f, BPF_FUNC_map_delete_elem, 2, map, gen_at_ptr(fn, key));
}
