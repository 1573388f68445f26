/*
 * Routines that walk a process's stack by the tables of rec/unwind.h and os/cfi.h.
 *
 * A walk begins at the registers that the task entered the kernel with, wherever the probe is. It
 * ends at the outermost frame, where memory can't be read, and where it would not get nearer to the
 * stack's bottom: whatever the process has put there, it ends.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"
#include "os/cfi.h"
#include "rec/unwind.h"

/* struct pt_regs of x86-64 */
enum { REGS_BP = 32, REGS_IP = 128, REGS_CS = 136, REGS_SP = 152 };

/* Where the kernel put the registers on the stack of a signal's handler, from what rsp is behind
 * its return: struct ucontext, uc_mcontext. */
enum { SIGNAL_BP = 120, SIGNAL_SP = 160, SIGNAL_IP = 168 };

enum { SEARCH_TURNS = 24 };		/* rows are fewer than 2 to the power of it */
enum { REGION_TURNS = 9 };

#define NOW(MEMBER) ((int32_t)offsetof(struct unwind_now, MEMBER))
#define REGION(MEMBER) ((int32_t)offsetof(struct unwind_region, MEMBER))

struct walk {
	struct gen *g;
	struct ir_func *f;
	ir_val st, now;
	ir_val state;		/* its index */
	ir_label out;		/* 0 */
};

static struct walk
walk_begin(struct gen *g, struct ir_func *f)
{
	struct walk w = { .g = g, .f = f, .out = ir_label_new(f), .state = ir_arg(f, 0) };

	w.st = rt_state(f, w.out);
	w.now = ir_bini(f, OP_ADD, w.st, g->layout.unwind_off);
	return w;
}

static void
walk_end(const struct walk *w)
{
	ir_place(w->f, w->out);
	ir_reti(w->f, 0);
}

static ir_val
get(const struct walk *w, int32_t member)
{
	return ir_load(w->f, 8, w->now, member);
}

static void
set(const struct walk *w, int32_t member, ir_val v)
{
	ir_store(w->f, 8, w->now, member, v);
}

/* *(uint64_t *)addr of the process, or the walk is over. */
static ir_val
peek(const struct walk *w, ir_val addr)
{
	ir_jcci(w->f, OP_JEQ, ir_fcall(w->f, gen_rt(w->g, RT_UNWIND_READ), 2, w->state, addr), 0,
	    w->out);
	return get(w, NOW(word));
}

/* What is not in the window moves it; what a window can't be read around is read alone. */
void
rt_unwind_read(struct gen *g, struct ir_func *f)
{
	struct walk w = walk_begin(g, f);
	ir_label moved = ir_label_new(f);
	ir_val addr = ir_arg(f, 1), off, low, to;

	off = ir_mov(f, ir_bin(f, OP_SUB, addr, get(&w, NOW(window_addr))));
	ir_jcci(f, OP_JLE, off, UNWIND_WINDOW - 8, moved);
	low = ir_bini(f, OP_SUB, addr, UNWIND_WINDOW_BELOW);
	to = ir_bini(f, OP_ADD, w.now, NOW(window));
	set(&w, NOW(window_addr), low);
	ir_seti(f, off, UNWIND_WINDOW_BELOW);
	ir_jcci(f, OP_JEQ, ir_call(f, BPF_FUNC_probe_read_user, 3, to,
	    ir_const(f, UNWIND_WINDOW), low), 0, moved);
	ir_storei(f, 8, w.now, NOW(window_addr), 0);
	to = ir_bini(f, OP_ADD, w.now, NOW(word));
	ir_jcci(f, OP_JNE, ir_call(f, BPF_FUNC_probe_read_user, 3, to, ir_const(f, 8), addr), 0,
	    w.out);
	ir_reti(f, 1);
	ir_place(f, moved);
	off = ir_bound(f, off, UNWIND_WINDOW - 8, w.out);
	set(&w, NOW(word), ir_load(f, 8, ir_bin(f, OP_ADD, w.now, off), NOW(window)));
	ir_reti(f, 1);
	walk_end(&w);
}

/* ---- processes ---- */

/* In the scratch: the key, the value, and the record. */
enum { KEY = STATE_scratch + 8, VALUE = STATE_scratch + 16, REC = STATE_scratch + 32 };

static void
tell(struct gen *g, const struct walk *w, ir_val pid)
{
	enum { BYTES = sizeof(struct rec_hdr) + 8 };
	struct ir_func *f = w->f;

	_Static_assert(REC + BYTES <= STATE_fixed_bytes, "the record fits the scratch");
	gen_take_time(f, w->st);
	ir_zero(f, w->st, REC, BYTES);
	ir_store(f, 8, w->st, REC + (int)offsetof(struct rec_hdr, timestamp),
	    ir_load(f, 8, w->st, STATE_timestamp));
	ir_storei(f, 4, w->st, REC + (int)offsetof(struct rec_hdr, clause), (int32_t)REC_PROCESS);
	ir_store(f, 8, w->st, REC + (int)sizeof(struct rec_hdr), pid);
	gen_send(g, f, ir_bini(f, OP_ADD, w->st, REC), BYTES, ir_const(f, BPF_RB_FORCE_WAKEUP));
}

void
rt_process(struct gen *g, struct ir_func *f)
{
	struct walk w = { .f = f, .out = ir_label_new(f) };
	ir_label other = ir_label_new(f);
	ir_val task, mm, pid, known, key;

	w.st = rt_state(f, w.out);
	if (g->opts.task_mm == 0)
		ir_jmp(f, w.out);
	task = ir_call(f, BPF_FUNC_get_current_task_btf, 0);
	mm = ir_load(f, 8, task, (int32_t)g->opts.task_mm);
	ir_jcci(f, OP_JEQ, mm, 0, w.out);
	if (g->opts.mm_exec_vm != 0)
		ir_store(f, 8, w.st, VALUE + 8, ir_load(f, 8, mm, (int32_t)g->opts.mm_exec_vm));
	else
		ir_storei(f, 8, w.st, VALUE + 8, 0);
	ir_store(f, 8, w.st, VALUE, mm);
	pid = ir_bini(f, OP_RSH, gen_pid_tgid(g, f, w.st), 32);
	ir_jcci(f, OP_JEQ, pid, 0, w.out);
	ir_store(f, 8, w.st, KEY, pid);
	key = ir_bini(f, OP_ADD, w.st, KEY);
	known = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_PROCESS), key);
	ir_jcci(f, OP_JEQ, known, 0, other);
	for (int i = 0; i < 2; i++) {
		ir_val was = ir_load(f, 8, known, 8 * i);

		ir_jcc(f, OP_JNE, was, ir_load(f, 8, w.st, VALUE + 8 * i), other);
	}
	ir_jmp(f, w.out);
	ir_place(f, other);
	key = ir_bini(f, OP_ADD, w.st, KEY);
	ir_call(f, BPF_FUNC_map_update_elem, 4, ir_map(f, MAP_PROCESS), key,
	    ir_bini(f, OP_ADD, w.st, VALUE), ir_const(f, BPF_ANY));
	tell(g, &w, pid);
	walk_end(&w);
}

/* ---- the tables ---- */

static ir_val
row_at(struct gen *g, struct ir_func *f, ir_val idx)
{
	ir_val off = ir_bini(f, OP_LSH, ir_bini(f, OP_AND, idx, g->opts.unwind_rows - 1), 3);

	return ir_bin(f, OP_ADD, ir_map_value(f, MAP_CFI, 0), off);
}

void
rt_cfi(struct gen *g, struct ir_func *f)
{
	ir_label found = ir_label_new(f), none = ir_label_new(f), begin;
	ir_val base = ir_mov(f, ir_arg(f, 0)), n = ir_mov(f, ir_arg(f, 1)), pc = ir_arg(f, 2);
	ir_val turn = ir_const(f, 0), row;

	ir_jcci(f, OP_JEQ, n, 0, none);
	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JLE, n, 1, found);
	{
		ir_val half = ir_bini(f, OP_RSH, n, 1);
		ir_val at = ir_load(f, 4, row_at(g, f, ir_bin(f, OP_ADD, base, half)), 0);

		rt_halve(f, base, n, half, rt_is_below(f, pc, at));
	}
	ir_updi(f, OP_ADD, turn, 1);
	ir_loop_end(f, begin, turn, SEARCH_TURNS);
	ir_place(f, found);
	row = row_at(g, f, base);
	ir_jcc(f, OP_JLT, pc, ir_load(f, 4, row, 0), none);
	ir_ret(f, ir_load(f, 4, row, 4));
	ir_place(f, none);
	ir_reti(f, CFI_NONE);
}

/* The address of a region's entry; idx may be anything. */
static ir_val
region_at(struct ir_func *f, ir_val regions, ir_val idx)
{
	ir_val i = ir_bini(f, OP_AND, idx, UNWIND_REGIONS - 1);

	_Static_assert(sizeof(struct unwind_region) == 32, "a shift");
	return ir_bin(f, OP_ADD, regions, ir_bini(f, OP_LSH, i, 5));
}

void
rt_unwind_region(struct gen *g, struct ir_func *f)
{
	struct walk w = walk_begin(g, f);
	ir_label found = ir_label_new(f), begin;
	ir_val base = ir_const(f, 0), turn = ir_const(f, 0), pc, regions, n, at;

	regions = ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_UNWIND),
	    ir_bini(f, OP_ADD, w.now, NOW(pid)));
	ir_jcci(f, OP_JEQ, regions, 0, w.out);
	n = ir_load(f, 8, regions, 0);
	ir_jcci(f, OP_JEQ, n, 0, w.out);
	regions = ir_bini(f, OP_ADD, regions, offsetof(struct unwind_regions, region));
	pc = ir_bin(f, OP_SUB, get(&w, NOW(pc)), get(&w, NOW(is_return)));
	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JLE, n, 1, found);
	{
		ir_val half = ir_bini(f, OP_RSH, n, 1);
		ir_val entry = region_at(f, regions, ir_bin(f, OP_ADD, base, half));

		rt_halve(f, base, n, half, rt_is_below(f, pc, ir_load(f, 8, entry, REGION(start))));
	}
	ir_updi(f, OP_ADD, turn, 1);
	ir_loop_end(f, begin, turn, REGION_TURNS);
	ir_place(f, found);
	at = region_at(f, regions, base);
	ir_jcc(f, OP_JLT, pc, ir_load(f, 8, at, REGION(start)), w.out);
	ir_jcc(f, OP_JGE, pc, ir_load(f, 8, at, REGION(end)), w.out);
	ir_copy(f, w.now, NOW(region), at, 0, sizeof(struct unwind_region));
	ir_reti(f, 1);
	walk_end(&w);
}

/* ---- the walk ---- */

/* The rule for where the walk is. What is in no object has frame pointers, or there is no way. */
static ir_val
find_rule(struct gen *g, const struct walk *w, ir_val state)
{
	const uint32_t by_frame_pointer = cfi_rule(CFI_BP, 2, 2);
	struct ir_func *f = w->f;
	ir_label inside = ir_label_new(f), outside = ir_label_new(f), done = ir_label_new(f);
	ir_val pc = ir_bin(f, OP_SUB, get(w, NOW(pc)), get(w, NOW(is_return)));
	ir_val rule = ir_const(f, by_frame_pointer), first, n;

	ir_jcc(f, OP_JLT, pc, get(w, NOW(region) + REGION(start)), outside);
	ir_jcc(f, OP_JLT, pc, get(w, NOW(region) + REGION(end)), inside);
	ir_place(f, outside);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_UNWIND_REGION), 1, state), 0, done);
	ir_place(f, inside);
	ir_upd(f, OP_SUB, pc, get(w, NOW(region) + REGION(bias)));
	first = ir_load(f, 4, w->now, NOW(region) + REGION(first));
	n = ir_load(f, 4, w->now, NOW(region) + REGION(n));
	ir_jcci(f, OP_JEQ, n, 0, done);
	ir_set(f, rule, ir_fcall(f, gen_rt(g, RT_CFI), 3, first, n, pc));
	ir_place(f, done);
	return rule;
}

static void
leave_signal(const struct walk *w)
{
	struct ir_func *f = w->f;
	ir_val sp = get(w, NOW(sp));

	set(w, NOW(pc), peek(w, ir_bini(f, OP_ADD, sp, SIGNAL_IP)));
	set(w, NOW(bp), peek(w, ir_bini(f, OP_ADD, sp, SIGNAL_BP)));
	set(w, NOW(sp), peek(w, ir_bini(f, OP_ADD, sp, SIGNAL_SP)));
	ir_storei(f, 8, w->now, NOW(is_return), 0);
	ir_ret(f, get(w, NOW(pc)));
}

/* The CFA. requires: kind is none of those without one. */
static ir_val
find_cfa(const struct walk *w, ir_val kind, ir_val cfa, ir_val bp)
{
	struct ir_func *f = w->f;
	ir_label by_bp = ir_label_new(f), deref = ir_label_new(f), done = ir_label_new(f);
	ir_val v;

	ir_jcci(f, OP_JEQ, kind, CFI_BP, by_bp);
	ir_jcci(f, OP_JEQ, kind, CFI_DEREF_BP, deref);
	v = ir_bin(f, OP_ADD, get(w, NOW(sp)), cfa);
	ir_jcci(f, OP_JNE, kind, CFI_PLT, done);
	ir_jcc(f, OP_JLT, ir_bini(f, OP_AND, get(w, NOW(pc)), 15), bp, done);
	ir_updi(f, OP_ADD, v, 8);
	ir_jmp(f, done);
	ir_place(f, by_bp);
	ir_set(f, v, ir_bin(f, OP_ADD, get(w, NOW(bp)), cfa));
	ir_jmp(f, done);
	ir_place(f, deref);
	ir_set(f, v, peek(w, ir_bin(f, OP_SUB, get(w, NOW(bp)), cfa)));
	ir_place(f, done);
	return v;
}

static void
find_bp(const struct walk *w, ir_val kind, ir_val cfa, ir_val bp)
{
	struct ir_func *f = w->f;
	ir_label at_bp = ir_label_new(f), done = ir_label_new(f);

	ir_jcci(f, OP_JEQ, kind, CFI_PLT, done);
	ir_jcci(f, OP_JEQ, bp, 0, done);
	ir_jcci(f, OP_JEQ, bp, CFI_AT_BP, at_bp);
	set(w, NOW(bp), peek(w, ir_bin(f, OP_SUB, cfa, ir_bini(f, OP_LSH, bp, 3))));
	ir_jmp(f, done);
	ir_place(f, at_bp);
	set(w, NOW(bp), peek(w, get(w, NOW(bp))));
	ir_place(f, done);
}

void
rt_unwind(struct gen *g, struct ir_func *f)
{
	struct walk w = walk_begin(g, f);
	ir_label is_signal = ir_label_new(f);
	ir_val rule = find_rule(g, &w, ir_arg(f, 0)), kind, bp, cfa, pc;

	kind = ir_bini(f, OP_AND, rule, (1 << CFI_KIND_BITS) - 1);
	ir_jcci(f, OP_JEQ, kind, CFI_SIGNAL, is_signal);
	ir_jcci(f, OP_JLE, kind, CFI_END, w.out);
	bp = ir_bini(f, OP_AND, ir_bini(f, OP_RSH, rule, CFI_KIND_BITS), (1 << CFI_BP_BITS) - 1);
	cfa = ir_bini(f, OP_LSH, ir_bini(f, OP_RSH, rule, CFI_KIND_BITS + CFI_BP_BITS), 3);
	cfa = find_cfa(&w, kind, cfa, bp);
	ir_jcc(f, OP_JLE, cfa, get(&w, NOW(sp)), w.out);
	pc = peek(&w, ir_bini(f, OP_SUB, cfa, 8));
	find_bp(&w, kind, cfa, bp);
	set(&w, NOW(pc), pc);
	set(&w, NOW(sp), cfa);
	ir_storei(f, 8, w.now, NOW(is_return), 1);
	ir_ret(f, pc);
	ir_place(f, is_signal);
	leave_signal(&w);
	walk_end(&w);
}

/* The registers of the process, where it is in the kernel for this task; else 0 frames. */
static void
begin_walk(const struct walk *w)
{
	static const struct {
		int32_t reg, member;
	} from[] = { { REGS_IP, NOW(pc) }, { REGS_SP, NOW(sp) }, { REGS_BP, NOW(bp) } };
	struct ir_func *f = w->f;
	ir_val regs = ir_call(f, BPF_FUNC_task_pt_regs, 1,
	    ir_call(f, BPF_FUNC_get_current_task_btf, 0));
	ir_val user = ir_bini(f, OP_AND, ir_load(f, 2, regs, REGS_CS), 3);

	ir_jcci(f, OP_JEQ, user, 0, w->out);
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		set(w, from[i].member, ir_load(f, 8, regs, from[i].reg));
	ir_storei(f, 8, w->now, NOW(is_return), 0);
	ir_storei(f, 8, w->now, NOW(window_addr), 0);
	ir_zero(f, w->now, NOW(region), sizeof(struct unwind_region));
}

void
rt_ustack(struct gen *g, struct ir_func *f)
{
	struct walk w = walk_begin(g, f);
	ir_label unknown = ir_label_new(f), done = ir_label_new(f), begin;
	ir_val off = ir_mov(f, ir_arg(f, 1)), max = ir_arg(f, 2), n = ir_const(f, 0), at;

	set(&w, NOW(pid), ir_bini(f, OP_RSH, gen_pid_tgid(g, f, w.st), 32));
	ir_jcci(f, OP_JEQ, ir_call(f, BPF_FUNC_map_lookup_elem, 2, ir_map(f, MAP_UNWIND),
	    ir_bini(f, OP_ADD, w.now, NOW(pid))), 0, unknown);
	begin_walk(&w);
	begin = ir_loop_begin(f);
	at = rt_state_at(g, f, w.st, off, 8, done);
	ir_store(f, 8, at, 0, get(&w, NOW(pc)));
	ir_updi(f, OP_ADD, off, 8);
	ir_updi(f, OP_ADD, n, 1);
	ir_jcc(f, OP_JGE, n, max, done);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(g, RT_UNWIND), 1, ir_arg(f, 0)), 0, done);
	ir_loop_end(f, begin, n, STACK_FRAMES_MAX);
	ir_place(f, done);
	ir_ret(f, n);
	ir_place(f, unknown);
	ir_reti(f, -1);
	walk_end(&w);
}
