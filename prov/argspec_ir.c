/* Places of arguments → IR that stores them into the state. */
#include "prov/argspec.h"

#include <linux/bpf.h>

#include "rec/fault.h"
#include "rec/state.h"

/* v + imm; an addition has room for 32 bits only. */
static ir_val
add_imm(struct ir_func *f, ir_val v, uint64_t imm)
{
	int64_t i = (int64_t)imm;

	if (i == 0)
		return v;
	if (i >= INT32_MIN && i <= INT32_MAX)
		return ir_bini(f, OP_ADD, v, i);
	return ir_bin(f, OP_ADD, v, ir_const(f, i));
}

/* What of sum is there yet (IR_NONE: nothing), and one more summand. */
static ir_val
add(struct ir_func *f, ir_val sum, ir_val v)
{
	return sum == IR_NONE ? v : ir_bin(f, OP_ADD, sum, v);
}

static int64_t
constant(const struct arg *a)
{
	unsigned shift = 64 - 8u * a->size_bytes;
	uint64_t top = a->val << shift;

	return a->is_signed ? (int64_t)top >> shift : (int64_t)(top >> shift);
}

static ir_val
gen_index(struct ir_func *f, const struct arg *a, ir_val ctx)
{
	ir_val v = ir_load(f, a->index_bytes, ctx, a->index);

	if (a->is_index_signed && a->index_bytes < 8)
		v = ir_extend(f, v, a->index_bytes, true);
	return a->scale_shift != 0 ? ir_bini(f, OP_LSH, v, a->scale_shift) : v;
}

/* ip + base + index * scale + val: whichever it has. */
static ir_val
gen_address(struct ir_func *f, const struct argspec *s, const struct arg *a, ir_val ctx)
{
	ir_val sum = IR_NONE;

	if (a->is_pc_relative)
		sum = ir_load(f, 8, ctx, s->ip);
	if (a->base >= 0)
		sum = add(f, sum, ir_load(f, 8, ctx, a->base));
	if (a->index >= 0)
		sum = add(f, sum, gen_index(f, a, ctx));
	sum = sum == IR_NONE ? ir_const(f, (int64_t)a->val) : add_imm(f, sum, a->val);
	return a->is_addr32 ? ir_extend(f, sum, 4, false) : sum;
}

ir_val
argspec_read(struct ir_func *f, int size, ir_val addr, ir_val st, ir_label fault)
{
	ir_label ok = ir_label_new(f);
	ir_val err = ir_call(f, BPF_FUNC_probe_read_user, 3, ir_bini(f, OP_ADD, st, STATE_scratch),
	    ir_const(f, size), addr);

	ir_jcci(f, OP_JEQ, err, 0, ok);
	ir_storei(f, 8, st, STATE_fault, FAULT_BADADDR + 1);
	ir_store(f, 8, st, STATE_fault_value, addr);
	ir_jmp(f, fault);
	ir_place(f, ok);
	return ir_load(f, size, st, STATE_scratch);
}

static ir_val
gen_arg(struct ir_func *f, const struct argspec *s, const struct arg *a, ir_val ctx, ir_val st,
    ir_label fault)
{
	/* a load takes the low bytes and extends with zeros: registers are little-endian here */
	int size = a->is_high_byte ? 1 : a->size_bytes;
	ir_val v;

	if (a->kind == ARG_CONST && !a->is_pc_relative)
		return ir_const(f, constant(a));
	if (a->kind == ARG_CONST)
		v = ir_extend(f, gen_address(f, s, a, ctx), size, false);
	else if (a->kind == ARG_REG)
		v = ir_load(f, size, ctx, a->reg + (a->is_high_byte ? 1 : 0));
	else
		v = argspec_read(f, a->size_bytes, gen_address(f, s, a, ctx), st, fault);
	return a->is_signed && size < 8 ? ir_extend(f, v, size, true) : v;
}

void
argspec_enter(struct ir_func *f, const struct argspec *s, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	for (uint32_t i = 0; i < STATE_NARG; i++) {
		int32_t off = STATE_arg + 8 * (int32_t)i;

		if ((mask >> i & 1) == 0)
			continue;
		if (i >= s->narg || s->arg[i].why != NULL)
			ir_storei(f, 8, st, off, 0);
		else
			ir_store(f, 8, st, off, gen_arg(f, s, &s->arg[i], ctx, st, fault));
	}
}
