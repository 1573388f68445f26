/*
 * IR through the real kernel: arithmetic at its edges, calls, frames, the limits that encode()
 * refuses, the map types. Random programs are in ir_random_test.c; what the allocation looks
 * like, in test/ir.
 */
#include "ir/ir.h"

#include "ir/op.h"
#include "test/unit/bpf_run.h"
#include "test/unit/tap.h"

static uint64_t memory[RUN_BYTES / 8];

static struct ir_prog *
prog_of(struct arena *a, struct ir_func **func, uint32_t nfunc)
{
	struct ir_prog *p = arena_new(a, struct ir_prog);

	p->name = func[0]->name;
	p->func = func;
	p->nfunc = nfunc;
	return p;
}

static struct bpf_code *
encode_all(struct arena *a, const struct ir_prog *prog, bool has_sdiv)
{
	struct encode_opts opts = { .has_sdiv = has_sdiv };

	for (uint32_t i = 0; i < prog->nfunc; i++)
		regs_assign(prog->func[i]);
	return encode(a, prog, &opts);
}

/* Every division and shift of every pair of edge values, by register and by immediate. */
static void
test_arithmetic(bool has_sdiv)
{
	static const enum ir_op op[] = { OP_DIV, OP_MOD, OP_SDIV, OP_SMOD };
	static const int64_t edge[] = {
		0, 1, -1, 3, -3, 1000, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN,
	};
	enum { EDGES = sizeof(edge) / sizeof(edge[0]), OPS = 4 };
	int wrong = 0;

	for (int k = 0; k < OPS; k++) {
		struct arena a;
		struct ir_func *f;
		ir_val base;

		arena_init(&a);
		f = ir_func_new(&a, "arithmetic", IR_ENTRY, 1);
		base = ir_map_value(f, 0, 0);
		for (int i = 0; i < EDGES * EDGES; i++) {
			ir_val x = ir_load(f, 8, base, 2048 + 8 * (i / EDGES));
			ir_val y = ir_load(f, 8, base, 2048 + 8 * (i % EDGES));

			ir_store(f, 8, base, 8 * i, ir_bin(f, op[k], x, y));
			ir_store(f, 8, base, 1024 + 8 * i,
			    ir_bini(f, op[k], x, edge[i % EDGES]));
		}
		ir_reti(f, 0);
		memcpy(memory + 256, edge, sizeof(edge));
		CHECK_INT(run_prog(&a, prog_of(&a, &f, 1), has_sdiv, memory), 0);
		for (int i = 0; i < EDGES * EDGES; i++) {
			int64_t x = edge[i / EDGES], y = edge[i % EDGES], want;
			bool is_div = op[k] == OP_DIV || op[k] == OP_SDIV;

			if (y == 0)
				want = is_div ? 0 : x;
			else if (op[k] == OP_DIV)
				want = (int64_t)((uint64_t)x / (uint64_t)y);
			else if (op[k] == OP_MOD)
				want = (int64_t)((uint64_t)x % (uint64_t)y);
			else if (y == -1)
				want = is_div ? (int64_t)(0 - (uint64_t)x) : 0;
			else
				want = is_div ? x / y : x % y;
			wrong += memory[i] != (uint64_t)want;
			wrong += memory[128 + i] != (uint64_t)want;
		}
		arena_fini(&a);
	}
	CHECK_INT(wrong, 0);
}

/* f(a, b, c, d, e) calls sink() with its arguments permuted: all 120 parallel moves. */
static struct ir_func *
permuter(struct arena *a, struct ir_func *sink, int k, int perm[5])
{
	int left[5] = { 0, 1, 2, 3, 4 };
	struct ir_func *f = ir_func_new(a, "permute", IR_STATIC, 5);

	for (int i = 0, n = 5; n > 0; n--, i++) {
		perm[i] = left[k % n];
		left[k % n] = left[n - 1];
		k /= n;
	}
	ir_ret(f, ir_fcall(f, sink, 5, ir_arg(f, perm[0]), ir_arg(f, perm[1]),
	    ir_arg(f, perm[2]), ir_arg(f, perm[3]), ir_arg(f, perm[4])));
	return f;
}

static void
test_permutations(void)
{
	enum { ALL = 120 };
	struct ir_func *func[ALL + 2], *f, *sink;
	struct arena a;
	ir_val base, sum;
	int perm[ALL][5], wrong = 0;

	arena_init(&a);
	f = func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	sink = func[1] = ir_func_new(&a, "sink", IR_GLOBAL, 5);
	sum = ir_arg(sink, 0);
	for (int i = 1; i < 5; i++)
		sum = ir_bin(sink, OP_ADD, ir_bini(sink, OP_MUL, sum, 10), ir_arg(sink, i));
	ir_ret(sink, sum);
	base = ir_map_value(f, 0, 0);
	for (int k = 0; k < ALL; k++) {
		ir_val arg[5];

		func[k + 2] = permuter(&a, sink, k, perm[k]);
		for (int i = 0; i < 5; i++)
			arg[i] = ir_const(f, i + 1);
		ir_store(f, 8, base, 8 * k, ir_fcall(f, func[k + 2], 5, arg[0], arg[1],
		    arg[2], arg[3], arg[4]));
	}
	ir_reti(f, 0);
	CHECK_INT(run_prog(&a, prog_of(&a, func, ALL + 2), true, memory), 0);
	for (int k = 0; k < ALL; k++) {
		uint64_t want = 0;

		for (int i = 0; i < 5; i++)
			want = want * 10 + (uint64_t)perm[k][i] + 1;
		wrong += memory[k] != want;
	}
	CHECK_INT(wrong, 0);
	arena_fini(&a);
}

/* A full tree of additions over results of a call: 2^12 leaves, at most 12 values at a time. */
static ir_val
deep(struct ir_func *f, struct ir_func *leaf, int depth)
{
	ir_val left, right;

	if (depth == 0)
		return ir_fcall(f, leaf, 1, ir_const(f, 3));
	left = deep(f, leaf, depth - 1);
	right = deep(f, leaf, depth - 1);
	return ir_bin(f, OP_SUB, ir_bini(f, OP_MUL, left, 3), right);
}

static void
test_deep(void)
{
	enum { DEPTH = 12 };
	struct ir_func *func[2], *f, *leaf;
	struct arena a;
	uint64_t want = 10;
	ir_val base;

	arena_init(&a);
	f = func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	leaf = func[1] = ir_func_new(&a, "leaf", IR_GLOBAL, 1);
	ir_ret(leaf, ir_bini(leaf, OP_ADD, ir_arg(leaf, 0), 7));
	base = ir_map_value(f, 0, 0);
	ir_store(f, 8, base, 0, deep(f, leaf, DEPTH));
	ir_reti(f, 0);
	memory[0] = 0;
	CHECK_INT(run_prog(&a, prog_of(&a, func, 2), true, memory), 0);
	for (int i = 0; i < DEPTH; i++)
		want = want * 3 - want;
	CHECK_INT(memory[0], want);
	CHECK(f->spill_bytes > 0 && f->spill_bytes <= 88);
	arena_fini(&a);
}

/* Pointers to the frame of a caller, bounds for an index, large offsets. */
static void
test_pointers(void)
{
	struct ir_func *func[2], *f, *g;
	struct arena a;
	ir_label out;
	ir_val base, index, at;
	int object, second;

	arena_init(&a);
	f = func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	g = func[1] = ir_func_new(&a, "fill.in", IR_STATIC, 2);
	ir_store(g, 8, ir_arg(g, 0), 0, ir_arg(g, 1));
	ir_reti(g, 0);
	object = ir_frame(f, 12);
	second = ir_frame(f, 8);
	out = ir_label_new(f);
	base = ir_map_value(f, 0, 0);
	ir_storei(f, 8, ir_fp(f, second), 0, 5);
	ir_fcall(f, g, 2, ir_fp(f, object), ir_const(f, 0x123456789aLL));
	ir_store(f, 8, base, 0, ir_load(f, 8, ir_fp(f, object), 0));
	ir_store(f, 8, base, 8, ir_load(f, 8, ir_fp(f, second), 0));
	index = ir_bound(f, ir_load(f, 8, base, 16), 400, out);
	at = ir_bin(f, OP_ADD, base, ir_bini(f, OP_LSH, index, 3));
	ir_storei(f, 8, at, 0, -9);
	at = ir_bini(f, OP_SUB, base, 70000);
	ir_storei(f, 4, at, 70000 + 24, 11);
	ir_place(f, out);
	ir_reti(f, 0);
	memset(memory, 0, sizeof(memory));
	memory[2] = 300;
	CHECK_INT(run_prog(&a, prog_of(&a, func, 2), true, memory), 0);
	CHECK_INT(memory[0], 0x123456789aLL);
	CHECK_INT(memory[1], 5);
	CHECK_INT(memory[300], -9);
	CHECK_INT(memory[3], 11);
	memory[2] = 401;
	memory[401] = 0;
	CHECK_INT(run_prog(&a, prog_of(&a, func, 2), true, memory), 0);
	CHECK_INT(memory[401], 0);
	arena_fini(&a);
}

/* A value that doesn't fit a register any more keeps the bound that was checked. */
static void
test_spilled_bound(void)
{
	enum { LIVE = 12 };
	struct ir_func *f;
	struct arena a;
	ir_label out;
	ir_val base, index, v[LIVE];

	arena_init(&a);
	f = ir_func_new(&a, "entry", IR_ENTRY, 1);
	out = ir_label_new(f);
	base = ir_map_value(f, 0, 0);
	index = ir_bound(f, ir_load(f, 8, base, 0), 63, out);
	for (int i = 0; i < LIVE; i++)
		v[i] = ir_load(f, 8, base, 8 * i);
	ir_call(f, BPF_FUNC_get_current_pid_tgid, 0);
	for (int i = 0; i < LIVE; i++)
		ir_store(f, 8, base, 8 * i, ir_bin(f, OP_ADD, v[i], v[LIVE - 1 - i]));
	ir_storei(f, 1, ir_bin(f, OP_ADD, base, index), 1024, 4);
	ir_place(f, out);
	ir_reti(f, 0);
	memset(memory, 0, sizeof(memory));
	memory[0] = 40;
	CHECK_INT(run_prog(&a, prog_of(&a, &f, 1), true, memory), 0);
	CHECK(f->spill[index] != 0);
	CHECK_INT(((char *)memory)[1024 + 40], 4);
	arena_fini(&a);
}

static struct ir_func *
framed(struct arena *a, uint32_t bytes, struct ir_func *callee)
{
	struct ir_func *f = ir_func_new(a, "framed", IR_STATIC, 0);

	if (bytes > 0)
		ir_storei(f, 8, ir_fp(f, ir_frame(f, bytes)), 0, 1);
	if (callee != NULL)
		ir_fcall(f, callee, 0);
	ir_reti(f, 0);
	return f;
}

static void
test_limits(void)
{
	struct ir_func *func[4], *f;
	struct arena a;
	ir_label end;

	arena_init(&a);
	func[2] = framed(&a, 100, NULL);		/* counts 128 */
	func[1] = framed(&a, 384, func[2]);
	func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	ir_ret(func[0], ir_fcall(func[0], func[2], 0));
	CHECK(encode_all(&a, prog_of(&a, func, 3), true) != NULL);
	CHECK_INT(encode_all(&a, prog_of(&a, func, 3), true)->nfunc, 2);

	func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	ir_ret(func[0], ir_fcall(func[0], func[1], 0));
	CHECK(encode_all(&a, prog_of(&a, func, 3), true) == NULL);	/* 544 */

	f = func[1] = ir_func_new(&a, "again", IR_STATIC, 0);
	ir_ret(f, ir_fcall(f, f, 0));
	func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	ir_ret(func[0], ir_fcall(func[0], f, 0));
	CHECK(encode_all(&a, prog_of(&a, func, 2), true) == NULL);	/* recursion */

	f = func[0] = ir_func_new(&a, "far", IR_ENTRY, 1);
	end = ir_label_new(f);
	ir_jcci(f, OP_JEQ, ir_call(f, BPF_FUNC_get_current_pid_tgid, 0), 0, end);
	for (int i = 0; i < 5; i++)
		ir_zero(f, ir_map_value(f, 0, 0), 0, 60000);
	ir_place(f, end);
	ir_reti(f, 0);
	CHECK(encode_all(&a, prog_of(&a, func, 1), true) == NULL);
	arena_fini(&a);
}

/* Task storage wants types of its key and value. */
static void
test_map_btf(void)
{
	union bpf_attr attr;
	struct btf_blob blob;
	struct arena a;
	int btf_fd, map_fd;

	arena_init(&a);
	blob = funcinfo_map_btf(&a, 72);
	memset(&attr, 0, sizeof(attr));
	attr.btf = run_ptr(blob.data);
	attr.btf_size = blob.bytes;
	btf_fd = run_bpf(BPF_BTF_LOAD, &attr);
	CHECK(btf_fd >= 0);
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_TASK_STORAGE;
	attr.key_size = 4;
	attr.value_size = 72;
	attr.map_flags = BPF_F_NO_PREALLOC;
	attr.btf_fd = (uint32_t)btf_fd;
	attr.btf_key_type_id = blob.key_type;
	attr.btf_value_type_id = blob.value_type;
	map_fd = run_bpf(BPF_MAP_CREATE, &attr);
	CHECK(map_fd >= 0);
	close(map_fd);
	close(btf_fd);
	arena_fini(&a);
}

/* Numbers and D lines survive; the fault message's instruction number is the real one. */
static void
test_lines(void)
{
	struct ir_func *func[2], *f, *g;
	struct arena a;
	struct bpf_code *c;
	ir_val base;

	arena_init(&a);
	f = func[0] = ir_func_new(&a, "entry", IR_ENTRY, 1);
	g = func[1] = ir_func_new(&a, "second", IR_GLOBAL, 1);
	ir_line(f, 7);
	base = ir_map_value(f, 0, 0);
	ir_store(f, 8, base, 0, ir_fcall(f, g, 1, ir_const(f, 0)));
	ir_line(f, 0);
	ir_reti(f, 0);
	ir_line(g, 9);
	ir_ret(g, ir_pc(g));
	CHECK_INT(run_prog(&a, prog_of(&a, func, 2), true, memory), 0);
	c = encode_all(&a, prog_of(&a, func, 2), true);
	CHECK_INT(memory[0], c->func_start[1]);
	CHECK_INT(c->line[0], 7);
	CHECK_INT(c->line[c->func_start[1] - 1], 0);
	CHECK_INT(c->line[c->ninsn - 1], 9);
	arena_fini(&a);
}

int
main(void)
{
	test_limits();
	if (geteuid() != 0) {
		printf("# the kernel's part is skipped: needs root to load programs\n");
		return tap_done();
	}
	test_arithmetic(true);
	test_arithmetic(false);
	test_permutations();
	test_deep();
	test_pointers();
	test_spilled_bound();
	test_map_btf();
	test_lines();
	return tap_done();
}
