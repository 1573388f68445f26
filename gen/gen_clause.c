/*
 * A clause's function: predicate, statements, its record. It gets the context and the state and
 * returns enum gen_went. Also the small things that all parts of a clause need.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

enum { ZERO_INLINE_BYTES = 256 };

int32_t
gen_temp(struct gen_fn *fn, uint32_t bytes)
{
	uint32_t off = fn->temp;

	fn->temp += (bytes + 7) & ~7u;
	if (fn->temp > fn->g->priv->temp_bytes)
		fn->g->priv->temp_bytes = fn->temp;
	return (int32_t)(fn->g->layout.temp_off + off);
}

ir_val
gen_state_ptr(struct gen_fn *fn, int32_t off)
{
	return ir_bini(fn->f, OP_ADD, fn->st, off);
}

struct gen_at
gen_state_at(const struct gen_fn *fn, int32_t off)
{
	return (struct gen_at){ fn->st, off };
}

ir_val
gen_at_ptr(struct gen_fn *fn, struct gen_at at)
{
	return at.off == 0 ? at.ptr : ir_bini(fn->f, OP_ADD, at.ptr, at.off);
}

/* A read that fails zeroes its destination (mm/maccess.c: copy_from_kernel_nofault() refuses user
 * addresses before it touches them): the shortest way to clear much memory. */
void
gen_zero_in(struct ir_func *f, struct gen_at at, uint32_t bytes)
{
	ir_val ptr, size;

	if (bytes <= ZERO_INLINE_BYTES) {
		ir_zero(f, at.ptr, at.off, bytes);
		return;
	}
	size = ir_const(f, bytes);
	ptr = at.off == 0 ? at.ptr : ir_bini(f, OP_ADD, at.ptr, at.off);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, ptr, size, ir_const(f, 0));
}

void
gen_zero(struct gen_fn *fn, struct gen_at at, uint32_t bytes)
{
	gen_zero_in(fn->f, at, bytes);
}

ir_val
gen_read(struct gen_fn *fn, int helper, struct gen_at dst, ir_val bytes, ir_val src)
{
	return ir_call(fn->f, helper, 3, gen_at_ptr(fn, dst), bytes, src);
}

ir_val
gen_lookup(struct gen_fn *fn, int map, struct gen_at key)
{
	ir_val m = ir_map(fn->f, map);

	return ir_call(fn->f, BPF_FUNC_map_lookup_elem, 2, m, gen_at_ptr(fn, key));
}

void
gen_drop(struct gen_fn *fn, enum drop_kind kind)
{
	ir_fcall(fn->f, gen_rt(fn->g, RT_DROP), 1, ir_const(fn->f, kind));
}

ir_val
gen_timestamp(struct gen_fn *fn)
{
	fn->uses |= USES_TIME;
	if (!fn->has_time)
		gen_take_time(fn->f, fn->st);
	return ir_load(fn->f, 8, fn->st, STATE_timestamp);
}

/* ---- the record ---- */

static const struct rec *
clause_rec(const struct gen_fn *fn)
{
	return &fn->g->clause[fn->clause].rec;
}

static uint32_t
branch_bytes(const struct rec *rec)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < rec->nact; i++)
		if (rec->act[i].when >= sizeof(struct rec_hdr) + n)
			n = rec->act[i].when - (uint32_t)sizeof(struct rec_hdr) + 1;
	return (n + 7) & ~7u;
}

static int32_t
rec_off(const struct gen_fn *fn, uint32_t off)
{
	return (int32_t)(fn->g->layout.rec_off + off);
}

/* The time is taken after the predicate: a firing that is filtered out does not need it. */
static void
begin_record(struct gen_fn *fn)
{
	gen_take_time(fn->f, fn->st);
	fn->uses |= USES_TIME | USES_PROBE;
	fn->has_time = true;
	ir_zero(fn->f, fn->st, rec_off(fn, sizeof(struct rec_hdr)), branch_bytes(clause_rec(fn)));
	if (clause_rec(fn)->spec_off != 0)
		ir_storei(fn->f, 8, fn->st, rec_off(fn, clause_rec(fn)->spec_off), 0);
}

/* When all actions are in branches and none was reached, there is nothing to say. */
static void
skip_empty_record(struct gen_fn *fn, ir_label out)
{
	const struct rec *rec = clause_rec(fn);
	ir_label send = ir_label_new(fn->f);

	for (uint32_t i = 0; i < rec->nact; i++)
		if (rec->act[i].when == 0)
			return;
	for (uint32_t i = 0; i < branch_bytes(rec); i += 8) {
		ir_val reached = ir_load(fn->f, 8, fn->st,
		    rec_off(fn, (uint32_t)sizeof(struct rec_hdr) + i));

		ir_jcci(fn->f, OP_JNE, reached, 0, send);
	}
	ir_jmp(fn->f, out);
	ir_place(fn->f, send);
}

/* exit(): the record first, then nothing starts any more, on any CPU. */
static void
send_record(struct gen_fn *fn, ir_label out)
{
	struct ir_func *f = fn->f;
	const int32_t at = rec_off(fn, 0);
	const uint32_t bytes = clause_rec(fn)->bytes;
	ir_val exited = IR_NONE, flags;

	skip_empty_record(fn, out);
	ir_store(f, 8, fn->st, at + (int32_t)offsetof(struct rec_hdr, timestamp),
	    ir_load(f, 8, fn->st, STATE_timestamp));
	ir_storei(f, 4, fn->st, at + (int32_t)offsetof(struct rec_hdr, clause),
	    (int32_t)fn->clause);
	ir_store(f, 4, fn->st, at + (int32_t)offsetof(struct rec_hdr, probe),
	    ir_load(f, 4, fn->st, STATE_probe));
	ir_store(f, 4, fn->st, at + (int32_t)offsetof(struct rec_hdr, cpu),
	    ir_load(f, 4, fn->st, STATE_cpu));
	if (fn->uses & USES_EXIT)
		exited = ir_load(f, 4, fn->st, STATE_flags);
	flags = gen_wakeup(fn->g, f, bytes, exited);
	gen_send(fn->g, f, gen_state_ptr(fn, at), bytes, flags);
	if (exited != IR_NONE) {
		ir_jcci(f, OP_JEQ, exited, 0, out);
		ir_storei(f, 4, ir_map_value(f, MAP_CONTROL, CONTROL_active), 0, 0);
	}
}

/* ---- statements ---- */

static void gen_stmts(struct gen_fn *, const struct node *);

static void
gen_branch(struct gen_fn *fn, const struct node *stmts)
{
	if (gen_has_action(stmts))
		ir_storei(fn->f, 1, fn->st,
		    rec_off(fn, (uint32_t)sizeof(struct rec_hdr) + fn->branch++), 1);
	gen_stmts(fn, stmts);
}

static void
gen_if(struct gen_fn *fn, const struct node *n)
{
	ir_label no = ir_label_new(fn->f), end = ir_label_new(fn->f);

	gen_cond(fn, n->a, false, no);
	gen_branch(fn, n->b);
	if (n->c != NULL)
		ir_jmp(fn->f, end);
	ir_place(fn->f, no);
	if (n->c != NULL) {
		gen_branch(fn, n->c);
		ir_place(fn->f, end);
	}
}

static void
gen_stmt(struct gen_fn *fn, const struct node *n)
{
	if (n->kind == NODE_AGGR)
		gen_aggr(fn, n);
	else if (n->kind == NODE_IF)
		gen_if(fn, n);
	else if (gen_action_call(n) != NULL)
		gen_action(fn, gen_action_call(n));
	else
		gen_discard(fn, n->a);
}

static void
gen_stmts(struct gen_fn *fn, const struct node *stmts)
{
	for (const struct node *n = stmts; n != NULL; n = n->next) {
		fn->temp = fn->temp_base;
		ir_line(fn->f, n->pos.line);
		gen_stmt(fn, n);
	}
}

static void
find_self(void *arg, struct node *n)
{
	if (n->kind == NODE_VAR && n->var->scope == VAR_SELF)
		*(bool *)arg = true;
}

/* Of a clause that comes before the others of a probe: its statements are their arguments. It
 * returns that they are there. */
static void
gen_prologue(struct gen_fn *fn, const struct node *stmts)
{
	ir_val value[STATE_NARG];
	int n = 0;

	for (; stmts != NULL && n < STATE_NARG; stmts = stmts->next)
		value[n++] = gen_expr(fn, stmts->a);
	for (int i = 0; i < STATE_NARG; i++)
		if (i < n)
			ir_store(fn->f, 8, fn->st, STATE_arg + 8 * i, value[i]);
		else
			ir_storei(fn->f, 8, fn->st, STATE_arg + 8 * i, 0);
	ir_reti(fn->f, GEN_GO_ON);
}

static void
gen_body(struct gen_fn *fn, struct node *clause)
{
	const bool has_record = clause_rec(fn)->bytes > 0;
	ir_label out = ir_label_new(fn->f);
	bool uses_self = false;

	fn->out = out;
	ir_line(fn->f, clause->pos.line);
	gen_walk(clause, find_self, &uses_self);
	if (uses_self)
		fn->self = gen_self(fn);
	gen_strtok_begin(fn, clause);
	gen_scratch_begin(fn, clause);
	if (clause->a != NULL)
		gen_cond(fn, clause->a, false, out);
	if (has_record)
		begin_record(fn);
	if (gen_is_prologue(fn->g, fn->clause))
		gen_prologue(fn, clause->b);
	else
		gen_stmts(fn, clause->b);
	if (has_record)
		send_record(fn, out);
	ir_place(fn->f, out);
}

bool
gen_is_prologue(const struct gen *g, uint32_t clause)
{
	const struct node *n = g->clause[clause].node;

	return n->pos.src != NULL && n->pos.src->is_prologue;
}

unsigned
gen_clause_into(struct gen *g, uint32_t clause, bool is_sleepable, struct ir_func *f,
    ir_label fault)
{
	struct gen_fn fn = {
		.g = g, .f = f, .ctx = ir_arg(f, 0), .st = ir_arg(f, 1), .self = IR_NONE,
		.fault = fault, .clause = clause, .is_sleepable = is_sleepable,
	};

	gen_body(&fn, g->clause[clause].node);
	return fn.uses;
}

struct gen_code *
gen_clause(struct gen *g, uint32_t clause, bool is_sleepable)
{
	struct gen_code *code = &g->priv->code[is_sleepable][clause];
	struct ir_func *f;
	ir_label fault;

	if (code->func != NULL)
		return code;
	f = ir_func_new(g->arena, arena_printf(g->arena, "clause_%u", clause), IR_STATIC, 2);
	fault = ir_label_new(f);
	code->uses = gen_clause_into(g, clause, is_sleepable, f, fault);
	ir_reti(f, GEN_DONE);
	if (code->uses & USES_FAULT) {
		ir_place(f, fault);
		ir_reti(f, GEN_FAULTED);
	}
	code->func = f;
	return code;
}
