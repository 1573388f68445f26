/*
 * Built-in variables.
 */
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "gen/gen_private.h"

ir_val
gen_pid_tgid(const struct gen *g, struct ir_func *f, ir_val st)
{
	const struct gen_opts *o = &g->opts;
	const int32_t at = STATE_scratch;	/* struct bpf_pidns_info: pid, tgid */
	ir_val dev, ino, to;

	if (o->pidns_ino == 0)
		return ir_call(f, BPF_FUNC_get_current_pid_tgid, 0);
	ir_storei(f, 8, st, at, 0);
	dev = ir_const(f, (int64_t)o->pidns_dev);
	ino = ir_const(f, (int64_t)o->pidns_ino);
	to = ir_bini(f, OP_ADD, st, at);
	ir_call(f, BPF_FUNC_get_ns_current_pid_tgid, 4, dev, ino, to, ir_const(f, 8));
	return ir_load(f, 8, st, at);
}

static ir_val
pid_tgid(struct gen_fn *fn)
{
	return gen_pid_tgid(fn->g, fn->f, fn->st);
}

static ir_val
high_half(struct ir_func *f, ir_val v)
{
	return ir_bini(f, OP_RSH, v, 32);
}

static ir_val
low_half(struct ir_func *f, ir_val v)
{
	return ir_extend(f, v, 4, false);
}

/* *(size *)(base + off) in kernel memory, by way of the scratch; base may be anything. */
static ir_val
read_kernel(struct gen_fn *fn, uint32_t size, ir_val base, uint32_t off)
{
	const struct gen_at at = gen_state_at(fn, STATE_scratch);
	ir_val from = ir_bini(fn->f, OP_ADD, base, off);

	gen_read(fn, BPF_FUNC_probe_read_kernel, at, ir_const(fn->f, size), from);
	return ir_load(fn->f, (int)size, at.ptr, at.off);
}

static ir_val
gen_ppid(struct gen_fn *fn)
{
	const struct gen_opts *o = &fn->g->opts;
	ir_label known = ir_label_new(fn->f);
	ir_val task;

	if (o->task_real_parent == 0 || o->task_tgid == 0) {
		gen_fault(fn, FAULT_ILLOP, IR_NONE);
		ir_place(fn->f, known);
		return ir_const(fn->f, 0);
	}
	task = ir_call(fn->f, BPF_FUNC_get_current_task, 0);
	return read_kernel(fn, 4, read_kernel(fn, 8, task, o->task_real_parent), o->task_tgid);
}

ir_val
gen_pid(struct gen_fn *fn)
{
	return high_half(fn->f, pid_tgid(fn));
}

/* The process itself by its number here; the ones above it, as ppid, by the kernel's. */
ir_val
gen_progenyof(struct gen_fn *fn, const struct node *args)
{
	const struct gen_opts *o = &fn->g->opts;
	struct ir_func *f = fn->f;
	ir_label known = ir_label_new(f);
	ir_val p = gen_expr(fn, args), is = ir_const(f, 1);

	if (o->task_real_parent == 0 || o->task_tgid == 0) {
		gen_fault(fn, FAULT_ILLOP, IR_NONE);
		ir_place(f, ir_label_new(f));
	}
	ir_jcc(f, OP_JEQ, p, ir_extend(f, high_half(f, pid_tgid(fn)), 4, true), known);
	ir_set(f, is, ir_fcall(f, gen_rt(fn->g, RT_PROGENYOF), 1, p));
	ir_place(f, known);
	return is;
}

/*
 * The process's name: its first thread's. The kernel's types let programs follow group_leader
 * with plain loads; comm is 16 bytes with a NUL inside.
 */
ir_val
gen_execname(struct gen_fn *fn, int32_t off)
{
	enum { COMM_BYTES = 16 };
	const struct gen_opts *o = &fn->g->opts;
	const bool fits = o->strsize >= COMM_BYTES;
	const int32_t at = fits ? off : gen_temp(fn, COMM_BYTES);
	struct ir_func *f = fn->f;

	if (o->task_comm != 0 && o->task_group_leader != 0) {
		ir_val task = ir_call(f, BPF_FUNC_get_current_task_btf, 0);
		ir_val leader = ir_load(f, 8, task, (int32_t)o->task_group_leader);

		ir_copy(f, fn->st, at, leader, (int32_t)o->task_comm, COMM_BYTES);
	} else {
		ir_val to = gen_state_ptr(fn, at);

		ir_call(f, BPF_FUNC_get_current_comm, 2, to, ir_const(f, COMM_BYTES));
	}
	return fits ? IR_NONE
	    : gen_string_copy(fn, gen_state_at(fn, off), gen_state_at(fn, at));
}

bool
gen_is_probe_name(const struct node *n)
{
	return n->kind == NODE_BUILTIN && (n->bvar == BV_PROBEPROV || n->bvar == BV_PROBEMOD
	    || n->bvar == BV_PROBEFUNC || n->bvar == BV_PROBENAME);
}

/* The provider of a probe of every process: its word, and the process. */
static struct gen_str
gen_provider(struct gen_fn *fn, ir_val entry)
{
	const uint32_t strsize = fn->g->opts.strsize;
	struct ir_func *f = fn->f;
	const int32_t off = gen_temp(fn, gen_string_bytes(fn->g));
	const int32_t digits = gen_temp(fn, RT_DIGITS_BYTES);
	ir_label end = ir_label_new(f);
	ir_val len, pos, from, state, room;

	len = ir_mov(f, gen_string_copy(fn, gen_state_at(fn, off), (struct gen_at){ entry, 0 }));
	ir_jcci(f, OP_JEQ, ir_load(f, 1, entry, PROBE_IS_FAMILY), 0, end);
	state = ir_load(f, 4, fn->st, STATE_level);
	from = ir_fcall(f, gen_rt(fn->g, RT_LLTOSTR), 4, state, ir_const(f, digits),
	    gen_pid(fn), ir_const(f, 10));
	from = ir_bound(f, from, RT_DIGITS_BYTES - 1, end);
	from = ir_bini(f, OP_ADD, ir_bin(f, OP_ADD, fn->st, from), digits);
	pos = ir_bound(f, ir_bini(f, OP_SUB, len, 1), strsize - 1, end);
	room = ir_const(f, strsize);
	ir_upd(f, OP_SUB, room, pos);
	ir_set(f, len, gen_read(fn, BPF_FUNC_probe_read_kernel_str,
	    (struct gen_at){ ir_bin(f, OP_ADD, fn->st, pos), off }, room, from));
	ir_upd(f, OP_ADD, len, pos);
	ir_place(f, end);
	return (struct gen_str){ gen_state_at(fn, off), len };
}

struct gen_str
gen_probe_name(struct gen_fn *fn, const struct node *n)
{
	static const int32_t part[NR_BV] = {
		[BV_PROBEMOD] = 1,
		[BV_PROBEFUNC] = 2,
		[BV_PROBENAME] = 3,
	};
	ir_label known = ir_label_new(fn->f);
	ir_val entry = gen_lookup(fn, MAP_PROBE, gen_state_at(fn, STATE_probe));

	fn->uses |= USES_PROBE;
	fn->g->uses_probe_names = true;
	ir_jcci(fn->f, OP_JNE, entry, 0, known);
	gen_fault(fn, FAULT_ILLOP, IR_NONE);	/* a probe newer than the map */
	ir_place(fn->f, known);
	if (n->bvar == BV_PROBEPROV)
		return gen_provider(fn, entry);
	return (struct gen_str){ { entry, part[n->bvar] * PROBE_NAME_BYTES }, IR_NONE };
}

static ir_val
gen_probe_id(struct gen_fn *fn)
{
	fn->uses |= USES_PROBE;
	return ir_load(fn->f, 4, fn->st, STATE_probe);
}

static ir_val
gen_epid(struct gen_fn *fn)
{
	ir_val v = ir_bini(fn->f, OP_LSH, gen_probe_id(fn), 32);

	return ir_bini(fn->f, OP_OR, v, fn->clause);
}

/* The registers with which the thread entered the kernel, at a user probe those of its place. */
static ir_val
gen_ureg(struct gen_fn *fn, const struct node *n)
{
	struct ir_func *f = fn->f;
	ir_label ok = ir_label_new(f);
	ir_val idx = gen_expr(fn, n->a), regs, at;

	if (n->a->kind != NODE_INT) {
		ir_jcci(f, OP_JLT, idx, (int64_t)n->val, ok);
		gen_fault(fn, FAULT_BADINDEX, idx);
	}
	ir_place(f, ok);
	regs = ir_call(f, BPF_FUNC_task_pt_regs, 1,
	    ir_call(f, BPF_FUNC_get_current_task_btf, 0));
	/* through memory it becomes a number, to which anything may be added */
	ir_store(f, 8, fn->st, STATE_scratch, regs);
	at = ir_bin(f, OP_ADD, ir_load(f, 8, fn->st, STATE_scratch), ir_bini(f, OP_LSH, idx, 3));
	return read_kernel(fn, 8, at, 0);
}

ir_val
gen_builtin(struct gen_fn *fn, const struct node *n)
{
	struct ir_func *f = fn->f;

	switch (n->bvar) {
	case BV_CALLER:
		return gen_caller(fn, HOW_STACK);
	case BV_CPU:
		return ir_load(f, 4, fn->st, STATE_cpu);
	case BV_CURTHREAD:
		return ir_call(f, BPF_FUNC_get_current_task, 0);
	case BV_EPID:
		return gen_epid(fn);
	case BV_ERRNO:
		fn->uses |= USES_ERRNO;
		return ir_load(f, 4, fn->st, STATE_errno);
	case BV_GID:
		return high_half(f, ir_call(f, BPF_FUNC_get_current_uid_gid, 0));
	case BV_ID:
		return gen_probe_id(fn);
	case BV_IPL:	/* Linux has no levels of interrupts */
		gen_fault(fn, FAULT_ILLOP, IR_NONE);
		ir_place(f, ir_label_new(f));
		return ir_const(f, 0);
	case BV_PID:
		return gen_pid(fn);
	case BV_PPID:
		return gen_ppid(fn);
	case BV_PYDEPTH:
	case BV_PYLINE:
		return gen_python_int(fn, n);
	case BV_STACKDEPTH:
		return gen_stackdepth(fn, HOW_STACK);
	case BV_TID:
		return low_half(f, pid_tgid(fn));
	case BV_TIMESTAMP:
		return gen_timestamp(fn);
	case BV_UCALLER:
		return gen_caller(fn, HOW_USTACK);
	case BV_UREGS:
		return gen_ureg(fn, n);
	case BV_USTACKDEPTH:
		return gen_stackdepth(fn, HOW_USTACK);
	case BV_UID:
		return low_half(f, ir_call(f, BPF_FUNC_get_current_uid_gid, 0));
	case BV_WALLTIMESTAMP: {
		ir_val offset = ir_const(f, fn->g->opts.wall_offset_ns);

		return ir_bin(f, OP_ADD, gen_timestamp(fn), offset);
	}
	default:
		BUG("no value: built-in variable %u", n->bvar);
	}
}
