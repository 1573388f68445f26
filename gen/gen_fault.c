/*
 * Run-time faults. The clause notes what happened in the state and ends with 1; its record is
 * not sent. The entry function then calls error(), which tells the consumer and runs the clauses
 * of dtrace:::ERROR with their own arguments; other clauses of the firing go on after it.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

void
gen_fault(struct gen_fn *fn, enum fault fault, ir_val value)
{
	struct ir_func *f = fn->f;

	fn->uses |= USES_FAULT | USES_PROBE;
	ir_storei(f, 8, fn->st, STATE_fault, (int32_t)fault + 1);
	if (value == IR_NONE)
		ir_storei(f, 8, fn->st, STATE_fault_value, 0);
	else
		ir_store(f, 8, fn->st, STATE_fault_value, value);
	ir_store(f, 8, fn->st, STATE_fault_pc, ir_pc(f));
	ir_jmp(f, fn->fault);
}

/* The record: built in the scratch, which no clause uses now. */
static void
send_error(struct gen *g, struct ir_func *f, ir_val st)
{
	enum { HDR = STATE_scratch, ERR = STATE_scratch + sizeof(struct rec_hdr) };
	const uint32_t bytes = sizeof(struct rec_hdr) + sizeof(struct rec_error);
	ir_val rec, pid;

	_Static_assert(sizeof(struct rec_hdr) + sizeof(struct rec_error)
	    <= STATE_fixed_bytes - STATE_scratch, "an error record fits the scratch");
	gen_take_time(f, st);
	pid = ir_bini(f, OP_RSH, gen_pid_tgid(g, f, st), 32);
	ir_store(f, 8, st, HDR + (int)offsetof(struct rec_hdr, timestamp),
	    ir_load(f, 8, st, STATE_timestamp));
	ir_storei(f, 4, st, HDR + (int)offsetof(struct rec_hdr, clause), (int32_t)REC_ERROR);
	ir_store(f, 4, st, HDR + (int)offsetof(struct rec_hdr, probe),
	    ir_load(f, 4, st, STATE_probe));
	ir_store(f, 4, st, HDR + (int)offsetof(struct rec_hdr, cpu),
	    ir_load(f, 4, st, STATE_cpu));
	ir_store(f, 4, st, HDR + (int)offsetof(struct rec_hdr, pid), pid);
	ir_store(f, 8, st, ERR + (int)offsetof(struct rec_error, clause),
	    ir_load(f, 4, st, STATE_clause));
	ir_store(f, 8, st, ERR + (int)offsetof(struct rec_error, fault),
	    ir_bini(f, OP_SUB, ir_load(f, 8, st, STATE_fault), 1));
	ir_store(f, 8, st, ERR + (int)offsetof(struct rec_error, value),
	    ir_load(f, 8, st, STATE_fault_value));
	ir_store(f, 8, st, ERR + (int)offsetof(struct rec_error, pc),
	    ir_load(f, 8, st, STATE_fault_pc));
	rec = ir_bini(f, OP_ADD, st, HDR);
	gen_send(g, f, rec, bytes, ir_const(f, BPF_RB_FORCE_WAKEUP));
}

static ir_val
error_arg(struct ir_func *f, ir_val st, unsigned arg)
{
	switch (arg) {
	case 1:
		return ir_load(f, 4, st, STATE_probe);
	case 2:
		return ir_load(f, 4, st, STATE_clause);
	case 3:
		return ir_load(f, 8, st, STATE_fault_pc);
	case 4:
		return ir_bini(f, OP_SUB, ir_load(f, 8, st, STATE_fault), 1);
	case 5:
		return ir_load(f, 8, st, STATE_fault_value);
	default:
		return ir_const(f, 0);
	}
}

/* While ERROR's clauses run, the state has ERROR's arguments and probe; the frame keeps the
 * firing's. */
static void
run_error_clauses(struct gen *g, const struct gen_group *group, struct ir_func *f, ir_val st)
{
	const ir_val frame = ir_fp(f, ir_frame(f, 8 * (STATE_NARG + 1)));
	uint32_t mask = 0;

	for (uint32_t i = 0; i < group->nerror_clause; i++)
		mask |= g->clause[group->error_clause[i]].argmask;
	for (unsigned i = 0; i < STATE_NARG; i++) {
		if (!(mask & 1u << i))
			continue;
		ir_store(f, 8, frame, 8 * (int32_t)i,
		    ir_load(f, 8, st, STATE_arg + 8 * (int32_t)i));
		ir_store(f, 8, st, STATE_arg + 8 * (int32_t)i, error_arg(f, st, i));
	}
	ir_store(f, 8, frame, 8 * STATE_NARG, ir_load(f, 4, st, STATE_probe));
	ir_storei(f, 4, st, STATE_probe, (int32_t)group->error_probe);
	for (uint32_t i = 0; i < group->nerror_clause; i++) {
		struct gen_code *c = gen_clause(g, group->error_clause[i], group->is_sleepable);
		ir_label next = ir_label_new(f);

		ir_jcci(f, OP_JEQ, ir_fcall(f, c->func, 2, ir_const(f, 0), st), 0, next);
		ir_fcall(f, gen_rt(g, RT_DROP), 1, ir_const(f, DROP_DBLERROR));
		ir_place(f, next);
	}
	ir_store(f, 4, st, STATE_probe, ir_load(f, 8, frame, 8 * STATE_NARG));
	for (unsigned i = 0; i < STATE_NARG; i++)
		if (mask & 1u << i)
			ir_store(f, 8, st, STATE_arg + 8 * (int32_t)i,
			    ir_load(f, 8, frame, 8 * (int32_t)i));
}

/* A global function, so that it is verified once for all the places where it is called. */
struct ir_func *
gen_error(struct gen *g, const struct gen_group *group)
{
	struct ir_func *f = ir_func_new(g->arena, "error", IR_GLOBAL, 1);
	ir_label out = ir_label_new(f);
	ir_val st = rt_state(f, out);

	send_error(g, f, st);
	if (group->nerror_clause > 0)
		run_error_clauses(g, group, f, st);
	ir_place(f, out);
	ir_reti(f, 0);
	return f;
}
