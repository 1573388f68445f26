/*
 * D programs in the real kernel: compiles a text, loads it as a raw tracepoint program (or a
 * syscall program, which may sleep), runs it in this process, and looks at variables, drops and
 * records. Probe arguments are the numbers of run.arg.
 */
#ifndef TEST_GEN_RUN_H
#define TEST_GEN_RUN_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ir/encode.h"
#include "ir/regs.h"
#include "ir/text.h"
#include "os/bpf.h"
#include "test/tool/front.h"
#include "test/unit/machine.h"

enum { RUN_RING_BYTES = 1 << 20, RUN_RECORDS = 64, RUN_RECORD_BYTES = 16384, RUN_MAPS = 64 };

struct run {
	struct front front;
	struct gen_opts opts;
	uint64_t arg[STATE_NARG];
	bool is_sleepable, has_sdiv;
	int map_fd[RUN_MAPS], prog_fd, btf_fd, self_btf_fd;
	uint32_t verified;		/* instructions that the verifier processed */
	struct ring_buffer *ring;
	uint8_t record[RUN_RECORDS][RUN_RECORD_BYTES];
	size_t record_bytes[RUN_RECORDS];
	uint32_t nrecord;
};

static char run_log[1 << 22];

static inline void
run_store_args(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	const struct run *r = self;

	(void)ctx;
	(void)fault;
	for (int i = 0; i < STATE_NARG; i++)
		if (mask & 1u << i)
			ir_store(f, 8, st, STATE_arg + 8 * i,
			    ir_const(f, (int64_t)r->arg[i]));
}

static inline int
run_record(void *ctx, void *data, size_t bytes)
{
	struct run *r = ctx;

	if (r->nrecord < RUN_RECORDS && bytes <= RUN_RECORD_BYTES) {
		memcpy(r->record[r->nrecord], data, bytes);
		r->record_bytes[r->nrecord++] = bytes;
	}
	return 0;
}

static inline int
run_map_new(struct run *r, int number, enum bpf_map_type type, uint32_t key, uint32_t value,
    uint32_t n)
{
	struct sysbpf_map m = {
		.type = type, .name = "test", .key_bytes = key, .value_bytes = value,
		.max_entries = n, .flags = type == BPF_MAP_TYPE_HASH ? BPF_F_NO_PREALLOC : 0,
	};

	if (type == BPF_MAP_TYPE_TASK_STORAGE) {
		struct btf_blob b = funcinfo_map_btf(&r->front.arena, value);

		r->self_btf_fd = sysbpf_btf_load(b.data, b.bytes);
		m.btf_fd = r->self_btf_fd;
		m.btf_key_type = b.key_type;
		m.btf_value_type = b.value_type;
		m.flags = BPF_F_NO_PREALLOC;
	}
	r->map_fd[number] = sysbpf_map_new(&m);
	if (r->map_fd[number] < 0)
		printf("# map %d: %s\n", number, strerror(-r->map_fd[number]));
	return r->map_fd[number] < 0 ? -1 : 0;
}

static inline int
run_maps(struct run *r)
{
	const struct gen *g = r->front.gen;
	const uint32_t nstate = r->opts.ncpu * STATE_LEVELS;
	uint8_t *state = calloc(1, g->layout.bytes);
	uint32_t one[8192] = { CONTROL_ALL }, zero = 0;
	int err = 0;

	err |= run_map_new(r, MAP_STATE, BPF_MAP_TYPE_ARRAY, 4, g->layout.bytes, nstate);
	err |= run_map_new(r, MAP_CONTROL, BPF_MAP_TYPE_ARRAY, 4,
	    control_bytes(r->opts.ncpu, r->opts.nspec), 1);
	err |= run_map_new(r, MAP_RING, BPF_MAP_TYPE_RINGBUF, 0, 0, RUN_RING_BYTES);
	err |= run_map_new(r, MAP_PROBE, BPF_MAP_TYPE_ARRAY, 4, PROBE_ENTRY_BYTES, 16);
	if (g->global_bytes > 0)
		err |= run_map_new(r, MAP_GLOBAL, BPF_MAP_TYPE_ARRAY, 4, g->global_bytes, 1);
	if (g->self_bytes > 0 && r->opts.has_task_storage)
		err |= run_map_new(r, MAP_SELF, BPF_MAP_TYPE_TASK_STORAGE, 4, g->self_bytes, 0);
	else if (g->self_bytes > 0)
		err |= run_map_new(r, MAP_SELF, BPF_MAP_TYPE_HASH, 8, g->self_bytes, 64);
	for (uint32_t i = 0; i < g->nmap; i++) {
		bool is_array = g->map[i].kind == GEN_MAP_AGGR
		    && aggr_form(g->map[i].var) == AGGR_BY_CPU;

		err |= run_map_new(r, MAP_FIRST + (int)i,
		    is_array ? BPF_MAP_TYPE_ARRAY : BPF_MAP_TYPE_HASH, g->map[i].key_bytes,
		    g->map[i].value_bytes, is_array ? r->opts.ncpu : 64);
	}
	for (uint32_t i = 0; i < nstate && err == 0; i++) {
		memset(state, 0xa5, g->layout.bytes);	/* nothing may depend on old contents */
		memset(state, 0, 4);
		memcpy(state + STATE_level, &i, 4);
		sysbpf_map_update(r->map_fd[MAP_STATE], &i, state);
	}
	free(state);
	sysbpf_map_update(r->map_fd[MAP_CONTROL], &zero, one);
	r->ring = ring_buffer__new(r->map_fd[MAP_RING], run_record, r, NULL);
	return err == 0 && r->ring != NULL ? 0 : -1;
}

static inline void
run_name_probe(struct run *r, uint32_t id, const char *prov, const char *mod, const char *func,
    const char *name)
{
	const char *part[] = { prov, mod, func, name };
	char entry[PROBE_ENTRY_BYTES] = "";

	for (int i = 0; i < 4; i++)
		snprintf(entry + i * PROBE_NAME_BYTES, PROBE_NAME_BYTES, "%s", part[i]);
	sysbpf_map_update(r->map_fd[MAP_PROBE], &id, entry);
}

static inline int
run_load(struct run *r, const struct ir_prog *ir)
{
	const struct encode_opts eo = { .has_sdiv = r->has_sdiv && machine_has(FEATURE_SDIV) };
	struct bpf_code *c;
	struct sysbpf_prog p = {
		.type = r->is_sleepable ? BPF_PROG_TYPE_SYSCALL : BPF_PROG_TYPE_RAW_TRACEPOINT,
		.flags = r->is_sleepable ? BPF_F_SLEEPABLE : 0, .name = "test",
	};

	for (uint32_t i = 0; i < ir->nfunc; i++)
		regs_assign(ir->func[i]);
	c = encode(&r->front.arena, ir, &eo);
	if (c == NULL) {
		printf("# not encoded\n");
		return -1;
	}
	for (uint32_t i = 0; i < c->nreloc; i++)
		c->insn[c->reloc[i].insn].imm = r->map_fd[c->reloc[i].map];
	r->btf_fd = sysbpf_btf_load(c->btf, c->btf_bytes);
	p.insn = c->insn;
	p.ninsn = c->ninsn;
	p.btf_fd = r->btf_fd;
	p.func_info = c->func_info;
	p.nfunc_info = c->nfunc;
	r->prog_fd = sysbpf_prog_load(&p);
	if (r->prog_fd < 0) {
		p.log = run_log;
		p.log_bytes = sizeof(run_log);
		p.log_level = 1;
		(void)sysbpf_prog_load(&p);
		printf("# load: %s\n# %s\n", strerror(-r->prog_fd),
		    run_log + (strlen(run_log) > 4000 ? strlen(run_log) - 4000 : 0));
		return -1;
	}
	r->verified = sysbpf_prog_verified_insns(r->prog_fd);
	return 0;
}

/* requires: r->opts, ->arg, ->is_sleepable are set. gives: 0 when the program is in the kernel. */
static inline int
run_open(struct run *r, const char *text)
{
	struct ir_prog *ir;

	r->prog_fd = r->btf_fd = r->self_btf_fd = -1;
	r->nrecord = 0;
	r->ring = NULL;
	for (int i = 0; i < RUN_MAPS; i++)
		r->map_fd[i] = -1;
	r->opts.ncpu = (uint32_t)libbpf_num_possible_cpus();
	r->opts.ring_bytes = RUN_RING_BYTES;
	if (front_compile(&r->front, text, &r->opts) < 0)
		return -1;
	r->front.group.enter = run_store_args;
	r->front.group.enter_self = r;
	r->front.group.is_sleepable = r->is_sleepable;
	ir = gen_program(r->front.gen, &r->front.group);
	gen_finish(r->front.gen);
	return run_maps(r) < 0 ? -1 : run_load(r, ir);
}

/* All firings are on the CPU of the first: an aggregation may have an entry for each. */
static inline int
run_fire(struct run *r)
{
	static bool is_pinned;
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	cpu_set_t one;
	int err;

	if (!is_pinned) {
		CPU_ZERO(&one);
		CPU_SET((size_t)sched_getcpu(), &one);
		is_pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
	}
	err = bpf_prog_test_run_opts(r->prog_fd, &opts);
	ring_buffer__consume(r->ring);
	return err;
}

static inline void
run_close(struct run *r)
{
	ring_buffer__free(r->ring);
	for (int i = 0; i < RUN_MAPS; i++)
		if (r->map_fd[i] >= 0)
			close(r->map_fd[i]);
	if (r->prog_fd >= 0)
		close(r->prog_fd);
	if (r->btf_fd >= 0)
		close(r->btf_fd);
	if (r->self_btf_fd >= 0)
		close(r->self_btf_fd);
	front_fini(&r->front);
}

static inline const struct var *
run_var(struct run *r, enum var_scope scope, const char *name)
{
	const struct var *v = scope_find(&r->front.scope, scope, name);

	if (v == NULL) {
		printf("# no variable %s\n", name);
		exit(1);
	}
	return v;
}

static inline void
run_global(struct run *r, const char *name, void *to, size_t bytes)
{
	const struct var *v = run_var(r, VAR_GLOBAL, name);
	uint8_t *all = calloc(1, r->front.gen->global_bytes + bytes);
	uint32_t zero = 0;

	sysbpf_map_lookup(r->map_fd[MAP_GLOBAL], &zero, all);
	memcpy(to, all + v->off, bytes);
	free(all);
}

static inline int64_t
run_int(struct run *r, const char *name)
{
	int64_t v;

	run_global(r, name, &v, sizeof(v));
	return v;
}

static inline const char *
run_str(struct run *r, const char *name)
{
	static char s[4][8192];
	static int n;

	n = (n + 1) % 4;
	run_global(r, name, s[n], r->opts.strsize);
	return s[n];
}

static inline uint64_t
run_drops(struct run *r, enum drop_kind kind)
{
	uint8_t *control = calloc(1, control_bytes(r->opts.ncpu, r->opts.nspec));
	uint64_t sum = 0, n;
	uint32_t zero = 0;

	sysbpf_map_lookup(r->map_fd[MAP_CONTROL], &zero, control);
	for (uint32_t cpu = 0; cpu < r->opts.ncpu; cpu++) {
		memcpy(&n, control + CONTROL_drops + 8 * (cpu * DROP_SLOTS + kind), 8);
		sum += n;
	}
	free(control);
	return sum;
}

static inline uint32_t
run_active(struct run *r)
{
	uint32_t control[8192], zero = 0;

	sysbpf_map_lookup(r->map_fd[MAP_CONTROL], &zero, control);
	return control[0];
}

/* Write a state's busy word, for each CPU. */
static inline void
run_set_busy(struct run *r, uint32_t level, uint32_t busy)
{
	uint8_t *state = calloc(1, r->front.gen->layout.bytes);

	for (uint32_t i = level; i < r->opts.ncpu * STATE_LEVELS; i += STATE_LEVELS) {
		sysbpf_map_lookup(r->map_fd[MAP_STATE], &i, state);
		memcpy(state + STATE_busy, &busy, 4);
		sysbpf_map_update(r->map_fd[MAP_STATE], &i, state);
	}
	free(state);
}

/* Number of entries of a map; the last one's key and value. */
static inline int
run_entries(struct run *r, int map, void *key, void *value)
{
	int n = 0;

	if (sysbpf_map_next_key(r->map_fd[map], NULL, key) != 0)
		return 0;
	do {
		n++;
		sysbpf_map_lookup(r->map_fd[map], key, value);
	} while (sysbpf_map_next_key(r->map_fd[map], key, key) == 0);
	return n;
}

/* Number of entries of an aggregation; the last one's key and value as the map has them. */
static inline int
run_aggr(struct run *r, const char *name, void *key, void *value)
{
	const struct var *v = run_var(r, VAR_AGGR, name);
	const int fd = r->map_fd[v->map];
	uint8_t *k = calloc(1, aggr_key_bytes(v)), *e = calloc(1, aggr_value_bytes(v));
	uint64_t used = 1;
	int n = 0;

	for (void *last = NULL; sysbpf_map_next_key(fd, last, k) == 0; last = k) {
		sysbpf_map_lookup(fd, k, e);
		if (aggr_form(v) == AGGR_BY_CPU)
			memcpy(&used, e + AGGR_USED, sizeof(used));
		if (!used)
			continue;
		n++;
		memcpy(key, k, aggr_key_bytes(v));
		memcpy(value, e, aggr_value_bytes(v));
	}
	free(k);
	free(e);
	return n;
}

/* A state that is not free after a firing was leaked. */
static inline bool
run_states_free(struct run *r)
{
	uint8_t *state = calloc(1, r->front.gen->layout.bytes);
	bool all = true;
	uint32_t busy;

	for (uint32_t i = 0; i < r->opts.ncpu * STATE_LEVELS; i++) {
		sysbpf_map_lookup(r->map_fd[MAP_STATE], &i, state);
		memcpy(&busy, state + STATE_busy, 4);
		all = all && busy == STATE_FREE;
	}
	free(state);
	return all;
}

#endif
