/*
 * What is executed when a pid probe is hit: arguments as the machine's calling convention has
 * them, and whether the conditional jump there will leave the function.
 */
#include <linux/bpf.h>

#include "prov/argspec.h"
#include "prov/pid_site.h"
#include "rec/state.h"

/* Offsets in struct pt_regs. STACK_ARGS: above the stack pointer at the entry. */
#if defined(__x86_64__)
static const int16_t arg_reg[] = { 112, 104, 96, 88, 72, 64 };	/* di si dx cx r8 r9 */
enum { REG_VALUE = 80, REG_SP = 152, REG_FLAGS = 144, STACK_ARGS = 8 };
#elif defined(__aarch64__)
static const int16_t arg_reg[] = { 0, 8, 16, 24, 32, 40, 48, 56 };
enum { REG_VALUE = 0, REG_SP = 248, REG_FLAGS = 264, STACK_ARGS = 0 };
#else
#error "where are the arguments of functions?"
#endif
enum { NREG = sizeof(arg_reg) / sizeof(arg_reg[0]) };

static const char word[2][STATE_NARG];		/* only their addresses matter */
static const char condition_name[16];

#define PLACES(K) { &word[K][0], &word[K][1], &word[K][2], &word[K][3], &word[K][4], \
	&word[K][5], &word[K][6], &word[K][7], &word[K][8], &word[K][9], &word[K][10], \
	&word[K][11] }
static const void *const entry_place[STATE_NARG] = PLACES(0);
static const void *const return_place[STATE_NARG] = PLACES(1);

const struct shape pid_shape_entry = { .place = (const void **)entry_place,
    .nplace = STATE_NARG };

#define RETURN(WHEN) { .place = (const void **)return_place, .nplace = STATE_NARG, .when = WHEN }
#define RETURN_IF(N) RETURN(&condition_name[N])
static const struct shape always = RETURN(NULL);
static const struct shape conditional[] = {
	RETURN_IF(0), RETURN_IF(1), RETURN_IF(2), RETURN_IF(3), RETURN_IF(4), RETURN_IF(5),
	RETURN_IF(6), RETURN_IF(7), RETURN_IF(8), RETURN_IF(9), RETURN_IF(10), RETURN_IF(11),
	RETURN_IF(12), RETURN_IF(13), RETURN_IF(14), RETURN_IF(15),
};

const struct shape *
pid_shape_return(int condition)
{
	return condition < 0 ? &always : &conditional[condition & 15];
}

static ir_val
entry_arg(struct ir_func *f, int i, ir_val ctx, ir_val st, ir_label fault)
{
	ir_val sp;

	if (i < NREG)
		return ir_load(f, 8, ctx, arg_reg[i]);
	sp = ir_load(f, 8, ctx, REG_SP);
	return argspec_read(f, 8, ir_bini(f, OP_ADD, sp, STACK_ARGS + 8 * (i - NREG)), st, fault);
}

static ir_val
return_arg(struct ir_func *f, int i, ir_val ctx)
{
	switch (i) {
	case 0:
		return ir_bini(f, OP_ARSH, ir_call(f, BPF_FUNC_get_attach_cookie, 1, ctx), 32);
	case 1:
		return ir_load(f, 8, ctx, REG_VALUE);
	default:
		return ir_const(f, 0);
	}
}

void
pid_enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	const struct site *site = self;
	const bool is_entry = site->shape == &pid_shape_entry;

	for (int i = 0; i < STATE_NARG; i++)
		if ((mask >> i & 1) != 0)
			ir_store(f, 8, st, STATE_arg + 8 * i, is_entry ?
			    entry_arg(f, i, ctx, st, fault) : return_arg(f, i, ctx));
}

/* The flags that conditions are about. */
enum { CF = 1 << 0, PF = 1 << 2, ZF = 1 << 6, SF = 1 << 7, OF = 1 << 11 };
enum { SF_BIT = 7, OF_BIT = 11 };

/*
 * Conditions come in pairs: an even one, and that it does not hold.
 *
 *   0 o   2 b: CF   4 e: ZF   6 be: CF or ZF   8 s   10 p   12 l: SF differs from OF   14 le: l or ZF
 */
static ir_val
condition_value(struct ir_func *f, unsigned condition, ir_val ctx)
{
	static const int32_t mask[] = { OF, CF, ZF, CF | ZF, SF, PF, 0, ZF };
	ir_val flags = ir_load(f, 8, ctx, REG_FLAGS), v, sign;

	v = ir_bini(f, OP_AND, flags, mask[condition >> 1]);
	if (condition < 12)
		return v;
	sign = ir_bini(f, OP_RSH, flags, OF_BIT - SF_BIT);
	sign = ir_bini(f, OP_AND, ir_bin(f, OP_XOR, sign, flags), SF);
	return ir_bin(f, OP_OR, v, sign);
}

/* A conditional jump to another function ends this one only if it is taken. */
void
pid_skip(struct ir_func *f, const void *self, ir_val ctx, ir_label none)
{
	const struct site *site = self;
	const struct shape *shape = site->shape;
	unsigned condition;
	ir_val v;

	if (shape->when == NULL)
		return;
	condition = (unsigned)((const char *)shape->when - condition_name);
	v = condition_value(f, condition, ctx);
	ir_jcci(f, (condition & 1) == 0 ? OP_JEQ : OP_JNE, v, 0, none);
}
