/*
 * The provider cpc: every so many events of the processor or the kernel, cpc:::EVENT-MODE-COUNT, as
 * cpc:::cpu_cycles-user-1000000. The mode is user, kernel or all. Listed is each event that this
 * machine counts, once; with another count or mode it comes into existence when it is named.
 */
#include "prov/prov.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/glob.h"
#include "prov/profile.h"

extern const struct provider provider_cpc;

#define CACHE(WHAT, OP, RESULT) (PERF_COUNT_HW_CACHE_##WHAT | PERF_COUNT_HW_CACHE_OP_##OP << 8 | \
	PERF_COUNT_HW_CACHE_RESULT_##RESULT << 16)

static const struct event {
	const char *name;
	uint32_t type;
	uint64_t config;
} event_table[] = {
#define EVENT(NAME, TYPE, CONFIG) { NAME, TYPE, CONFIG },
#include "prov/cpc.def"
#undef EVENT
};
enum { NEVENT = sizeof(event_table) / sizeof(event_table[0]) };

static const struct {
	const char *name;
	bool no_user, no_kernel;
} mode_table[] = {
	{ "all", false, false }, { "user", false, true }, { "kernel", true, false },
};
enum { NMODE = sizeof(mode_table) / sizeof(mode_table[0]) };

static const char listed_mode[] = "all-1000000000";
enum { CLOCK_MIN_NS = 200000 };		/* as profile */

static bool
is_clock(const struct event *e)
{
	return e->type == PERF_TYPE_SOFTWARE && (e->config == PERF_COUNT_SW_CPU_CLOCK ||
	    e->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* 0, or why this machine does not count it. */
static int
try_event(const struct event *e)
{
	int fd = sysbpf_event_open(&(struct sysbpf_event){ .type = e->type, .config = e->config });

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* "cpu_cycles-user-1000" → its event, mode and count; NULL: no such name. */
static const struct event *
parse_name(const char *name, struct counter *c)
{
	char *end;

	for (size_t i = 0; i < NEVENT; i++) {
		const struct event *e = &event_table[i];
		size_t n = strlen(e->name);

		if (strncmp(name, e->name, n) != 0 || name[n] != '-')
			continue;
		for (size_t m = 0; m < NMODE; m++) {
			const char *mode = name + n + 1;
			size_t len = strlen(mode_table[m].name);

			if (strncmp(mode, mode_table[m].name, len) != 0 || mode[len] != '-' ||
			    mode[len + 1] < '0' || mode[len + 1] > '9')
				continue;
			errno = 0;
			*c = (struct counter){
				.period = strtoull(mode + len + 1, &end, 10), .is_everywhere = true,
				.event = { e->type, e->config, mode_table[m].no_user,
				    mode_table[m].no_kernel },
			};
			if (*end != '\0' || errno != 0 || c->period == 0 || c->period > INT64_MAX ||
			    (is_clock(e) && c->period < CLOCK_MIN_NS))
				return NULL;
			return e;
		}
	}
	return NULL;
}

static void
add(struct prov_env *env, const char *name)
{
	struct counter c, *copy;
	struct probe *p;

	if (parse_name(name, &c) == NULL)
		return;
	p = probe_add(env->probes, &provider_cpc, "cpc", "", "", name);
	if (p->nsite > 0)
		return;
	copy = arena_new(env->arena, struct counter);
	*copy = c;
	site_add(env->probes, p, NULL, copy);
}

static void
tell(struct prov_env *env, const struct pdesc *d, const char *event, int err)
{
	env->note(env->note_self, strcmp(d->prov, "cpc") == 0 ? 0 : 1,
	    "cpc: %s not available: %s", event, err == -ENOENT || err == -EOPNOTSUPP ?
	    "this machine has no counters for them" : strerror(-err));
}

static void
add_listed(struct prov_env *env, const struct pdesc *d)
{
	int missing = 0;

	for (size_t i = 0; i < NEVENT; i++) {
		const struct event *e = &event_table[i];
		const char *name = arena_printf(env->arena, "%s-%s", e->name, listed_mode);
		int err = glob_match(d->name, name) ? try_event(e) : -EAGAIN;

		if (err == 0)
			add(env, name);
		else if (err != -EAGAIN && e->type != PERF_TYPE_SOFTWARE)
			missing = err;
	}
	if (missing != 0)
		tell(env, d, "events of the processor are", missing);
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	const struct event *e;
	struct counter c;
	int err;

	if (d->id != 0 || !glob_match(d->prov, "cpc") || !glob_match(d->mod, "") ||
	    !glob_match(d->func, ""))
		return 0;
	if (*d->name == '\0' || glob_is_pattern(d->name)) {
		add_listed(env, d);
		return 0;
	}
	e = parse_name(d->name, &c);
	if (e == NULL)
		return 0;
	err = try_event(e);
	if (err == 0)
		add(env, d->name);
	else
		tell(env, d, arena_printf(env->arena, "%s is", e->name), err);
	return 0;
}

const struct provider provider_cpc = {
	.name = "cpc",
	.context = &counter_context,
	.list = list,
	.enter = counter_enter,
	.attach = counter_attach,
};
