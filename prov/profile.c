/*
 * The provider profile: profile-N on every CPU, tick-N on one, both by the CPU clock of perf. A
 * few names are listed; any other comes into existence when a description names it.
 */
#include "prov/profile.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf_perf_event.h>
#include <linux/perf_event.h>
#include <strings.h>

#include "base/glob.h"
#include "lang/option.h"
#include "os/cpu.h"
#include "rec/state.h"

enum { PERIOD_MIN_NS = 200000 };	/* shorter ones do not exist */

/* Where the interrupted program was, and whether it was in user mode. */
#if defined(__x86_64__)
enum {
	CTX_PC = offsetof(struct bpf_perf_event_data, regs.rip),
	CTX_MODE = offsetof(struct bpf_perf_event_data, regs.cs),
	MODE_MASK = 3,
	MODE_USER = 3,
};
#elif defined(__aarch64__)
enum {
	CTX_PC = offsetof(struct bpf_perf_event_data, regs.pc),
	CTX_MODE = offsetof(struct bpf_perf_event_data, regs.pstate),
	MODE_MASK = 15,
	MODE_USER = 0,
};
#else
#error "where is the program counter in struct bpf_perf_event_data?"
#endif

const struct context counter_context = {
	.type = BPF_PROG_TYPE_PERF_EVENT,
	.has_cookie = true,
};

static const struct {
	const char *text;
	uint64_t ns;		/* 0: the number is a frequency */
} unit[] = {
	{ "", 0 }, { "hz", 0 },
	{ "ns", 1 }, { "nsec", 1 },
	{ "us", 1000 }, { "usec", 1000 },
	{ "ms", 1000000 }, { "msec", 1000000 },
	{ "s", 1000000000 }, { "sec", 1000000000 },
	{ "m", 60000000000 }, { "min", 60000000000 },
	{ "h", 3600000000000 }, { "hour", 3600000000000 },
	{ "d", 86400000000000 }, { "day", 86400000000000 },
};

static const struct {
	const char *prefix;
	bool is_everywhere;
	const char *listed[8];
} kind[] = {
	{ "profile-", true, { "profile-97", "profile-199", "profile-499", "profile-997",
	    "profile-1999", "profile-4001", "profile-4999" } },
	{ "tick-", false, { "tick-1", "tick-10", "tick-100", "tick-500", "tick-1000",
	    "tick-5000" } },
};
enum { NKIND = sizeof(kind) / sizeof(kind[0]) };

static const struct sysbpf_event cpu_clock = {
	.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
};

extern const struct provider provider_profile;

/* "97", "5sec" → ns; 0: no such probe. */
static uint64_t
period_parse(const char *text)
{
	uint64_t n = 0;
	const char *s = text;

	for (; isdigit((unsigned char)*s); s++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return 0;
	if (s == text || n == 0)
		return 0;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		uint64_t ns;
		if (strcasecmp(s, unit[i].text) != 0)
			continue;
		if (unit[i].ns == 0)
			ns = 1000000000 / n;
		else if (__builtin_mul_overflow(n, unit[i].ns, &ns) || ns > INT64_MAX)
			return 0;	/* perf takes 63 bits */
		return ns >= PERIOD_MIN_NS ? ns : 0;
	}
	return 0;
}

/* Add the probe of that name, if it is one. */
static void
clock_add(struct prov_env *env, const char *name)
{
	for (size_t k = 0; k < NKIND; k++) {
		size_t len = strlen(kind[k].prefix);
		if (strncmp(name, kind[k].prefix, len) != 0)
			continue;
		uint64_t ns = period_parse(name + len);
		if (ns == 0)
			return;
		struct probe *p = probe_add(env->probes, &provider_profile, "profile", "", "",
		    name);
		if (p->nsite > 0)
			return;
		struct counter *c = arena_new(env->arena, struct counter);
		*c = (struct counter){ .period = ns, .is_everywhere = kind[k].is_everywhere,
		    .event = cpu_clock };
		site_add(env->probes, p, NULL, c);
	}
}

static int
profile_list(struct prov_env *env, const struct pdesc *d)
{
	if (d->id == 0 && !(glob_match(d->prov, "profile") && glob_match(d->mod, "") &&
	    glob_match(d->func, "")))
		return 0;
	for (size_t k = 0; k < NKIND; k++)
		for (size_t i = 0; kind[k].listed[i] != NULL; i++)
			if (d->id != 0 || glob_match(d->name, kind[k].listed[i]))
				clock_add(env, kind[k].listed[i]);
	if (d->id == 0 && !glob_is_pattern(d->name))
		clock_add(env, d->name);
	return 0;
}

void
counter_enter(struct ir_func *f, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)site;
	(void)fault;
	for (int i = 0; i < STATE_NARG; i++)
		if (mask & (1u << i))
			ir_storei(f, 8, st, STATE_arg + 8 * i, 0);
	if ((mask & 3) == 0)
		return;

	ir_label user = ir_label_new(f), out = ir_label_new(f);
	ir_val pc = ir_load(f, 8, ctx, CTX_PC);
	ir_val mode = ir_bini(f, OP_AND, ir_load(f, 8, ctx, CTX_MODE), MODE_MASK);
	ir_jcci(f, OP_JEQ, mode, MODE_USER, user);
	if (mask & 1)
		ir_store(f, 8, st, STATE_arg, pc);
	ir_jmp(f, out);
	ir_place(f, user);
	if (mask & 2)
		ir_store(f, 8, st, STATE_arg + 8, pc);
	ir_place(f, out);
}

/* On every CPU that is there (-x cpu: that one), or on the first of them. gives: on how many, or -errno. */
static int
counter_arm(struct prov_env *env, const struct site *s, int prog_fd)
{
	const struct counter *c = s->data;
	const int64_t only = options_get(env->options, OPT_CPU);
	uint32_t ncpu = cpu_possible();
	int narmed = 0;

	for (uint32_t cpu = 0; cpu < ncpu; cpu++) {
		int fds[2], err;

		if (only != OPTION_UNSET && cpu != only)
			continue;
		err = sysbpf_link_event(prog_fd, (int)cpu, &c->event, c->period, s->probe->id,
		    fds);
		if (err == -ENODEV)	/* off line */
			continue;
		if (err < 0)
			return err;
		vec_push(&env->link, fds[0]);
		vec_push(&env->link, fds[1]);
		narmed++;
		if (!c->is_everywhere)
			break;
	}
	return narmed > 0 ? narmed : -ENODEV;
}

int
counter_attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	for (size_t i = 0; i < n; i++) {
		struct site *s = site[i];
		int err = counter_arm(env, s, prog_fd);
		if (err >= 0) {
			s->is_armed = true;
			continue;
		}
		s->refused = arena_printf(env->arena, "the kernel gives no counter: %s",
		    strerror(-err));
		env->note(env->note_self, 0, "%s:::%s: %s", s->probe->prov, s->probe->name, s->refused);
	}
	return 0;
}

const struct provider provider_profile = {
	.name = "profile",
	.context = &counter_context,
	.list = profile_list,
	.enter = counter_enter,
	.attach = counter_attach,
};
