/* The provider profile: which names are probes, with which period, and that its clocks run. */
#include "prov/prov.h"

#include <unistd.h>

#include "os/bpf.h"
#include "test/unit/tap.h"

extern const struct provider provider_profile;

struct session {
	struct arena arena;
	struct intern intern;
	struct probes probes;
	struct options options;
	struct prov_env env;
	int nnote;
};

static void
count_note(void *self, int level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
	((struct session *)self)->nnote++;
}

static void
session_init(struct session *s)
{
	*s = (struct session){ 0 };
	arena_init(&s->arena);
	intern_init(&s->intern, &s->arena);
	probes_init(&s->probes, &s->arena, &s->intern);
	options_init(&s->options);
	s->env = (struct prov_env){ .options = &s->options, .arena = &s->arena, .intern = &s->intern,
	    .probes = &s->probes, .note = count_note, .note_self = s };
}

static void
session_fini(struct session *s)
{
	probes_fini(&s->probes);
	intern_fini(&s->intern);
	arena_fini(&s->arena);
}

/* How many probes are there when prov:mod:func:name was asked for. */
static uint32_t
listed(const char *prov, const char *mod, const char *func, const char *name, uint64_t *period)
{
	struct session s;
	struct pdesc d = { .prov = prov, .mod = mod, .func = func, .name = name };

	session_init(&s);
	CHECK_INT(provider_profile.list(&s.env, &d), 0);
	provider_profile.list(&s.env, &d);	/* asked twice, there once */
	uint32_t n = s.probes.n;
	if (period != NULL)
		*period = n > 0 ? *(const uint64_t *)s.probes.probe[0]->site->data : 0;
	if (n > 0)
		CHECK_INT(s.probes.probe[0]->nsite, 1);
	session_fini(&s);
	return n;
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		uint64_t period_ns;	/* 0: no such probe */
	} row[] = {
		{ "tick-1", 1000000000 }, { "tick-1s", 1000000000 }, { "tick-5hz", 200000000 },
		{ "profile-97", 1000000000 / 97 }, { "profile-1MSEC", 1000000 },
		{ "tick-200us", 200000 }, { "tick-200000ns", 200000 }, { "tick-5000", 200000 },
		{ "tick-2min", 120000000000 }, { "tick-1d", 86400000000000 },
		{ "tick-199us", 0 }, { "tick-5001", 0 }, { "tick-0", 0 }, { "tick-0s", 0 },
		{ "tick-", 0 }, { "tick-s", 0 }, { "tick-1x", 0 }, { "tick-1 s", 0 },
		{ "tick--1", 0 }, { "tick-18446744073709551617s", 0 }, { "tick-999999999999d", 0 },
		{ "profile", 0 }, { "tock-1", 0 },
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint64_t period;
		printf("# %s\n", row[i].name);
		CHECK_INT(listed("", "", "", row[i].name, &period), row[i].period_ns != 0);
		CHECK_INT(period, row[i].period_ns);
	}
	CHECK_INT(listed("profile", "", "", "", NULL), 13);
	CHECK_INT(listed("prof*", "", "", "tick-*", NULL), 6);
	CHECK_INT(listed("", "", "", "tick-7*", NULL), 0);
	CHECK_INT(listed("python1", "", "", "tick-7", NULL), 0);
	CHECK_INT(listed("", "libc", "", "tick-7", NULL), 0);
}

/* Counts firings in map[0]. */
static int
load_counter(int map_fd)
{
	const struct bpf_insn insn[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		    .imm = map_fd },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 1,
		    .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	return sysbpf_prog_load(&(struct sysbpf_prog){ .type = BPF_PROG_TYPE_PERF_EVENT,
	    .name = "counter", .insn = insn, .ninsn = sizeof(insn) / sizeof(insn[0]) });
}

static void
test_clock(const char *name)
{
	struct session s;
	struct pdesc d = { .prov = "", .mod = "", .func = "", .name = name };
	const uint32_t key = 0;
	uint64_t n = 0;

	session_init(&s);
	int map_fd = sysbpf_map_new(&(struct sysbpf_map){ .type = BPF_MAP_TYPE_ARRAY,
	    .name = "count", .key_bytes = 4, .value_bytes = 8, .max_entries = 1 });
	int prog_fd = load_counter(map_fd);
	CHECK(map_fd >= 0 && prog_fd >= 0);
	provider_profile.list(&s.env, &d);
	struct site *site = s.probes.probe[0]->site;
	CHECK_INT(provider_profile.attach(&s.env, &site, 1, prog_fd), 0);
	CHECK(site->is_armed);
	CHECK_INT(s.nnote, 0);
	for (int i = 0; i < 500 && n < 10; i++) {
		usleep(10000);
		sysbpf_map_lookup(map_fd, &key, &n);
	}
	CHECK(n >= 10);
	for (size_t i = 0; i < s.env.link.n; i++)
		close(s.env.link.v[i]);
	vec_fini(&s.env.link);
	close(prog_fd);
	close(map_fd);
	session_fini(&s);
}

int
main(void)
{
	test_names();
	if (geteuid() == 0) {
		test_clock("profile-1ms");
		test_clock("tick-1ms");
	} else
		printf("# SKIP clocks: needs root\n");
	return tap_done();
}
