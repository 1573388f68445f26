/*
 * A compiled session runs: load, arm, BEGIN, consume, disarm, END. Probes are armed before BEGIN
 * runs, but their clauses only start when it has ended (rec/state.h: CONTROL_active).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lang/builtin.h"
#include "os/bpf.h"
#include "os/btf.h"
#include "run/session.h"

/* How long a round waits: while data flow, long enough to be cheap and short enough not to fill
 * the ring; when idle, short enough for a person. */
enum { NAP_MS = 10, IDLE_MS = 100 };

static uint64_t
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
set_active(struct dt *s, uint32_t how)
{
	__atomic_store_n((uint32_t *)(void *)(s->control + CONTROL_active), how,
	    __ATOMIC_RELEASE);
}

/* -------------------------------------------------------------- compile to BPF */

bool
trace_uses(const struct dt *s, bool (*is)(const struct node *, const void *))
{
	for (size_t i = 0; i < s->text.n; i++)
		if (node_any(s->text.v[i]->program->clause, is, NULL))
			return true;
	return false;
}

/* Is it read from the kernel's struct task_struct? */
static bool
reads_task(const struct node *n, const void *arg)
{
	(void)arg;
	return (n->kind == NODE_BUILTIN && (n->bvar == BV_EXECNAME || n->bvar == BV_PPID))
	    || (n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC
	    && n->fn->id == BF_PROGENYOF);
}

static bool
is_destructive(const struct node *n, const void *arg)
{
	(void)arg;
	return n->kind == NODE_CALL && (n->fn->flags & ACT_DESTRUCTIVE);
}

/* Pids are those of our own PID namespace; the helper for that is only needed outside the
 * initial one, whose inode number is fixed (PROC_PID_INIT_INO). */
static void
set_pid_namespace(struct gen_opts *o)
{
	enum { PID_INIT_INO = 0xEFFFFFFC };
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) == 0 && st.st_ino != PID_INIT_INO) {
		o->pidns_dev = st.st_dev;
		o->pidns_ino = st.st_ino;
	}
}

static uint32_t
max_frames(const struct options *o)
{
	int64_t n = options_get(o, OPT_MAXFRAMES);

	return n < STACK_FRAMES_MAX ? (uint32_t)n : STACK_FRAMES_MAX;
}

static int
make_gen(struct dt *s)
{
	struct gen_opts o = {
		.strsize = (uint32_t)options_get(&s->options, OPT_STRSIZE),
		.scratchsize = (uint32_t)options_get(&s->options, OPT_SCRATCHSIZE),
		.ncpu = s->ncpu,
		.nspec = (uint32_t)options_get(&s->options, OPT_NSPEC),
		.printsize = (uint32_t)options_get(&s->options, OPT_PRINTSIZE),
		.maxframes = max_frames(&s->options),
		.only_cpu = (uint32_t)(options_get(&s->options, OPT_CPU) + 1),	/* unset: -1 */
		.quiet = options_on(&s->options, OPT_QUIET)
		    && !options_on(&s->options, OPT_FLOWINDENT),
		.ring_bytes = (uint32_t)s->ring_bytes,
		.wall_offset_ns = (int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC)),
	};
	struct program **program = arena_alloc(&s->arena, (s->text.n + 1) * sizeof(*program));

	if (s->scope.n[VAR_SELF] > 0)
		o.has_task_storage = feature_has(&s->features, FEATURE_TASK_STORAGE);
	if (getrandom(&o.seed, sizeof(o.seed), 0) != sizeof(o.seed))
		return session_error(s, -errno, "cannot get a random number: %s", strerror(errno));
	set_pid_namespace(&o);
	/* Kernel types are read only for what needs them: it takes milliseconds. */
	if (trace_uses(s, reads_task)) {
		struct btf_member_query q[] = {
			{ "group_leader", 0 }, { "comm", 0 }, { "real_parent", 0 }, { "tgid", 0 },
		};

		btf_member_offsets("task_struct", q, 4);
		o.task_group_leader = q[0].off;
		o.task_comm = q[1].off;
		o.task_real_parent = q[2].off;
		o.task_tgid = q[3].off;
	}
	for (size_t i = 0; i < s->text.n; i++)
		program[i] = s->text.v[i]->program;
	python_offsets(s, &o);
	unwind_offsets(s, &o);
	s->gen = gen_new(&s->arena, &o, &s->scope, &s->types, program, (uint32_t)s->text.n);
	return 0;
}

int
trace_generate(struct dt *s)
{
	const struct enabling *e;

	if (s->gen != NULL)
		return 0;	/* a dump came before */
	if (s->ring_bytes == 0)
		s->ring_bytes = load_ring_bytes(s);
	e = s->probes.n >= PROBE_ERROR ? match_enabling(s, PROBE_ERROR) : NULL;
	if (e != NULL) {
		s->error_clause = e->clause;
		s->nerror_clause = e->n;
	}
	return make_gen(s) < 0 ? -1 : link_groups(s);
}

static int
make_consumer(struct dt *s)
{
	const struct rec **rec = arena_alloc(&s->arena, (s->nclause + 1) * sizeof(*rec));
	const struct aggr_source source = aggr_map_source(s);

	for (uint32_t i = 0; i < s->gen->nclause; i++)
		rec[i] = &s->gen->clause[i].rec;
	s->ring = ring_new(s->map_fd.v[MAP_RING], s->ring_bytes, s->map_fd.v[MAP_STATE],
	    s->ncpu * STATE_LEVELS, s->gen->layout.bytes);
	if (s->ring == NULL)
		return session_error(s, -errno, "cannot map the ring buffer: %s", strerror(errno));
	s->show = show_new(&s->options, s->ksyms, s->target.n > 0 ? s->target.v[0].pid : 0);
	s->aggrs = aggrs_new(&source, &s->options, s->show);
	s->consumer = consumer_new(&(struct consume_env){
		.rec = rec, .nrec = s->gen->nclause, .probes = &s->probes,
		.options = &s->options, .aggrs = s->aggrs, .show = s->show,
		.out = s->out, .err = s->errf,
		.is_testing = s->is_testing,
		.process_met = unwind_met, .python_met = python_met,
		.python_exec = python_exec, .self = s,
	});
	status_init(&s->status, s->ncpu);
	return 0;
}

/* What a round waits for. The ring is edge-triggered: programs wake us when it fills or when a
 * record is urgent, not for each record. */
static int
make_epoll(struct dt *s)
{
	struct epoll_event ring = { .events = EPOLLIN | EPOLLET };
	struct epoll_event pid = { .events = EPOLLIN | EPOLLONESHOT };
	int err;

	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0)
		return session_error(s, -errno, "cannot wait for events: %s", strerror(errno));
	vec_push(&s->own_fd, s->epoll_fd);
	err = epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->map_fd.v[MAP_RING], &ring);
	for (size_t i = 0; i < s->target.n && err == 0; i++)
		err = epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->target.v[i].pidfd, &pid);
	if (err == 0)
		err = watch_wake(s);
	return err == 0 ? 0
	    : session_error(s, -errno, "cannot wait for events: %s", strerror(errno));
}

/* ------------------------------------------------------------------------- arm */

/* Arm the sites of a group that are not armed yet. */
static int
arm_group(struct dt *s, struct group *g, size_t *narmed)
{
	struct site **site = arena_alloc(&s->arena, (g->site.n + 1) * sizeof(*site));
	size_t n = 0;
	int err;

	for (size_t i = 0; i < g->site.n; i++)
		if (!g->site.v[i]->is_armed && g->site.v[i]->refused == NULL)
			site[n++] = g->site.v[i];
	if (n == 0)
		return 0;
	err = g->provider->context->is_targeted ? load_targets(s, g, site, n)
	    : g->provider->attach(&s->prov, site, n, g->prog_fd);
	if (err < 0)
		return session_error(s, err, "Failed to enable %s:%s:%s:%s: %s",
		    site[0]->probe->prov, site[0]->probe->mod, site[0]->probe->func,
		    site[0]->probe->name, s->prov.err);
	for (size_t i = 0; i < n; i++)
		*narmed += !g->provider->context->is_run && site[i]->is_armed;
	return 0;
}

/* Load what is not loaded, arm what is not armed. requires: link_groups(). */
int
trace_arm(struct dt *s)
{
	const struct site *site = NULL;		/* the first that is to be armed */
	size_t narmed = 0;

	prov_allow_fds(&s->prov, 3 * s->group.n);	/* types, a program, a link */
	for (size_t i = 0; i < s->group.n; i++) {
		struct group *g = s->group.v[i];

		if (link_encode(s, g) < 0)
			return -1;
		if (g->prog_fd < 0 && !g->provider->context->is_targeted && load_group(s, g) < 0)
			return -1;
		if (arm_group(s, g, &narmed) < 0)
			return -1;
		if (!g->provider->context->is_run && site == NULL)
			site = g->site.v[0];
	}
	if (narmed == 0 && site != NULL && !s->is_running)
		return session_error(s, -EINVAL, "Failed to enable %s:%s:%s:%s: %s",
		    site->probe->prov, site->probe->mod, site->probe->func, site->probe->name,
		    site->refused != NULL ? site->refused : "no site could be armed");
	return 0;
}

static int
run_special(struct dt *s, uint32_t probe)
{
	int err = 0;

	set_active(s, CONTROL_SPECIAL);
	for (size_t i = 0; i < s->group.n && err == 0; i++)
		if (s->group.v[i]->probe == probe)
			err = sysbpf_prog_run(s->group.v[i]->prog_fd);
	if (err < 0)
		return session_error(s, err, "cannot run dtrace:::%s: %s",
		    probe == PROBE_BEGIN ? "BEGIN" : "END", strerror(-err));
	return 0;
}

static bool
is_active(const struct dt *s)
{
	return __atomic_load_n((const uint32_t *)(const void *)(s->control + CONTROL_active),
	    __ATOMIC_ACQUIRE) != CONTROL_NONE;
}

static int
check_destructive(struct dt *s)
{
	if (options_on(&s->options, OPT_DESTRUCTIVE) || !trace_uses(s, is_destructive))
		return 0;
	return session_error(s, -EPERM, "Destructive actions not allowed");
}

static int
check_records(struct dt *s)
{
	int64_t room = options_get(&s->options, OPT_BUFSIZE);

	for (uint32_t i = 0; i < s->gen->nclause; i++)
		if (s->gen->clause[i].rec.bytes > room)
			return session_error(s, -ENOSPC, "Enabling exceeds size of buffer");
	return 0;
}

int
dt_go(struct dt *s)
{
	if (check_destructive(s) < 0 || load_ring(s) < 0 || trace_generate(s) < 0
	    || check_records(s) < 0 || load_maps(s) < 0 || follow_maps(s) < 0 || make_consumer(s) < 0
	    || make_epoll(s) < 0 || trace_arm(s) < 0 || hold_update(s) < 0
	    || python_start(s) < 0 || unwind_start(s) < 0 || follow_start(s) < 0
	    || run_special(s, PROBE_BEGIN) < 0)
		return -1;
	s->is_running = true;
	s->last_status_ns = s->last_read_ns = clock_ns(CLOCK_MONOTONIC);
	if (is_active(s))	/* BEGIN did not exit() */
		set_active(s, CONTROL_ALL);
	for (size_t i = 0; i < s->target.n; i++)
		if (s->target.v[i].is_held && proc_continue(&s->target.v[i]) < 0)
			return session_error(s, -errno, "cannot start process %d: %s",
			    (int)s->target.v[i].pid, strerror(errno));
	return 0;
}

/* --------------------------------------------------------------------- consume */

static int
take(void *self, const void *data, size_t bytes)
{
	struct dt *s = self;
	int status = 0;
	int r = consume(s->consumer, data, bytes, &status);

	if (r == 1) {
		s->exit_status = status;
		s->is_done = true;
	}
	return r < 0 ? r : 0;
}

static int
read_ring(struct dt *s, bool is_last)
{
	int err;

	s->last_read_ns = clock_ns(CLOCK_MONOTONIC);
	err = ring_read(s->ring, is_last, take, s, &s->last_taken);
	if (err < 0)
		return session_error(s, err, "processing aborted: a record that no clause sends");
	err = consumer_flush(s->consumer);
	if (err < 0)
		return session_error(s, err, "failed to write to output: %s", strerror(-err));
	return 0;
}

static void
report_drops(struct dt *s)
{
	status_report(&s->status, (const uint64_t *)(const void *)(s->control + CONTROL_drops),
	    consumer_spec_drops(s->consumer), options_on(&s->options, OPT_DROPTAGS), s->errf);
}

static bool
targets_ended(const struct dt *s)
{
	for (size_t i = 0; i < s->target.n; i++)
		if (!proc_has_ended(&s->target.v[i]))
			return false;
	return s->target.n > 0;
}

/* Of the time that switchrate wants between two readings; at most a second, for what else there is
 * to look at. */
static int64_t
left_of(const struct dt *s, int64_t switchrate)
{
	const int64_t second = 1000000000;
	int64_t left = switchrate - (int64_t)(clock_ns(CLOCK_MONOTONIC) - s->last_read_ns);

	return left < 0 ? 0 : left < second ? left : second;
}

/* Wait until the ring wakes us, a signal comes, a target ends, or the time is over. */
static void
wait_round(struct dt *s)
{
	struct epoll_event ev;
	int64_t switchrate = options_get(&s->options, OPT_SWITCHRATE);
	int ms = s->last_taken > 0 ? NAP_MS : IDLE_MS;
	sigset_t blocked, open;

	if (switchrate > 0)
		ms = (int)(left_of(s, switchrate) / 1000000) + 1;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	open = blocked;
	sigdelset(&open, SIGINT);
	sigdelset(&open, SIGTERM);
	/* else the ring fills faster than we nap */
	if (switchrate > 0 || s->last_taken <= s->ring_bytes / 8)
		(void)epoll_pwait(s->epoll_fd, &ev, 1, ms, &open);
	/* A wait that was not needed, or found something ready, has let no signal in. */
	sigprocmask(SIG_SETMASK, &open, NULL);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

int
dt_work(struct dt *s)
{
	uint64_t now;

	wait_round(s);
	if (s->interrupts > 0)
		return DT_DONE;
	s->is_done |= targets_ended(s);		/* looked at before the last data is taken */
	if ((s->is_done || left_of(s, options_get(&s->options, OPT_SWITCHRATE)) == 0)
	    && read_ring(s, false) < 0)
		return -1;
	unwind_update(s);
	if (follow_update(s) < 0)
		return -1;
	now = clock_ns(CLOCK_MONOTONIC);
	if (now - s->last_status_ns >= (uint64_t)options_get(&s->options, OPT_STATUSRATE)) {
		report_drops(s);
		s->last_status_ns = now;
	}
	return s->is_done ? DT_DONE : 0;
}

/* ------------------------------------------------------------------------ stop */

/* Firings that began before the end may still send their record: wait for them, not for ever. */
static void
settle(struct dt *s)
{
	const struct timespec ms = { 0, 1000000 };

	for (int i = 0; i < 200 && ring_is_busy(s->ring); i++)
		nanosleep(&ms, NULL);
}

static int
print_rest(struct dt *s)
{
	const struct var **aggr = arena_alloc(&s->arena,
	    (s->scope.n[VAR_AGGR] + 1) * sizeof(*aggr));
	struct buf b = BUF_INIT;
	uint32_t n = 0;
	int err;

	for (const struct var *v = s->scope.first; v != NULL; v = v->next)
		if (v->scope == VAR_AGGR)
			aggr[n++] = v;
	err = aggrs_print_rest(s->aggrs, &b, aggr, n);
	fwrite(buf_str(&b), 1, b.n, s->out);
	buf_fini(&b);
	if (err < 0)
		return session_error(s, err, "failed to print aggregations: %s", strerror(-err));
	return fflush(s->out) == 0 ? 0
	    : session_error(s, -errno, "failed to write to output: %s", strerror(errno));
}

/*
 * The order is DTrace's: stop, END, what remains, an empty line, aggregations. A newline comes
 * first after an interrupt; a second interrupt abandons data and aggregations.
 */
int
dt_stop(struct dt *s)
{
	if (!s->is_running)
		return 0;
	if (s->interrupts > 0 && !s->is_testing)
		fputc('\n', s->out);
	set_active(s, CONTROL_NONE);
	follow_stop(s);
	disarm(s);
	settle(s);
	s->is_running = false;
	if (s->interrupts > 1)
		return 0;
	if (run_special(s, PROBE_END) < 0)
		return -1;
	set_active(s, CONTROL_NONE);
	if (read_ring(s, true) < 0)
		return -1;
	report_drops(s);
	fputc('\n', s->out);
	return print_rest(s);
}
