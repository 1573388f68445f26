/*
 * Memory at addresses: values read through pointers, copies of a process's memory, and scratch
 * memory, which a clause gets from alloca() and may write.
 *
 * Addresses are real ones, also of scratch memory: whoever reads need not know. A negative
 * address is the kernel's, any other the process's. To write to scratch memory, its place in the
 * state is found again, so that the verifier sees where the bytes go.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

/* ---- reading ---- */

/* Copies size bytes, at most gen_read_bytes(), to an offset in the state, or faults. */
static void
read_into(struct gen_fn *fn, ir_val off, ir_val size, ir_val addr)
{
	struct ir_func *f = fn->f;
	ir_label ok = ir_label_new(f);
	struct ir_func *read = gen_rt(fn->g, fn->is_sleepable ? RT_READ_SLEEP : RT_READ);
	ir_val state = ir_load(f, 4, fn->st, STATE_level);

	ir_jcci(f, OP_JEQ, ir_fcall(f, read, 4, state, off, size, addr), 0, ok);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
}

int32_t
gen_read_temp(struct gen_fn *fn, ir_val addr, uint32_t bytes)
{
	const int32_t off = gen_temp(fn, bytes);
	ir_val to = ir_const(fn->f, off);

	read_into(fn, to, ir_const(fn->f, bytes), addr);
	return off;
}

/* As many bytes as are known now. Kernel memory by its address, else the process's; a page that is
 * not there is fetched if the program may wait for it. */
void
gen_read_bytes_at(struct gen_fn *fn, ir_val addr, uint32_t bytes, struct gen_at at)
{
	struct ir_func *f = fn->f;
	ir_label user = ir_label_new(f), read = ir_label_new(f), ok = ir_label_new(f);
	ir_val failed;

	ir_jcci(f, OP_JSGE, addr, 0, user);
	failed = gen_read(fn, BPF_FUNC_probe_read_kernel, at, ir_const(f, bytes), addr);
	ir_jmp(f, read);
	ir_place(f, user);
	ir_set(f, failed, gen_read(fn, BPF_FUNC_probe_read_user, at, ir_const(f, bytes), addr));
	if (fn->is_sleepable) {
		ir_jcci(f, OP_JEQ, failed, 0, ok);
		ir_set(f, failed, gen_read(fn, BPF_FUNC_copy_from_user, at,
		    ir_const(f, bytes), addr));
	}
	ir_place(f, read);
	ir_jcci(f, OP_JEQ, failed, 0, ok);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
}

ir_val
gen_deref_load(struct gen_fn *fn, const struct type *t, ir_val addr)
{
	const uint32_t size = type_real(t)->size_bytes;
	ir_val v = ir_load(fn->f, (int)size, fn->st, gen_read_temp(fn, addr, size));

	return type_is_signed(t) ? ir_extend(fn->f, v, (int)size, true) : v;
}

/* ---- scratch memory ---- */

static void
find_scratch(void *arg, struct node *n)
{
	if (gen_is_scratch_call(n))
		*(bool *)arg = true;
}

bool
gen_is_scratch_call(const struct node *n)
{
	return n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC && (n->fn->id == BF_ALLOCA
	    || n->fn->id == BF_BCOPY || n->fn->id == BF_COPYIN || n->fn->id == BF_COPYINTO
	    || n->fn->id == BF_COPYOUT);
}

static uint32_t
scratch_bytes(const struct gen_fn *fn)
{
	return (fn->g->opts.scratchsize + 7) & ~7u;
}

bool
gen_is_string_address(const struct node *n)
{
	return n->kind == NODE_CAST && type_is_scalar(n->type)
	    && (n->a->kind == NODE_STR || type_is_string(n->a->type));
}

/* A string whose address is taken stays where it is until the clause ends. */
static void
place_string(void *arg, struct node *n)
{
	struct gen_fn *fn = arg;

	if (gen_is_string_address(n))
		n->val = (uint64_t)gen_temp(fn, gen_string_bytes(fn->g));
}

/* Bytes in use, 8 bytes; then the memory, of zeros. */
void
gen_scratch_begin(struct gen_fn *fn, struct node *clause)
{
	bool uses = false;

	gen_walk(clause, place_string, fn);
	fn->temp_base = fn->temp;
	gen_walk(clause, find_scratch, &uses);
	if (!uses)
		return;
	fn->scratch = gen_temp(fn, 8 + scratch_bytes(fn));
	fn->temp_base = fn->temp;
	gen_zero(fn, gen_state_at(fn, fn->scratch), 8 + scratch_bytes(fn));
}

/* The address of a place in the state as a number: what a pointer is when it was in memory. */
static ir_val
state_address(struct gen_fn *fn, int32_t off)
{
	ir_store(fn->f, 8, fn->st, STATE_scratch, gen_state_ptr(fn, off));
	return ir_load(fn->f, 8, fn->st, STATE_scratch);
}

static ir_val
scratch_address(struct gen_fn *fn)
{
	return state_address(fn, fn->scratch + 8);
}

/* That of NULL is 0. */
ir_val
gen_string_address(struct gen_fn *fn, const struct node *n)
{
	const int32_t off = (int32_t)n->val;
	ir_label some;
	ir_val addr;

	gen_string_into(fn, n->a, off, false);
	addr = state_address(fn, off);
	if (gen_null_may_be(n->a)) {
		some = ir_label_new(fn->f);
		ir_jcci(fn->f, OP_JNE, ir_load(fn->f, 2, fn->st, off), 0, some);
		ir_seti(fn->f, addr, 0);
		ir_place(fn->f, some);
	}
	return gen_convert(fn, addr, fn->g->priv->types->t_uintptr, n->type);
}

/* Takes size bytes, not more than there are in all; gives where they are in the memory. */
static ir_val
take(struct gen_fn *fn, ir_val size)
{
	struct ir_func *f = fn->f;
	ir_label ok = ir_label_new(f);
	ir_val used = ir_load(f, 8, fn->st, fn->scratch);
	ir_val end = ir_bin(f, OP_ADD, used, ir_bini(f, OP_AND, ir_bini(f, OP_ADD, size, 7), -8));

	ir_jcci(f, OP_JLE, end, scratch_bytes(fn), ok);
	gen_fault(fn, FAULT_NOSCRATCH, IR_NONE);
	ir_place(f, ok);
	ir_store(f, 8, fn->st, fn->scratch, end);
	return used;
}

static ir_val
gen_size(struct gen_fn *fn, const struct node *n, enum fault fault)
{
	ir_label ok = ir_label_new(fn->f);
	ir_val size = gen_expr(fn, n);

	ir_jcci(fn->f, OP_JLE, size, scratch_bytes(fn), ok);
	gen_fault(fn, fault, fault == FAULT_BADSIZE ? size : IR_NONE);
	ir_place(fn->f, ok);
	return size;
}

ir_val
gen_alloca(struct gen_fn *fn, const struct node *args)
{
	ir_val at = take(fn, gen_size(fn, args, FAULT_NOSCRATCH));

	return ir_bin(fn->f, OP_ADD, scratch_address(fn), at);
}

ir_val
gen_copyin(struct gen_fn *fn, const struct node *args)
{
	ir_val addr = gen_expr(fn, args), size = gen_size(fn, args->next, FAULT_BADSIZE);
	ir_val at = take(fn, size);

	read_into(fn, ir_bini(fn->f, OP_ADD, at, fn->scratch + 8), size, addr);
	return ir_bin(fn->f, OP_ADD, scratch_address(fn), at);
}

/* Where in the memory an address is, with size bytes behind it, or a fault. */
static ir_val
scratch_offset(struct gen_fn *fn, ir_val addr, ir_val size)
{
	struct ir_func *f = fn->f;
	ir_label bad = ir_label_new(f), ok = ir_label_new(f);
	ir_val at = ir_bin(f, OP_SUB, addr, scratch_address(fn));
	ir_val room = ir_const(f, scratch_bytes(fn));

	ir_jcci(f, OP_JGT, at, scratch_bytes(fn), bad);
	ir_upd(f, OP_SUB, room, at);
	ir_jcc(f, OP_JLE, size, room, ok);
	ir_place(f, bad);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, ok);
	return at;
}

void
gen_deref_store(struct gen_fn *fn, const struct type *t, ir_val addr, ir_val v)
{
	const uint32_t size = type_real(t)->size_bytes;
	struct ir_func *f = fn->f;
	ir_label out = ir_label_new(f);
	ir_val at = scratch_offset(fn, addr, ir_const(f, size));

	at = ir_bound(f, at, scratch_bytes(fn) - size, out);
	ir_store(f, (int)size, ir_bin(f, OP_ADD, fn->st, at), fn->scratch + 8, v);
	ir_place(f, out);
}

void
gen_scratch_write(struct gen_fn *fn, ir_val addr, struct gen_at from, uint32_t bytes)
{
	struct ir_func *f = fn->f;
	ir_label out = ir_label_new(f);
	ir_val at = scratch_offset(fn, addr, ir_const(f, bytes));

	if (bytes <= scratch_bytes(fn)) {	/* else it has faulted */
		at = ir_bound(f, at, scratch_bytes(fn) - bytes, out);
		gen_bytes_copy(fn, (struct gen_at){ ir_bin(f, OP_ADD, fn->st, at),
		    fn->scratch + 8 }, from, bytes);
	}
	ir_place(f, out);
}

static ir_val
copy_in(struct gen_fn *fn, const struct node *src, const struct node *dst, const struct node *n)
{
	ir_val from = gen_expr(fn, src), to = gen_expr(fn, dst), size = gen_expr(fn, n);
	ir_val at = scratch_offset(fn, to, size);

	read_into(fn, ir_bini(fn->f, OP_ADD, at, fn->scratch + 8), size, from);
	return IR_NONE;
}

ir_val
gen_bcopy(struct gen_fn *fn, const struct node *args)
{
	return copy_in(fn, args, args->next, args->next->next);
}

ir_val
gen_copyinto(struct gen_fn *fn, const struct node *args)
{
	return copy_in(fn, args, args->next->next, args->next);
}

/* ---- writing a process's memory ---- */

static void
write_user(struct gen_fn *fn, ir_val addr, int32_t off, ir_val size, uint32_t max)
{
	struct ir_func *f = fn->f;
	ir_label done = ir_label_new(f);
	ir_val from;

	ir_jcci(f, OP_JEQ, size, 0, done);
	size = ir_bound(f, size, max, done);
	from = gen_state_ptr(fn, off);
	ir_jcci(f, OP_JEQ, ir_call(f, BPF_FUNC_probe_write_user, 3, addr, from, size), 0, done);
	gen_fault(fn, FAULT_BADADDR, addr);
	ir_place(f, done);
}

ir_val
gen_copyout(struct gen_fn *fn, const struct node *args)
{
	const int32_t off = gen_temp(fn, scratch_bytes(fn));
	ir_val from = gen_expr(fn, args), addr = gen_expr(fn, args->next);
	ir_val size = gen_size(fn, args->next->next, FAULT_BADSIZE);

	read_into(fn, ir_const(fn->f, off), size, from);
	write_user(fn, addr, off, size, scratch_bytes(fn));
	return IR_NONE;
}

/* With its NUL, if there is room for it. */
ir_val
gen_copyoutstr(struct gen_fn *fn, const struct node *args)
{
	const int32_t off = gen_temp(fn, gen_string_bytes(fn->g));
	ir_label fits = ir_label_new(fn->f);
	ir_val len = ir_mov(fn->f, gen_string_arg_into(fn, args, off));
	ir_val addr = gen_expr(fn, args->next), max = gen_expr(fn, args->next->next);

	ir_jcc(fn->f, OP_JLE, len, max, fits);
	ir_set(fn->f, len, max);
	ir_place(fn->f, fits);
	write_user(fn, addr, off, len, fn->g->opts.strsize);
	return IR_NONE;
}
