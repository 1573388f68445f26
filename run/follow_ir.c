/*
 * The programs of follow.c. One runs in a thread that has mapped objects, and lets it go on when
 * we have taken notice, or after FOLLOW_MAX_NS. (It goes on into a pause: see follow.c.)
 *
 * Programs can't sleep, so the thread turns round and round; but not as one that runs wild: every
 * few microseconds it reads its own memory by way of the kernel's general function, which makes it
 * give way to others who want the CPU, on every kernel. The program is sleepable, so that nobody
 * waits for its end meanwhile, us included.
 *
 * Nested loops are functions of their own, since the verifier follows each of them once; and short
 * ones, since loading the program is part of every start (architecture, 8.3).
 */
#include "run/follow.h"

#include <asm/ptrace.h>
#include <linux/bpf.h>
#include <stddef.h>

#include "ir/ir.h"
#include "rec/rec.h"

#if defined(__x86_64__)
enum { CTX_PC = offsetof(struct pt_regs, rip), CTX_SP = offsetof(struct pt_regs, rsp) };
#elif defined(__aarch64__)
enum { CTX_PC = offsetof(struct user_pt_regs, pc), CTX_SP = offsetof(struct user_pt_regs, sp) };
#else
#error "where is the program counter on this machine?"
#endif

#define FOLLOW_MAX_NS 50000000
enum { TURNS = 64, COPY_FROM_USER_TASK = 191 /* Linux 5.18, not in older headers */ };

int
follow_map(const struct dt *s)
{
	return gen_table_map(s->gen) + 1;
}

/* Process << 32 | thread, as we number them; 0: not in our PID namespace. */
static ir_val
current_ids(struct dt *s, struct ir_func *f)
{
	const struct gen_opts *o = &s->gen->opts;
	ir_val info, dev, ino, bytes;

	if (o->pidns_ino == 0)
		return ir_mov(f, ir_call(f, BPF_FUNC_get_current_pid_tgid, 0));
	info = ir_fp(f, ir_frame(f, 8));	/* struct bpf_pidns_info: pid, tgid */
	ir_storei(f, 8, info, 0, 0);
	dev = ir_const(f, (int64_t)o->pidns_dev);
	ino = ir_const(f, (int64_t)o->pidns_ino);
	bytes = ir_const(f, 8);
	ir_call(f, BPF_FUNC_get_ns_current_pid_tgid, 4, dev, ino, info, bytes);
	return ir_load(f, 8, info, 0);
}

/* The kernel's number of the process, in the frame: a key of the map of children. */
static ir_val
child_key(struct ir_func *f)
{
	ir_val key = ir_fp(f, ir_frame(f, 8));

	ir_store(f, 8, key, 0,
	    ir_bini(f, OP_RSH, ir_call(f, BPF_FUNC_get_current_pid_tgid, 0), 32));
	return key;
}

/* Goes on if this process is a target, or, with -x follow, a child of one; else jumps. gives: its
 * current_ids(). */
static ir_val
must_be_followed(struct dt *s, struct ir_func *f, ir_label none)
{
	ir_val ids = current_ids(s, f), pid = ir_bini(f, OP_RSH, ids, 32), map, key;
	ir_label is = ir_label_new(f);

	for (size_t i = 0; i < s->target.n; i++)
		ir_jcci(f, OP_JEQ, pid, s->target.v[i].pid, is);
	if (!s->prov.follows) {
		ir_jmp(f, none);
	} else {
		map = ir_map(f, follow_map(s) + 1);
		key = child_key(f);
		ir_jcci(f, OP_JEQ, ir_call(f, BPF_FUNC_map_lookup_elem, 2, map, key), 0, none);
	}
	ir_place(f, is);
	return ids;
}

void
follow_filter(struct ir_func *f, const void *session, ir_val ctx, ir_label none)
{
	(void)ctx;
	(void)must_be_followed((struct dt *)session, f, none);
}

/* Note the event, and wake us. gives: its number. */
static ir_val
tell(struct dt *s, struct ir_func *f, ir_val event)
{
	enum { BYTES = sizeof(struct rec_hdr) };
	ir_val rec = ir_fp(f, ir_frame(f, BYTES)), state, number, slot, map, bytes, flags;

	state = ir_map_value(f, follow_map(s), 0);
	number = ir_fadd(f, 8, state, FOLLOW_asked, ir_const(f, 1));
	slot = ir_bini(f, OP_LSH, ir_bini(f, OP_AND, number, FOLLOW_SLOTS - 1), 3);
	slot = ir_bin(f, OP_ADD, ir_map_value(f, follow_map(s), 0), slot);
	ir_store(f, 8, slot, FOLLOW_event, event);
	ir_zero(f, rec, 0, BYTES);
	ir_store(f, 8, rec, 0, ir_call(f, BPF_FUNC_ktime_get_ns, 0));
	ir_store(f, 4, rec, 8, ir_const(f, REC_MAPS));
	map = ir_map(f, MAP_RING);
	bytes = ir_const(f, BYTES);
	flags = ir_const(f, BPF_RB_FORCE_WAKEUP);
	ir_call(f, BPF_FUNC_ringbuf_output, 4, map, rec, bytes, flags);
	return number;
}

/* Was the event of this number (argument 0) answered, before TURNS turns are over? Asking the time
 * makes a turn long enough. */
static struct ir_func *
wait_turns(struct dt *s)
{
	struct ir_func *f = ir_func_new(&s->arena, "wait_turns", IR_GLOBAL, 1);
	ir_val n = ir_const(f, 0), answered;
	ir_label done = ir_label_new(f), begin;

	begin = ir_loop_begin(f);
	answered = ir_load(f, 8, ir_map_value(f, follow_map(s), FOLLOW_answered), 0);
	ir_jcc(f, OP_JGT, answered, ir_arg(f, 0), done);
	(void)ir_call(f, BPF_FUNC_ktime_get_ns, 0);
	(void)ir_call(f, BPF_FUNC_ktime_get_ns, 0);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, TURNS);
	ir_reti(f, 0);
	ir_place(f, done);
	ir_reti(f, 1);
	return f;
}

/* The same for many times as long, giving way in between. Argument 1: some address of the process. */
static struct ir_func *
wait_giving_way(struct dt *s, struct ir_func *turns)
{
	struct ir_func *f = ir_func_new(&s->arena, "wait_giving_way", IR_GLOBAL, 2);
	ir_val at = ir_fp(f, ir_frame(f, 8)), n = ir_const(f, 0), is, task, bytes, flags;
	ir_label done = ir_label_new(f), begin;

	begin = ir_loop_begin(f);
	is = ir_fcall(f, turns, 1, ir_arg(f, 0));
	ir_jcci(f, OP_JNE, is, 0, done);
	task = ir_call(f, BPF_FUNC_get_current_task_btf, 0);
	bytes = ir_const(f, 8);
	flags = ir_const(f, 0);
	ir_call(f, COPY_FROM_USER_TASK, 5, at, bytes, ir_arg(f, 1), task, flags);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, 2 * TURNS);
	ir_reti(f, 0);
	ir_place(f, done);
	ir_reti(f, 1);
	return f;
}

/* The same for FOLLOW_MAX_NS; then it is counted as late. */
static struct ir_func *
wait_answer(struct dt *s, struct ir_func *giving_way)
{
	struct ir_func *f = ir_func_new(&s->arena, "wait_answer", IR_GLOBAL, 2);
	ir_val n = ir_const(f, 0), end = ir_mov(f, ir_call(f, BPF_FUNC_ktime_get_ns, 0)), is, now;
	ir_label done = ir_label_new(f), late = ir_label_new(f), begin;

	ir_updi(f, OP_ADD, end, FOLLOW_MAX_NS);
	begin = ir_loop_begin(f);
	is = ir_fcall(f, giving_way, 2, ir_arg(f, 0), ir_arg(f, 1));
	ir_jcci(f, OP_JNE, is, 0, done);
	now = ir_call(f, BPF_FUNC_ktime_get_ns, 0);
	ir_jcc(f, OP_JGT, now, end, late);
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, 2 * TURNS);
	ir_place(f, late);
	ir_xadd(f, 8, ir_map_value(f, follow_map(s), 0), FOLLOW_late, ir_const(f, 1));
	ir_place(f, done);
	ir_reti(f, 0);
	return f;
}

/* Is the linker in the middle of a change (r_debug.r_state is not RT_CONSISTENT)? Where that is,
 * from here, is the cookie, 0: not known. */
static void
skip_unfinished(struct ir_func *f, ir_val ctx, bool can_wait, ir_label out)
{
	const int how = can_wait ? BPF_FUNC_copy_from_user : BPF_FUNC_probe_read_user;
	ir_val distance = ir_call(f, BPF_FUNC_get_attach_cookie, 1, ctx), at, bytes, from, failed;
	ir_label unknown = ir_label_new(f);

	ir_jcci(f, OP_JEQ, distance, 0, unknown);
	distance = ir_extend(f, distance, 4, true);
	at = ir_fp(f, ir_frame(f, 8));
	ir_storei(f, 8, at, 0, 0);
	bytes = ir_const(f, 4);
	from = ir_bin(f, OP_ADD, ir_load(f, 8, ctx, CTX_PC), distance);
	failed = ir_call(f, how, 3, at, bytes, from);
	ir_jcci(f, OP_JNE, failed, 0, unknown);
	ir_jcci(f, OP_JNE, ir_load(f, 4, at, 0), 0, out);
	ir_place(f, unknown);
}

static struct ir_prog *
program(struct dt *s, struct ir_func *const *func, uint32_t n)
{
	struct ir_prog *p = arena_new(&s->arena, struct ir_prog);

	*p = (struct ir_prog){ .name = func[0]->name, .nfunc = n,
	    .func = arena_alloc(&s->arena, n * sizeof(struct ir_func *)) };
	for (uint32_t i = 0; i < n; i++)
		p->func[i] = func[i];
	return p;
}

struct ir_prog *
follow_maps_program(struct dt *s, bool can_wait)
{
	struct ir_func *f = ir_func_new(&s->arena, "maps_changed", IR_ENTRY, 1);
	struct ir_func *turns = wait_turns(s), *giving_way = wait_giving_way(s, turns);
	struct ir_func *answer = wait_answer(s, giving_way);
	ir_val ctx = ir_arg(f, 0), ids, number;
	ir_label out = ir_label_new(f);

	skip_unfinished(f, ctx, can_wait, out);
	ids = must_be_followed(s, f, out);
	number = tell(s, f, ids);
	if (can_wait)
		ir_fcall(f, answer, 2, number, ir_load(f, 8, ctx, CTX_SP));
	ir_place(f, out);
	ir_reti(f, 0);
	return program(s, (struct ir_func *[]){ f, answer, giving_way, turns }, can_wait ? 4 : 1);
}

struct ir_prog *
follow_exec_program(struct dt *s)
{
	struct ir_func *f = ir_func_new(&s->arena, "exec", IR_ENTRY, 1);
	ir_label out = ir_label_new(f);
	ir_val ids = must_be_followed(s, f, out);

	(void)tell(s, f, ir_bin(f, OP_OR, ids, ir_const(f, (int64_t)FOLLOW_EXEC)));
	ir_place(f, out);
	ir_reti(f, 0);
	return program(s, &f, 1);
}

/* *(size *)(base + off) of the kernel's, by way of the frame. */
static ir_val
read_kernel(struct ir_func *f, int size, ir_val base, uint32_t off)
{
	ir_val at = ir_fp(f, ir_frame(f, 8)), bytes = ir_const(f, size), from;

	ir_storei(f, 8, at, 0, 0);
	from = ir_bini(f, OP_ADD, base, off);
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, at, bytes, from);
	return ir_load(f, size, at, 0);
}

/* Hook: parent, child. A new thread is of the same process. */
struct ir_prog *
follow_fork_program(struct dt *s, const struct follow_task *task)
{
	struct ir_func *f = ir_func_new(&s->arena, "fork", IR_ENTRY, 1);
	ir_label out = ir_label_new(f);
	ir_val ctx = ir_arg(f, 0), child = ir_load(f, 8, ctx, 8), key, tgid, map, flags;

	(void)must_be_followed(s, f, out);
	key = child_key(f);
	tgid = read_kernel(f, 4, child, task->tgid);
	ir_jcc(f, OP_JEQ, tgid, ir_load(f, 4, key, 0), out);
	ir_store(f, 8, key, 0, tgid);
	map = ir_map(f, follow_map(s) + 1);
	flags = ir_const(f, 0);
	ir_call(f, BPF_FUNC_map_update_elem, 4, map, key, key, flags);
	ir_place(f, out);
	ir_reti(f, 0);
	return program(s, &f, 1);
}

/* Hook: the thread that ends. The process has ended when it was the last. */
struct ir_prog *
follow_exit_program(struct dt *s, const struct follow_task *task)
{
	struct ir_func *f = ir_func_new(&s->arena, "exit", IR_ENTRY, 1);
	ir_label out = ir_label_new(f);
	ir_val ctx = ir_arg(f, 0), signal, map, key;

	signal = read_kernel(f, 8, ir_load(f, 8, ctx, 0), task->signal);
	ir_jcci(f, OP_JNE, read_kernel(f, 4, signal, task->live), 0, out);
	map = ir_map(f, follow_map(s) + 1);
	key = child_key(f);
	ir_call(f, BPF_FUNC_map_delete_elem, 2, map, key);
	ir_place(f, out);
	ir_reti(f, 0);
	return program(s, &f, 1);
}
