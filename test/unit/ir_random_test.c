/*
 * Random IR functions, run by the kernel and by the interpreter below; both must leave the same
 * memory. The generator is seeded: a number given as argument repeats one program and shows it.
 */
#include "ir/ir.h"

#include <sys/syscall.h>

#include "ir/op.h"
#include "test/unit/bpf_run.h"
#include "test/unit/tap.h"

enum {
	PROGRAMS = 300, POOL_MAX = 64, DEPTH_MAX = 2,
	WORDS = 64,			/* of memory that programs compute on */
	OUT = 1024,			/* where their values end up */
	FRAME_BYTES = 64,
};

/* the interpreter */

struct vm {
	char *memory;
	int depth;
};

static uint64_t vm_run(struct vm *, const struct ir_func *, const uint64_t *arg);

static uint64_t
vm_bin(enum ir_op op, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case OP_ADD: return a + b;
	case OP_SUB: return a - b;
	case OP_MUL: return a * b;
	case OP_DIV: return b ? a / b : 0;
	case OP_MOD: return b ? a % b : a;
	case OP_SDIV: return !b ? 0 : sb == -1 ? 0 - a : (uint64_t)(sa / sb);
	case OP_SMOD: return !b ? a : sb == -1 ? 0 : (uint64_t)(sa % sb);
	case OP_AND: return a & b;
	case OP_OR: return a | b;
	case OP_XOR: return a ^ b;
	case OP_LSH: return a << (b & 63);
	case OP_RSH: return a >> (b & 63);
	default: return (uint64_t)(sa >> (b & 63));
	}
}

static bool
vm_cond(enum ir_op op, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case OP_JEQ: return a == b;
	case OP_JNE: return a != b;
	case OP_JGT: return a > b;
	case OP_JGE: return a >= b;
	case OP_JLT: return a < b;
	case OP_JLE: return a <= b;
	case OP_JSGT: return sa > sb;
	case OP_JSGE: return sa >= sb;
	case OP_JSLT: return sa < sb;
	case OP_JSLE: return sa <= sb;
	default: return (a & b) != 0;
	}
}

static uint64_t
vm_extend(uint64_t v, int bits, bool is_signed)
{
	uint64_t up = v << (64 - bits);

	return is_signed ? (uint64_t)((int64_t)up >> (64 - bits)) : up >> (64 - bits);
}

static uint64_t
vm_atomic(const struct ir_insn *p, char *at, const uint64_t *val)
{
	uint64_t old = 0, new = val[p->b];

	memcpy(&old, at, p->size);
	if (p->op == OP_XADD || p->op == OP_FADD)
		new += old;
	if (p->op == OP_CMPXCHG && old != vm_extend(val[p->c], 8 * p->size, false))
		new = old;
	memcpy(at, &new, p->size);
	return old;
}

/* One instruction that isn't a jump. */
static void
vm_step(struct vm *vm, const struct ir_insn *p, uint64_t *val, char *frame_end)
{
	uint64_t b = p->has_imm ? (uint64_t)p->imm : p->b >= 0 ? val[p->b] : 0, out = 0, arg[5];
	char *at = p->a >= 0 ? (char *)(uintptr_t)val[p->a] + p->off : NULL;

	switch (ir_op[p->op].shape) {
	case SHAPE_BIN: out = vm_bin(p->op, val[p->a], b); break;
	case SHAPE_UN: out = 0 - val[p->a]; break;
	case SHAPE_EXT: out = vm_extend(val[p->a], 8 * p->size, p->op == OP_SEXT); break;
	case SHAPE_MOV: out = val[p->a]; break;
	case SHAPE_CONST: out = (uint64_t)p->imm; break;
	case SHAPE_LOAD: memcpy(&out, at, p->size); break;
	case SHAPE_STORE: memcpy(at, &b, p->size); break;
	case SHAPE_ATOMIC: out = vm_atomic(p, at, val); break;
	case SHAPE_MAP: out = (uintptr_t)vm->memory + (uint32_t)p->off2; break;
	case SHAPE_FP: out = (uintptr_t)frame_end + (uint64_t)p->off; break;
	case SHAPE_ZERO: memset(at, 0, (size_t)p->imm); break;
	case SHAPE_COPY: memcpy(at, (char *)(uintptr_t)b + p->off2, (size_t)p->imm); break;
	case SHAPE_CALL: out = (uint64_t)getpid() << 32 | (uint32_t)syscall(SYS_gettid); break;
	case SHAPE_FCALL:
		for (int i = 0; i < p->narg; i++)
			arg[i] = val[p->arg[i]];
		out = vm_run(vm, p->callee, arg);
		break;
	default: break;
	}
	if (p->dst != IR_NONE)
		val[p->dst] = out;
}

static uint32_t
vm_label(const struct ir_func *f, ir_label label)
{
	uint32_t i = 0;

	while (f->insn[i].op != OP_LABEL || f->insn[i].label != label)
		i++;
	return i;
}

static uint64_t
vm_run(struct vm *vm, const struct ir_func *f, const uint64_t *arg)
{
	uint64_t *val = calloc((size_t)f->nval, sizeof(*val)), result;
	uint64_t frame[FRAME_BYTES / 8] = {0};
	uint32_t pc = 0;

	for (int i = 0; i < f->narg; i++)
		val[i] = arg[i];
	while (f->insn[pc].op != OP_RET) {
		const struct ir_insn *p = &f->insn[pc++];

		if (!ir_is_jump(p->op))
			vm_step(vm, p, val, (char *)(frame + FRAME_BYTES / 8));
		else if (p->op == OP_JMP ||
		    vm_cond(p->op, val[p->a], p->has_imm ? (uint64_t)p->imm : val[p->b]))
			pc = vm_label(f, p->label);
	}
	result = val[f->insn[pc].a];
	free(val);
	return result;
}

/* the generator */

struct rng {
	uint64_t s;
};

static uint32_t
rnd(struct rng *r, uint32_t n)
{
	r->s = r->s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->s >> 33) % n;
}

static int64_t
rnd_imm(struct rng *r)
{
	static const int64_t edge[] = {
		0, 1, -1, 2, -2, 7, 63, 64, 255, 256, INT16_MAX, INT32_MAX, INT32_MIN,
		UINT32_MAX, INT64_MAX, INT64_MIN, 0x123456789abcdefLL, -5000000000LL,
	};

	if (rnd(r, 2))
		return (int64_t)rnd(r, 1000) - 500;
	return edge[rnd(r, sizeof(edge) / sizeof(edge[0]))];
}

struct gen {
	struct rng rng;
	struct ir_func *f;
	struct ir_func *callee[6];	/* by number of arguments; NULL: none yet */
	ir_val pool[POOL_MAX];		/* defined here, scalar */
	int npool;
	ir_val base;			/* of memory */
	int frame;
	bool is_in_loop;
};

static ir_val
any(struct gen *g)
{
	return g->pool[rnd(&g->rng, (uint32_t)g->npool)];
}

static void
add(struct gen *g, ir_val v)
{
	if (g->npool < POOL_MAX)
		g->pool[g->npool++] = v;
	else
		g->pool[rnd(&g->rng, POOL_MAX)] = v;
}

static int32_t
word(struct gen *g)
{
	return 8 * (int32_t)rnd(&g->rng, WORDS);
}

static void block(struct gen *, int n, int depth);

static void
gen_bin(struct gen *g)
{
	enum ir_op op = OP_ADD + (enum ir_op)rnd(&g->rng, OP_ARSH - OP_ADD + 1);

	switch (rnd(&g->rng, 5)) {
	case 4: ir_set(g->f, any(g), ir_bin(g->f, op, any(g), any(g))); break;
	case 0: add(g, ir_bin(g->f, op, any(g), any(g))); break;
	case 1: add(g, ir_bini(g->f, op, any(g), rnd_imm(&g->rng))); break;
	case 2: ir_upd(g->f, op, any(g), any(g)); break;
	default: ir_updi(g->f, op, any(g), rnd_imm(&g->rng)); break;
	}
}

static void
gen_simple(struct gen *g)
{
	static const int size[] = { 1, 2, 4, 8 };

	switch (rnd(&g->rng, 5)) {
	case 0: add(g, ir_neg(g->f, any(g))); break;
	case 1: add(g, ir_extend(g->f, any(g), size[rnd(&g->rng, 4)], rnd(&g->rng, 2))); break;
	case 2: add(g, ir_const(g->f, rnd_imm(&g->rng))); break;
	case 3: ir_set(g->f, any(g), any(g)); break;
	default: ir_seti(g->f, any(g), rnd_imm(&g->rng)); break;
	}
}

static void
gen_memory(struct gen *g)
{
	static const int size[] = { 4, 8, 1, 2 };
	ir_val fp = ir_fp(g->f, g->frame);

	switch (rnd(&g->rng, 10)) {
	case 9:
		ir_set(g->f, any(g), ir_cmpxchg(g->f, 8, g->base, word(g), any(g), any(g)));
		break;
	case 0: add(g, ir_load(g->f, size[rnd(&g->rng, 4)], g->base, word(g))); break;
	case 1: ir_store(g->f, size[rnd(&g->rng, 4)], g->base, word(g), any(g)); break;
	case 2: ir_storei(g->f, size[rnd(&g->rng, 4)], g->base, word(g), -77); break;
	case 3: ir_xadd(g->f, size[rnd(&g->rng, 2)], g->base, word(g), any(g)); break;
	case 4:
		add(g, ir_xchg(g->f, size[rnd(&g->rng, 2)], g->base, word(g), any(g)));
		break;
	case 5:
		add(g, ir_cmpxchg(g->f, size[rnd(&g->rng, 2)], g->base, word(g), any(g),
		    any(g)));
		break;
	case 6:
		ir_zero(g->f, g->base, word(g), rnd(&g->rng, 20));
		break;
	case 7:
		ir_copy(g->f, fp, 0, g->base, word(g), 48);
		ir_copy(g->f, g->base, word(g), fp, 8, rnd(&g->rng, 40));
		break;
	default:
		ir_store(g->f, 8, fp, 16, any(g));
		add(g, ir_load(g->f, 8, fp, 16));
		break;
	}
}

static void
gen_call(struct gen *g)
{
	struct ir_func *c = g->callee[rnd(&g->rng, 6)];
	ir_val a[5];

	for (int i = 0; i < 5; i++)
		a[i] = rnd(&g->rng, 4) ? any(g) : ir_const(g->f, rnd_imm(&g->rng));
	if (c == NULL)
		add(g, ir_call(g->f, BPF_FUNC_get_current_pid_tgid, 0));
	else
		add(g, ir_fcall(g->f, c, c->narg, a[0], a[1], a[2], a[3], a[4]));
}

static void
gen_if(struct gen *g, int depth)
{
	enum ir_op cond = OP_JEQ + (enum ir_op)rnd(&g->rng, OP_JSET - OP_JEQ + 1);
	ir_label no = ir_label_new(g->f), end = ir_label_new(g->f);
	int npool = g->npool;

	if (rnd(&g->rng, 2))
		ir_jcc(g->f, cond, any(g), any(g), no);
	else
		ir_jcci(g->f, cond, any(g), rnd_imm(&g->rng), no);
	block(g, 3, depth + 1);
	g->npool = npool;
	if (rnd(&g->rng, 2)) {
		ir_jmp(g->f, end);
		ir_place(g->f, no);
		block(g, 3, depth + 1);
		g->npool = npool;
		ir_place(g->f, end);
	} else {
		ir_place(g->f, no);
	}
}

static void
gen_loop(struct gen *g, int depth)
{
	ir_val counter = ir_const(g->f, 0);
	ir_label begin = ir_loop_begin(g->f);
	int npool = g->npool;

	g->is_in_loop = true;
	block(g, 5, depth + 1);
	g->npool = npool;
	ir_updi(g->f, OP_ADD, counter, 1);
	ir_loop_end(g->f, begin, counter, 3);
	g->is_in_loop = false;
}

static void
block(struct gen *g, int n, int depth)
{
	/* what was defined before is shared by paths: new names go away with their block */
	ir_val pool[POOL_MAX];

	memcpy(pool, g->pool, sizeof(pool));
	while (n-- > 0) {
		uint32_t k = rnd(&g->rng, 24);

		if (k < 9)
			gen_bin(g);
		else if (k < 13)
			gen_simple(g);
		else if (k < 19)
			gen_memory(g);
		else if (k < 22)
			gen_call(g);
		else if (depth < DEPTH_MAX && !g->is_in_loop && k == 22)
			gen_loop(g, depth);
		else if (depth < DEPTH_MAX)
			gen_if(g, depth);
	}
	if (depth > 0)
		memcpy(g->pool, pool, sizeof(pool));
}

/* A function that fills memory from OUT on with all that it knows. */
static struct ir_func *
gen_func(struct gen *g, struct ir_func *f, int n)
{
	g->f = f;
	g->npool = 0;
	g->is_in_loop = false;
	g->frame = ir_frame(f, FRAME_BYTES);
	g->base = ir_map_value(f, 0, 0);
	ir_zero(f, ir_fp(f, g->frame), 0, FRAME_BYTES);
	for (int i = 0; i < f->narg && f->linkage == IR_GLOBAL; i++)
		add(g, ir_arg(f, i));
	for (int i = 0; i < 6; i++)
		add(g, ir_load(f, 8, g->base, word(g)));
	block(g, n, 0);
	for (int i = 0; i < g->npool && f->linkage == IR_ENTRY; i++)
		ir_store(f, 8, g->base, OUT + 8 * i, g->pool[i]);
	ir_ret(f, any(g));
	return f;
}

static struct ir_prog *
gen_prog(struct arena *a, uint64_t seed)
{
	static const char *const name[] = { "f0", "f1", "f2", "f3", "f4", "f5" };
	struct gen g = { .rng = { seed * 7919 + 1 } };
	struct ir_prog *prog = arena_new(a, struct ir_prog);
	struct ir_func **func = arena_alloc(a, 7 * sizeof(*func));
	struct ir_func *callee[6] = {0};

	prog->name = "random";
	prog->func = func;
	prog->nfunc = 1;
	for (int narg = 1; narg <= 5; narg += 2) {
		callee[narg] = gen_func(&g, ir_func_new(a, name[narg], IR_GLOBAL, narg), 5);
		func[prog->nfunc++] = callee[narg];
	}
	memcpy(g.callee, callee, sizeof(callee));
	func[0] = gen_func(&g, ir_func_new(a, "entry", IR_ENTRY, 1), 10 + (int)(seed % 40));
	return prog;
}

static void
fill(char *memory, uint64_t seed)
{
	struct rng r = { seed };

	memset(memory, 0, RUN_BYTES);
	for (int i = 0; i < WORDS; i++) {
		int64_t v = rnd_imm(&r);

		memcpy(memory + 8 * i, &v, 8);
	}
}

/* Text says all: what is parsed from it prints the same. */
static bool
reads_back(struct arena *a, const struct ir_prog *prog)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	const char *error;
	struct ir_prog *again;
	bool is_same = false;

	for (uint32_t i = 0; i < prog->nfunc; i++)
		ir_print(&one, prog->func[i], false);
	again = ir_parse(a, buf_str(&one), &error);
	for (uint32_t i = 0; again != NULL && i < again->nfunc; i++)
		ir_print(&two, again->func[i], false);
	is_same = strcmp(buf_str(&one), buf_str(&two)) == 0;
	if (!is_same)
		printf("# %s\n%s----\n%s", error != NULL ? error : "", buf_str(&one),
		    buf_str(&two));
	buf_fini(&one);
	buf_fini(&two);
	return is_same;
}

static bool
run_one(uint64_t seed, bool has_sdiv, bool show, int *spilled)
{
	static char want[RUN_BYTES + 64], got[RUN_BYTES];
	struct arena a;
	struct ir_prog *prog;
	struct vm vm = { .memory = want };
	bool ok;

	arena_init(&a);
	prog = gen_prog(&a, seed);
	fill(want, seed);
	fill(got, seed);
	ok = reads_back(&a, prog);
	vm_run(&vm, prog->func[0], (uint64_t[]){ 0 });
	ok = run_prog(&a, prog, has_sdiv, got) == 0 && ok;
	*spilled += prog->func[0]->spill_bytes > 0;
	for (int i = 0; i < RUN_BYTES && ok; i += 8) {
		ok = memcmp(want + i, got + i, 8) == 0;
		if (!ok)
			printf("# seed %d: memory differs at %d\n", (int)seed, i);
	}
	if (show) {
		struct encode_opts opts = { .has_sdiv = has_sdiv };

		run_show(prog, encode(&a, prog, &opts));
	}
	arena_fini(&a);
	return ok;
}

int
main(int argc, char **argv)
{
	int failed = 0, spilled = 0;

	if (geteuid() != 0) {
		printf("1..0 # skip needs root to load programs\n");
		return 77;
	}
	if (argc > 1)
		return !run_one((uint64_t)atoll(argv[1]), atoll(argv[1]) & 1, true, &spilled);
	for (uint64_t seed = 0; seed < PROGRAMS; seed++)
		failed += !run_one(seed, seed & 1, false, &spilled);
	CHECK_INT(failed, 0);
	CHECK(spilled > PROGRAMS / 10);
	return tap_done();
}
