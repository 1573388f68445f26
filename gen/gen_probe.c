/*
 * The entry function, which runs at every hit: claims a state, gets the arguments that clauses
 * read, calls the clauses in order, gives the state back. Also how records are sent.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "lang/scope.h"
#include "rec/python.h"

/*
 * Consumers of CLOCK_MONOTONIC order need a promise: once the state says STATE_BUSY_RECORDS, its
 * record will not be older than its timestamp. So that first, and then the time.
 */
void
gen_take_time(struct ir_func *f, ir_val st)
{
	ir_label have = ir_label_new(f);

	ir_jcci(f, OP_JNE, ir_load(f, 8, st, STATE_timestamp), 0, have);
	ir_xchg(f, 4, st, STATE_busy, ir_const(f, STATE_BUSY_RECORDS));
	ir_store(f, 8, st, STATE_timestamp, ir_call(f, BPF_FUNC_ktime_get_ns, 0));
	ir_place(f, have);
}

/*
 * The reader comes by itself from time to time; it is woken when a record takes the filling over
 * a quarter of the ring (or two, or three), and for urgent ones.
 */
ir_val
gen_wakeup(struct gen *g, struct ir_func *f, uint32_t bytes, ir_val urgent)
{
	const uint32_t ring_record = BPF_RINGBUF_HDR_SZ + ((bytes + 7) & ~7u);
	ir_label known = ir_label_new(f);
	ir_val map, what, filled, flags = ir_const(f, BPF_RB_FORCE_WAKEUP);

	if (urgent != IR_NONE)
		ir_jcci(f, OP_JNE, urgent, 0, known);
	map = ir_map(f, MAP_RING);
	what = ir_const(f, BPF_RB_AVAIL_DATA);
	filled = ir_call(f, BPF_FUNC_ringbuf_query, 2, map, what);
	ir_updi(f, OP_ADD, filled, ring_record);
	ir_updi(f, OP_AND, filled, g->opts.ring_bytes / 4 - 1);
	ir_jcci(f, OP_JLT, filled, ring_record, known);
	ir_seti(f, flags, BPF_RB_NO_WAKEUP);
	ir_place(f, known);
	return flags;
}

void
gen_send(struct gen *g, struct ir_func *f, ir_val rec, uint32_t bytes, ir_val flags)
{
	ir_label sent = ir_label_new(f);
	ir_val map = ir_map(f, MAP_RING), size = ir_const(f, bytes);
	ir_val failed = ir_call(f, BPF_FUNC_ringbuf_output, 4, map, rec, size, flags);

	ir_jcci(f, OP_JEQ, failed, 0, sent);
	ir_fcall(f, gen_rt(g, RT_DROP), 1, ir_const(f, DROP_PRINCIPAL));
	ir_place(f, sent);
}

static void
check_active(struct ir_func *f, ir_label out)
{
	ir_val active = ir_load(f, 4, ir_map_value(f, MAP_CONTROL, CONTROL_active), 0);

	ir_jcci(f, OP_JNE, active, CONTROL_ALL, out);
}

/* Another program may have interrupted, or be interrupted by, this one: each level of a CPU's
 * states is tried. Hardly ever is the first not free. */
static ir_val
claim_state(struct gen *g, struct ir_func *f, uint32_t only_cpu, ir_label out)
{
	ir_val cpu = ir_call(f, BPF_FUNC_get_smp_processor_id, 0), idx, key, n, st, old;
	ir_label claimed, begin;

	if (only_cpu != 0)
		ir_jcci(f, OP_JNE, cpu, only_cpu - 1, out);
	idx = ir_bini(f, OP_MUL, cpu, STATE_LEVELS);
	key = ir_fp(f, ir_frame(f, 8));
	n = ir_const(f, 0);
	claimed = ir_label_new(f);
	begin = ir_loop_begin(f);
	ir_store(f, 4, key, 0, idx);
	st = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_STATE), key);
	ir_jcci(f, OP_JEQ, st, 0, out);
	old = ir_xchg(f, 4, st, STATE_busy, ir_const(f, STATE_BUSY));
	ir_jcci(f, OP_JEQ, old, STATE_FREE, claimed);
	ir_updi(f, OP_ADD, idx, 1);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, STATE_LEVELS);
	ir_fcall(f, gen_rt(g, RT_DROP), 1, ir_const(f, DROP_PRINCIPAL));
	ir_jmp(f, out);
	ir_place(f, claimed);
	ir_store(f, 4, st, STATE_cpu, cpu);
	return st;
}

/* What a group's clauses need, all together. */
struct needs {
	struct gen *g;
	unsigned uses;
	uint32_t argmask;
	bool *uses_this;		/* by id of the variable */
	struct ir_func *f;
	ir_val st;
	ir_val probe;			/* its id, when it had to be found; or IR_NONE */
};

/* this-> variables are 0 when a firing starts. */
static void
zero_this(void *arg, struct node *n)
{
	struct needs *need = arg;
	struct gen_at at = { need->st, 0 };

	if (n->kind != NODE_VAR || n->var->scope != VAR_THIS || need->uses_this[n->var->id])
		return;
	need->uses_this[n->var->id] = true;
	at.off = (int32_t)(need->g->layout.this_off + n->var->off);
	if (type_is_bytes(n->var->type))
		gen_zero_in(need->f, at, gen_value_bytes(need->g, n->var->type));
	else
		ir_storei(need->f, 8, at.ptr, at.off, 0);
}

static ir_val
find_probe(struct gen *g, struct ir_func *f, const struct gen_group *group, ir_val ctx,
    ir_label out)
{
	ir_val table = ir_map_value(f, gen_table_map(g),
	    (int32_t)(group->table * GEN_TABLE_BYTES));

	return group->which(f, ctx, table, out);
}

static void
store_probe(struct ir_func *f, const struct gen_group *group, ir_val ctx, ir_val st, ir_val probe)
{
	if (probe != IR_NONE)
		ir_store(f, 4, st, STATE_probe, probe);
	else if (group->has_cookie)
		ir_store(f, 4, st, STATE_probe,
		    ir_call(f, BPF_FUNC_get_attach_cookie, 1, ctx));
	else
		ir_storei(f, 4, st, STATE_probe, (int32_t)group->probe);
}

/* Results from -1 to -2047 are errors. requires: arg1 is in the state, if it is a result. */
static void
store_errno(struct needs *need, const struct gen_group *group)
{
	enum { ERRNO_MAX = 2047 };
	struct ir_func *f = need->f;
	ir_label out = ir_label_new(f);
	ir_val err;

	ir_storei(f, 4, need->st, STATE_errno, 0);
	if (!group->has_errno)
		return;
	err = ir_neg(f, ir_load(f, 8, need->st, STATE_arg + 8));
	ir_jcci(f, OP_JGT, err, ERRNO_MAX, out);
	ir_store(f, 4, need->st, STATE_errno, err);
	ir_place(f, out);
}

static void
store_frame(const struct needs *need, const struct gen_group *group)
{
	const int32_t given = (int32_t)(need->g->layout.python_off
	    + offsetof(struct rec_python_now, given));
	struct ir_func *f = need->f;

	if (group->frame_arg == 0)
		ir_storei(f, 8, need->st, given, 0);
	else
		ir_store(f, 8, need->st, given,
		    ir_load(f, 8, need->st, STATE_arg + 8 * (int32_t)group->frame_arg));
}

static void
prepare_state(struct needs *need, const struct gen_group *group, ir_val ctx, ir_label fault)
{
	struct ir_func *f = need->f;
	struct gen *g = need->g;

	if (need->uses & USES_PROBE)
		store_probe(f, group, ctx, need->st, need->probe);
	if (need->uses & USES_TIME)
		ir_storei(f, 8, need->st, STATE_timestamp, 0);
	if (need->uses & USES_EXIT)
		ir_storei(f, 4, need->st, STATE_flags, 0);
	if (need->uses & USES_PYTHON)
		ir_storei(f, 4, need->st, (int32_t)(g->layout.python_off
		    + offsetof(struct rec_python_now, found)), PYTHON_UNASKED);
	if (need->uses & USES_STACK)
		ir_storei(f, 4, need->st, STATE_stack_skip, (int32_t)group->stack_skip);
	for (uint32_t i = 0; i < group->nclause; i++)
		gen_walk(g->clause[group->clause[i]].node, zero_this, need);
	if (need->uses & USES_FAULT)
		for (uint32_t i = 0; i < group->nerror_clause; i++)
			gen_walk(g->clause[group->error_clause[i]].node, zero_this, need);
	if (group->enter != NULL && need->argmask != 0)
		group->enter(f, group->enter_self, ctx, need->st, need->argmask, fault);
	for (int i = 0; i < STATE_NARG; i++)
		if (group->enter == NULL && need->argmask & 1u << i)
			ir_storei(f, 8, need->st, STATE_arg + 8 * i, 0);
	if (need->uses & USES_ERRNO)
		store_errno(need, group);
	if (need->uses & USES_PYTHON)
		store_frame(need, group);
}

static void
call_error(struct ir_func *f, struct ir_func *error, ir_val st, uint32_t clause)
{
	ir_storei(f, 4, st, STATE_clause, (int32_t)clause);
	ir_fcall(f, error, 1, ir_load(f, 4, st, STATE_level));
}

/* After exit() no clause starts; BEGIN and END, which run while nothing is active, ask whether
 * it was theirs. */
static void
check_still_active(struct ir_func *f, ir_val st, const struct needs *need,
    const struct gen_group *group, ir_label done)
{
	if (!group->ignores_active)
		check_active(f, done);
	else if (need->uses & USES_EXIT)
		ir_jcci(f, OP_JNE, ir_load(f, 4, st, STATE_flags), 0, done);
}

/*
 * A program has 256 functions at most. When a probe has more clauses than leave room for the
 * routines, several make one function, which does what call_clauses() does for each.
 */
enum { CLAUSE_FUNCS = 128 };

static struct ir_func *
gen_batch(const struct needs *need, const struct gen_group *group, struct ir_func *error,
    uint32_t first, uint32_t end)
{
	struct gen *g = need->g;
	struct ir_func *f = ir_func_new(g->arena,
	    arena_printf(g->arena, "clauses_%u", group->clause[first]), IR_STATIC, 2);

	for (uint32_t i = first; i < end; i++) {
		ir_label next = ir_label_new(f), fault = ir_label_new(f);

		if (i > first)
			check_still_active(f, ir_arg(f, 1), need, group, next);
		if (gen_clause_into(g, group->clause[i], group->is_sleepable, f, fault)
		    & USES_FAULT) {
			ir_jmp(f, next);
			ir_place(f, fault);
			call_error(f, error, ir_arg(f, 1), group->clause[i]);
		}
		ir_place(f, next);
	}
	ir_reti(f, 0);
	return f;
}

static void
call_batches(struct needs *need, const struct gen_group *group, struct ir_func *error,
    ir_val ctx, uint32_t first, ir_label done)
{
	struct ir_func *f = need->f;
	const uint32_t n = (group->nclause + CLAUSE_FUNCS - 1) / CLAUSE_FUNCS;

	for (uint32_t i = first; i < group->nclause; i += n) {
		uint32_t end = i + n < group->nclause ? i + n : group->nclause;

		if (i > 0)
			check_still_active(f, need->st, need, group, done);
		ir_fcall(f, gen_batch(need, group, error, i, end), 2, ctx, need->st);
	}
}

/* A function of one clause. */
static void
call_clause(const struct needs *need, const struct gen_group *group, struct ir_func *error,
    ir_val ctx, uint32_t clause, ir_label done)
{
	struct gen_code *c = gen_clause(need->g, clause, group->is_sleepable);
	const bool is_prologue = gen_is_prologue(need->g, clause);
	struct ir_func *f = need->f;
	ir_label next = ir_label_new(f);
	ir_val went = ir_fcall(f, c->func, 2, ctx, need->st);

	if (is_prologue)
		ir_jcci(f, OP_JEQ, went, GEN_GO_ON, next);
	if (c->uses & USES_FAULT) {
		ir_jcci(f, OP_JEQ, went, GEN_DONE, is_prologue ? done : next);
		call_error(f, error, need->st, clause);
	}
	if (is_prologue)
		ir_jmp(f, done);
	ir_place(f, next);
}

/* From the first-th on. */
static void
call_clauses(const struct needs *need, const struct gen_group *group, struct ir_func *error,
    ir_val ctx, uint32_t first, ir_label done)
{
	for (uint32_t i = first; i < group->nclause; i++) {
		if (i > 0)
			check_still_active(need->f, need->st, need, group, done);
		call_clause(need, group, error, ctx, group->clause[i], done);
	}
}

/* Argument registers and memory that can't be read fault before any clause; the first gets the
 * blame. */
static void
find_needs(struct needs *need, const struct gen_group *group)
{
	struct gen *g = need->g;

	for (uint32_t i = 0; i < group->nclause; i++) {
		need->uses |= gen_clause(g, group->clause[i], group->is_sleepable)->uses;
		need->argmask |= g->clause[group->clause[i]].argmask;
	}
	if ((need->uses & USES_ERRNO) && group->has_errno)
		need->argmask |= 1u << 1;
	if ((need->uses & USES_PYTHON) && group->frame_arg != 0)
		need->argmask |= 1u << group->frame_arg;
	if (group->enter != NULL && need->argmask != 0)
		need->uses |= USES_FAULT | USES_PROBE;
	if (!(need->uses & USES_FAULT))
		return;
	need->uses |= USES_TIME;
	for (uint32_t i = 0; i < group->nerror_clause; i++)
		need->uses |= gen_clause(g, group->error_clause[i], group->is_sleepable)->uses;
}

struct ir_func *
gen_entry(struct gen *g, const struct gen_group *group)
{
	struct ir_func *f = ir_func_new(g->arena, group->name, IR_ENTRY, 1), *error = NULL;
	ir_label out = ir_label_new(f), done = ir_label_new(f), fault = ir_label_new(f);
	struct needs need = { .g = g, .f = f, .probe = IR_NONE };
	ir_val ctx = ir_arg(f, 0);
	uint32_t first = 0;

	need.uses_this = arena_alloc(g->arena, g->priv->scope->n[VAR_THIS] + 1);
	find_needs(&need, group);
	if (need.uses & USES_FAULT)
		error = gen_error(g, group);
	if (group->which != NULL)
		need.probe = find_probe(g, f, group, ctx, out);
	if (!group->ignores_active)
		check_active(f, out);
	if (group->filter != NULL)
		group->filter(f, group->filter_self, ctx, out);
	if (group->skip != NULL)
		group->skip(f, group->enter_self, ctx, out);
	need.st = claim_state(g, f, group->ignores_active ? 0 : g->opts.only_cpu, out);
	prepare_state(&need, group, ctx, fault);
	if (gen_is_prologue(g, group->clause[0]))
		call_clause(&need, group, error, ctx, group->clause[first++], done);
	if (group->nclause <= CLAUSE_FUNCS)
		call_clauses(&need, group, error, ctx, first, done);
	else
		call_batches(&need, group, error, ctx, first, done);
	if (group->enter != NULL && need.argmask != 0) {
		ir_jmp(f, done);
		ir_place(f, fault);
		ir_store(f, 8, need.st, STATE_fault_pc, ir_pc(f));
		call_error(f, error, need.st, group->clause[0]);
	}
	ir_place(f, done);
	ir_storei(f, 4, need.st, STATE_busy, STATE_FREE);
	ir_place(f, out);
	ir_reti(f, 0);
	return f;
}
