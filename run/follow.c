/*
 * Objects that a target maps after we attached, and what it becomes by exec.
 *
 * The dynamic linker calls an empty function of its own, _dl_debug_state(), each time its list of
 * objects has changed, before any code of theirs runs (that is what debuggers stop at). A probe
 * there tells us to look at the process's mappings again. Where programs may sleep, the thread waits
 * in its program until we are there, 50 ms at most (follow_ir.c), and goes on from there into a pause
 * by ptrace, until what is new is armed. So no call is missed.
 *
 * The probe outlives an exec, if the new program has the same linker; for those that have another,
 * or none, exec itself is an event: the process is paused while we look.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "ir/regs.h"
#include "os/bpf.h"
#include "os/btf.h"
#include "os/elf.h"
#include "prov/uprobe.h"
#include "run/follow.h"
#include "run/session.h"

enum { FOLLOW_CHILDREN = 65536 };

/* Providers of processes end with a pid; without one, all that may match is there already. */
static bool
may_be_of_process(void *self, struct pdesc *d)
{
	const char *prov = d->prov;
	size_t n = strlen(prov);

	(void)self;
	return n > 0 && (glob_is_pattern(prov) || (prov[n - 1] >= '0' && prov[n - 1] <= '9'));
}

/* Does a program name probes that a process may map later? */
static bool
wants_follow(const struct dt *s)
{
	for (size_t i = 0; i < s->text.n; i++)
		if (match_any(s->text.v[i], may_be_of_process, NULL))
			return true;
	return false;
}

struct linker_search {
	struct dt *s;
	pid_t pid;
	struct follow_linker *found;
};

static bool
find_places(struct elf *elf, struct follow_linker *l)
{
	uint64_t addr, debug;

	if (elf_symbol_find(elf, "_dl_debug_state", &addr) != 0)
		return false;
	addr = elf_skip_endbr(elf, addr);
	/* struct r_debug: r_version, r_map, r_brk, r_state */
	if (elf_symbol_find(elf, "_r_debug", &debug) == 0 && debug > addr
	    && debug - addr < INT32_MAX - 24)
		l->state_distance = (int32_t)(debug + 24 - addr);
	return elf_file_offset(elf, addr, true, &l->site.off);
}

static int
find_linker(void *self, const struct proc_map *m)
{
	struct linker_search *search = self;
	const char *base = strrchr(m->path, '/');
	struct follow_linker *l;
	char why[256], path[4096];
	struct elf *elf;
	int fd;

	if (!m->is_exec || base == NULL || strncmp(base, "/ld", 3) != 0)
		return 0;
	fd = proc_open_map(search->pid, m);
	elf = fd >= 0 ? elf_open(fd, why, sizeof(why)) : NULL;
	if (fd >= 0)
		close(fd);
	if (elf == NULL)
		return 0;
	l = arena_new(&search->s->arena, struct follow_linker);
	l->site.pid = search->pid;
	if (find_places(elf, l) && proc_map_path(search->pid, m, path, sizeof(path)) == 0) {
		l->site.path = arena_strdup(&search->s->arena, path);
		search->found = l;
	}
	elf_free(elf);
	return search->found != NULL;
}

static const struct provider place_provider = {
	.name = "dtrace",
	.context = &uprobe_context,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
};

static const struct context hook_context = { .type = BPF_PROG_TYPE_RAW_TRACEPOINT };
static const struct provider hook_provider = { .name = "dtrace", .context = &hook_context };

/* Load a program of our own. gives: its group, with the site; NULL: session_error() was called. */
static struct group *
load_own(struct dt *s, const struct provider *provider, struct ir_prog *ir, bool can_sleep,
    const struct uprobe_site *place)
{
	struct group *g = arena_new(&s->arena, struct group);
	struct probe *probe = arena_new(&s->arena, struct probe);
	struct site *site = arena_new(&s->arena, struct site);

	*probe = (struct probe){ .provider = provider, .prov = "dtrace", .mod = "", .func = "",
	    .name = ir->name };
	*site = (struct site){ .probe = probe, .below = probe, .data = place };
	*g = (struct group){ .gen.name = ir->name, .gen.is_sleepable = can_sleep,
	    .provider = provider, .ir = ir };
	g->site.v = arena_new(&s->arena, struct site *);
	g->site.v[0] = site;
	g->site.n = 1;
	if (link_encode(s, g) < 0 || load_group(s, g) < 0)
		return NULL;
	vec_push(&s->own_fd, g->prog_fd);
	return g;
}

/* The cookie is what the program finds by bpf_get_attach_cookie(). */
static int
arm_place(struct dt *s, const struct group *g, const struct uprobe_site *place, uint32_t cookie)
{
	struct probe *probe = arena_new(&s->arena, struct probe);
	struct site *site = arena_new(&s->arena, struct site);
	int err;

	*probe = *g->site.v[0]->probe;
	probe->id = cookie;
	*site = (struct site){ .probe = probe, .data = place };
	err = uprobe_attach(&s->prov, &site, 1, g->prog_fd);
	return err == 0 ? 0 : session_error(s, err, "%s", s->prov.err);
}

int
follow_arm(struct dt *s, struct ir_prog *ir, bool can_sleep, const struct uprobe_site *place)
{
	const struct group *g = load_own(s, &place_provider, ir, can_sleep, place);

	return g != NULL ? arm_place(s, g, place, 0) : -1;
}

static bool
can_wait(struct dt *s)
{
	return feature_has(&s->features, FEATURE_UPROBE_SLEEP);
}

/* A process whose dynamic linker can't be found is traced all the same: as it is now. One that has
 * the linker that it had before is armed already. */
static int
arm_linker(struct dt *s, pid_t pid)
{
	struct linker_search l = { .s = s, .pid = pid };
	char key[128];
	struct stat st;

	proc_each_map(pid, find_linker, &l);
	if (l.found == NULL || stat(l.found->site.path, &st) != 0)
		return 0;
	if (s->prov.follows)
		l.found->site.pid = 0;		/* the program asks who it is */
	snprintf(key, sizeof(key), "follow %d %jx %ju", l.found->site.pid,
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	if (map_get(&s->prov.cache, key) != NULL)
		return 0;
	map_put(&s->prov.cache, arena_strdup(&s->arena, key), l.found);
	if (s->linker_group == NULL)
		s->linker_group = load_own(s, &place_provider,
		    follow_maps_program(s, can_wait(s)), can_wait(s), &l.found->site);
	return s->linker_group == NULL ? -1
	    : arm_place(s, s->linker_group, &l.found->site, (uint32_t)l.found->state_distance);
}

int
follow_hook(struct dt *s, const char *name, struct ir_prog *ir)
{
	struct group *g = load_own(s, &hook_provider, ir, false, NULL);
	int fd = g != NULL ? sysbpf_link_raw_tp(g->prog_fd, name, 0) : -1;

	if (fd >= 0)
		vec_push(&s->prov.link, fd);
	return g == NULL ? -1 : fd >= 0 ? 0
	    : session_error(s, fd, "cannot follow processes by %s: %s", name, strerror(-fd));
}

static int
arm_fork(struct dt *s)
{
	struct btf_member_query task[] = { { "tgid", 0 }, { "signal", 0 } };
	struct btf_member_query signal = { "live", 0 };
	struct follow_task off;

	btf_member_offsets("task_struct", task, 2);
	btf_member_offsets("signal_struct", &signal, 1);
	off = (struct follow_task){ task[0].off, task[1].off, signal.off };
	if (off.tgid == 0 || off.signal == 0 || off.live == 0)
		return session_error(s, -ENOTSUP, "-x follow needs the kernel's types (BTF)");
	return follow_hook(s, "sched_process_fork", follow_fork_program(s, &off)) < 0
	    || follow_hook(s, "sched_process_exit", follow_exit_program(s, &off)) < 0 ? -1 : 0;
}

int
follow_maps(struct dt *s)
{
	const struct sysbpf_map events = { .type = BPF_MAP_TYPE_ARRAY, .name = "follow",
	    .key_bytes = 4, .value_bytes = FOLLOW_BYTES, .max_entries = 1,
	    .flags = BPF_F_MMAPABLE };
	const struct sysbpf_map children = { .type = BPF_MAP_TYPE_HASH, .name = "children",
	    .key_bytes = 4, .value_bytes = 4, .max_entries = FOLLOW_CHILDREN,
	    .flags = BPF_F_NO_PREALLOC };
	void *p;

	if (s->target.n == 0 || !wants_follow(s))
		return 0;
	if (load_map(s, follow_map(s), &events) < 0
	    || (s->prov.follows && load_map(s, follow_map(s) + 1, &children) < 0))
		return -1;
	p = mmap(NULL, FOLLOW_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    s->map_fd.v[follow_map(s)], 0);
	if (p == MAP_FAILED)
		return session_error(s, -errno, "cannot map what processes tell: %s",
		    strerror(errno));
	s->follow = p;
	return 0;
}

int
follow_start(struct dt *s)
{
	if (s->follow == NULL)
		return 0;
	if ((s->prov.follows && arm_fork(s) < 0)
	    || follow_hook(s, "sched_process_exec", follow_exec_program(s)) < 0)
		return -1;
	for (size_t i = 0; i < s->target.n; i++)
		if (arm_linker(s, s->target.v[i].pid) < 0)
			return -1;
	return 0;
}

static uint64_t *
word(struct dt *s, int off)
{
	return (uint64_t *)(void *)(s->follow + off);
}

void
follow_stop(struct dt *s)
{
	if (s->follow != NULL)
		__atomic_store_n(word(s, FOLLOW_answered), UINT64_MAX, __ATOMIC_RELEASE);
}

void
follow_free(struct dt *s)
{
	for (size_t i = 0; i < s->paused.n; i++)
		(void)proc_resume(&s->paused.v[i]);
	vec_fini(&s->paused);
	if (s->follow != NULL)
		munmap(s->follow, FOLLOW_BYTES);
}

static void
list_process(struct dt *s, pid_t pid)
{
	s->prov.only = pid;
	match_list_again(s);
	s->prov.only = 0;
}

/* Its word is taken back, so that it is new when the place is used again; 0: not known, because it
 * is not written yet, or over another. */
static uint64_t
take_event(struct dt *s, uint64_t n)
{
	uint64_t *slot = word(s, FOLLOW_event + 8 * (int)(n % FOLLOW_SLOTS)), event = 0;

	for (int i = 0; event == 0 && i < 1000; i++)	/* it is about to be written */
		event = __atomic_exchange_n(slot, 0, __ATOMIC_ACQ_REL);
	return event;
}

static bool
pause_thread(struct dt *s, uint64_t event)
{
	const pid_t tid = (pid_t)(event & ~FOLLOW_EXEC & UINT32_MAX);
	struct proc_pause p;

	for (size_t i = 0; i < s->paused.n; i++)
		if (s->paused.v[i].tid == tid)
			return true;
	if (event == 0 || proc_pause(&p, tid) < 0)
		return false;
	vec_push(&s->paused, p);
	return true;
}

/*
 * Who has become another program is stopped as early as we can. Who waits in our program goes on
 * from there into a pause, where he sleeps: what follows may take long, and takes longer while he
 * turns round and round. If that is not possible for all, they go on waiting.
 */
static void
pause_all(struct dt *s, const uint64_t *event, uint64_t n, uint64_t asked)
{
	bool all = true;

	for (uint64_t i = 0; i < n; i++)
		all &= pause_thread(s, event[i]) || (event[i] & FOLLOW_EXEC) != 0;
	if (all)
		__atomic_store_n(word(s, FOLLOW_answered), asked, __ATOMIC_RELEASE);
}

/* Look at the processes that have told of something since then: at each once. */
static int
take_events(struct dt *s, uint64_t n, uint64_t asked)
{
	const uint64_t answered = *word(s, FOLLOW_answered);
	uint64_t event[FOLLOW_SLOTS];

	for (uint64_t i = 0; i < n; i++)
		event[i] = take_event(s, answered + i);
	pause_all(s, event, n, asked);
	for (uint64_t i = 0; i < n; i++) {
		const uint64_t pid = event[i] >> 32;
		bool comes_again = false;

		for (uint64_t k = i + 1; k < n && !comes_again; k++)
			comes_again = event[k] >> 32 == pid;
		if ((event[i] & FOLLOW_EXEC) != 0 && arm_linker(s, (pid_t)pid) < 0)
			return -1;
		if (pid == 0)
			match_list_again(s);
		else if (!comes_again)
			list_process(s, (pid_t)pid);
	}
	return 0;
}

static int
arm_new(struct dt *s, uint32_t first)
{
	match_enable_new(s, first);
	/* names first: a probe fires as soon as it is armed */
	return load_probe_names(s, first) < 0 || link_groups(s) < 0 || trace_arm(s) < 0
	    || hold_update(s) < 0 ? -1 : 0;
}

static void
let_go(struct dt *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->paused.n; i++)
		if (!proc_resume(&s->paused.v[i]))
			s->paused.v[n++] = s->paused.v[i];
	s->paused.n = n;
}

/* Those who waited in vain went on without our having armed what they mapped. */
static void
tell_late(struct dt *s)
{
	uint64_t late = *word(s, FOLLOW_late);

	if (late > s->nlate)
		s->prov.note(s->prov.note_self, 0, "%" PRIu64 " time%s a process mapped objects and "
		    "went on before their probes were armed", late - s->nlate,
		    late - s->nlate == 1 ? "" : "s");
	s->nlate = late;
}

int
follow_update(struct dt *s)
{
	const uint32_t first = s->probes.n + 1, nsite = s->probes.nsite;
	uint64_t asked = 0, n = 0;
	int err = 0;

	if (s->follow != NULL) {
		asked = __atomic_load_n(word(s, FOLLOW_asked), __ATOMIC_ACQUIRE);
		n = asked - *word(s, FOLLOW_answered);
		if (n > FOLLOW_SLOTS) {		/* some are written over */
			n = FOLLOW_SLOTS;
			match_list_again(s);
		}
	}
	if (n > 0)
		err = take_events(s, n, asked);
	watch_read(s);
	if (err == 0 && s->probes.nsite != nsite)
		err = arm_new(s, first);
	if (s->follow != NULL) {
		__atomic_store_n(word(s, FOLLOW_answered), asked, __ATOMIC_RELEASE);
		let_go(s);
		tell_late(s);
	}
	return err;
}
