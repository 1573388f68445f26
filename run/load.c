/*
 * Maps and programs into the kernel. A program that the verifier refuses is explained: the D
 * line, its reason, and under -v the end of its log.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "rec/aggr.h"
#include "run/session.h"
#include "run/ways.h"

enum { LOG_BYTES = 1 << 20, RING_MAX_BYTES = 128 << 20, PROBE_SLACK = 256 };

static uint32_t
clamp_entries(int64_t bytes, uint32_t each, uint32_t times)
{
	uint64_t n = (uint64_t)bytes / each * times;

	return n < 1 ? 1 : n > 1 << 24 ? 1 << 24 : (uint32_t)n;
}

/* One ring for all CPUs, as large as their buffers together; a power of two, whole pages. */
size_t
load_ring_bytes(const struct dt *s)
{
	uint64_t want = (uint64_t)options_get(&s->options, OPT_BUFSIZE) * s->ncpu;
	size_t n = (size_t)sysconf(_SC_PAGESIZE);

	while (n < want && n < RING_MAX_BYTES)
		n *= 2;
	return n;
}

static void
map_set(struct dt *s, int number, int fd)
{
	while (s->map_fd.n <= (size_t)number)
		vec_push(&s->map_fd, -1);
	s->map_fd.v[number] = fd;
}

int
load_map(struct dt *s, int number, const struct sysbpf_map *m)
{
	int fd = sysbpf_map_new(m);

	if (fd < 0)
		return session_error(s, fd, "cannot create BPF map '%s' (%u entries of %u bytes): %s",
		    m->name, m->max_entries, m->key_bytes + m->value_bytes, strerror(-fd));
	map_set(s, number, fd);
	return 0;
}

/* "dtrace: buffer size lowered to 1m": of each CPU. */
static void
tell_lowered(const struct dt *s)
{
	uint64_t bytes = s->ring_bytes / s->ncpu;
	const char *unit = "";

	for (const char *u = "kmgt"; *u != '\0' && bytes % 1024 == 0; u++, bytes /= 1024)
		unit = u;
	if (options_on(&s->options, OPT_QUIETRESIZE))
		return;
	if (*unit == '\0')
		fprintf(s->errf, "dtrace: buffer size lowered to %" PRIu64 " bytes\n", bytes);
	else
		fprintf(s->errf, "dtrace: buffer size lowered to %" PRIu64 "%c\n", bytes, *unit);
}

/* As large as there is memory for. A limit of our own is told only to who asked for more. */
int
load_ring(struct dt *s)
{
	const int64_t bufsize = options_get(&s->options, OPT_BUFSIZE);
	size_t want = s->ring_bytes = load_ring_bytes(s);
	struct sysbpf_map ring = { .type = BPF_MAP_TYPE_RINGBUF, .name = "ring" };
	int fd;

	for (;; s->ring_bytes /= 2) {
		ring.max_entries = (uint32_t)s->ring_bytes;
		fd = sysbpf_map_new(&ring);
		if (fd != -ENOMEM || s->ring_bytes <= (size_t)sysconf(_SC_PAGESIZE))
			break;
	}
	if (fd < 0)
		return session_error(s, fd, "cannot create the ring buffer (%zu bytes): %s",
		    s->ring_bytes, strerror(-fd));
	map_set(s, MAP_RING, fd);
	if (s->ring_bytes < want || (s->ring_bytes < (uint64_t)bufsize * s->ncpu
	    && bufsize != option_table[OPT_BUFSIZE].def))
		tell_lowered(s);
	return 0;
}

/* Thread-locals: one value for all of them, in the task, or in a hash keyed by thread. */
static int
map_make_self(struct dt *s)
{
	struct sysbpf_map m = {
		.type = BPF_MAP_TYPE_HASH, .name = "self", .key_bytes = 8,
		.value_bytes = s->gen->self_bytes, .flags = BPF_F_NO_PREALLOC,
		.max_entries = clamp_entries(options_get(&s->options, OPT_DYNVARSIZE),
		    s->gen->self_bytes + 8, 1),
	};

	if (s->gen->opts.has_task_storage) {
		struct btf_blob b = funcinfo_map_btf(&s->arena, s->gen->self_bytes);
		int btf = sysbpf_btf_load(b.data, b.bytes);

		if (btf < 0)
			return session_error(s, btf, "cannot load BTF of thread-local variables: %s",
			    strerror(-btf));
		vec_push(&s->own_fd, btf);
		m.type = BPF_MAP_TYPE_TASK_STORAGE;
		m.key_bytes = 4;
		m.max_entries = 0;
		m.btf_fd = btf;
		m.btf_key_type = b.key_type;
		m.btf_value_type = b.value_type;
	}
	return load_map(s, MAP_SELF, &m);
}

/* The names of probes, for clauses that use them as values; probes that appear later fit in
 * the slack, or fault. */
static int
map_make_probe(struct dt *s)
{
	const struct sysbpf_map m = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "probe", .key_bytes = 4,
		.value_bytes = PROBE_ENTRY_BYTES, .max_entries = 2 * s->probes.n + PROBE_SLACK,
	};
	int err = load_map(s, MAP_PROBE, &m);

	s->nprobe_name = m.max_entries;
	return err < 0 ? err : load_probe_names(s, 1);
}

int
load_probe_names(struct dt *s, uint32_t first)
{
	if (!s->gen->uses_probe_names)
		return 0;
	for (uint32_t id = first; id <= s->probes.n; id++) {
		const struct probe *p = s->probes.probe[id - 1];
		const char *name[] = { p->prov, p->mod, p->func, p->name };
		char entry[PROBE_ENTRY_BYTES] = "";
		int err;

		if (match_enabling(s, id)->n == 0)
			continue;
		if (id >= s->nprobe_name) {
			s->prov.note(s->prov.note_self, 0, "clauses can't see the names of probes "
			    "from number %u on: they were found after the start", id);
			return 0;
		}
		if (p->family != NULL)
			name[0] = p->family;
		entry[PROBE_IS_FAMILY] = p->family != NULL;
		for (int i = 0; i < 4; i++)
			snprintf(entry + i * PROBE_NAME_BYTES, PROBE_NAME_BYTES - 1, "%s", name[i]);
		err = sysbpf_map_update(s->map_fd.v[MAP_PROBE], &id, entry);
		if (err < 0)
			return session_error(s, err, "cannot store the name of probe %u: %s", id,
			    strerror(-err));
	}
	return 0;
}

/* For each group that has a table, the probe id of each site at its number. */
static int
map_make_table(struct dt *s)
{
	const struct sysbpf_map m = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "table", .key_bytes = 4,
		.value_bytes = s->ntable * GEN_TABLE_BYTES, .max_entries = 1,
	};
	_Static_assert(GEN_TABLE_BYTES == SITE_NUMBERS * sizeof(uint32_t), "a row per number");
	uint32_t *table = arena_alloc(&s->arena, m.value_bytes), zero = 0;
	int err = load_map(s, gen_table_map(s->gen), &m);

	for (size_t i = 0; i < s->group.n; i++) {
		const struct group *g = s->group.v[i];

		for (size_t j = 0; g->gen.which != NULL && j < g->site.n; j++)
			table[g->gen.table * SITE_NUMBERS + g->site.v[j]->number] =
			    g->site.v[j]->probe->id;
	}
	if (err == 0)
		err = sysbpf_map_update(s->map_fd.v[gen_table_map(s->gen)], &zero, table);
	return err;
}

static int
map_make_gen(struct dt *s, uint32_t i)
{
	const struct gen_map *g = &s->gen->map[i];
	const bool is_aggr = g->kind == GEN_MAP_AGGR;
	const bool is_array = is_aggr && aggr_form(g->var) == AGGR_BY_CPU;
	int64_t bytes = options_get(&s->options, is_aggr ? OPT_AGGSIZE : OPT_DYNVARSIZE);
	char name[16];
	const struct sysbpf_map m = {
		.type = is_array ? BPF_MAP_TYPE_ARRAY : BPF_MAP_TYPE_HASH, .name = name,
		.key_bytes = g->key_bytes, .value_bytes = g->value_bytes,
		.max_entries = is_array ? s->ncpu : clamp_entries(bytes,
		    g->key_bytes + g->value_bytes, is_aggr ? s->ncpu : 1),
		.flags = is_array ? 0 : BPF_F_NO_PREALLOC,
	};

	snprintf(name, sizeof(name), "%s%u", is_aggr ? "aggr" : "assoc", i);
	return load_map(s, MAP_FIRST + (int)i, &m);
}

/* Each state entry carries its own index: programs hand it to their routines. */
static int
number_states(struct dt *s)
{
	uint32_t n = s->ncpu * STATE_LEVELS;
	size_t bytes = (size_t)n * s->gen->layout.bytes;
	uint8_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
	    s->map_fd.v[MAP_STATE], 0);

	if (p == MAP_FAILED)
		return session_error(s, -errno, "cannot map the state of programs: %s",
		    strerror(errno));
	for (uint32_t i = 0; i < n; i++)
		memcpy(p + (size_t)i * s->gen->layout.bytes + STATE_level, &i, sizeof(i));
	munmap(p, bytes);
	return 0;
}

static int
map_control(struct dt *s)
{
	void *p;

	s->control_bytes = control_bytes(s->ncpu, s->gen->opts.nspec);
	p = mmap(NULL, s->control_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
	    s->map_fd.v[MAP_CONTROL], 0);
	if (p == MAP_FAILED)
		return session_error(s, -errno, "cannot map the control record: %s", strerror(errno));
	s->control = p;
	return 0;
}

/* requires: gen_finish(). */
int
load_maps(struct dt *s)
{
	const struct gen *g = s->gen;
	const struct sysbpf_map state = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "state", .key_bytes = 4,
		.value_bytes = g->layout.bytes, .max_entries = s->ncpu * STATE_LEVELS,
		.flags = BPF_F_MMAPABLE,
	};
	const struct sysbpf_map control = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "control", .key_bytes = 4,
		.value_bytes = control_bytes(s->ncpu, g->opts.nspec), .max_entries = 1,
		.flags = BPF_F_MMAPABLE,
	};
	const struct sysbpf_map global = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "global", .key_bytes = 4,
		.value_bytes = g->global_bytes, .max_entries = 1,
	};

	if (load_map(s, MAP_STATE, &state) < 0 || load_map(s, MAP_CONTROL, &control) < 0
	    || (g->global_bytes > 0 && load_map(s, MAP_GLOBAL, &global) < 0)
	    || (g->self_bytes > 0 && map_make_self(s) < 0)
	    || (g->uses_probe_names && map_make_probe(s) < 0)
	    || (s->ntable > 0 && map_make_table(s) < 0)
	    || ways_make_map(s) < 0 || unwind_make_maps(s) < 0
	    || python_make_maps(s) < 0)
		return -1;
	for (uint32_t i = 0; i < g->nmap; i++)
		if (map_make_gen(s, i) < 0)
			return -1;
	return number_states(s) < 0 ? -1 : map_control(s);
}

static struct bpf_insn *
relocate(struct dt *s, const struct bpf_code *c)
{
	struct bpf_insn *insn = arena_alloc(&s->arena, c->ninsn * sizeof(*insn));

	memcpy(insn, c->insn, c->ninsn * sizeof(*insn));
	for (uint32_t i = 0; i < c->nreloc; i++)
		insn[c->reloc[i].insn].imm = s->map_fd.v[c->reloc[i].map];
	return insn;
}

/* The last line of the verifier's log that says why, not the statistics after it. */
static const char *
log_reason(struct arena *a, const char *log)
{
	const char *best = "", *line = log;
	size_t len = 0;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");
		bool is_noise = n == 0 || strncmp(line, "processed ", 10) == 0
		    || strncmp(line, "verification time", 17) == 0
		    || strncmp(line, "stack depth", 11) == 0;

		if (!is_noise) {
			best = line;
			len = n;
		}
		line += n + (line[n] == '\n');
	}
	return arena_strndup(a, best, len);
}

/* The D line of the last instruction that the log mentions ("123: (85) call …"). */
static uint32_t
log_line(const struct bpf_code *c, const char *log)
{
	uint32_t line = 0;

	for (const char *p = log; p != NULL && *p != '\0'; p = strchr(p, '\n')) {
		char *end;
		unsigned long i;

		p += *p == '\n';
		i = strtoul(p, &end, 10);
		if (end != p && strncmp(end, ": (", 3) == 0 && i < c->ninsn && c->line[i] != 0)
			line = c->line[i];
	}
	return line;
}

/* Load again, for the log that a first attempt does without; in p->log until arena_reset(). */
static int
load_for_log(struct dt *s, struct sysbpf_prog *p)
{
	p->log = arena_alloc(&s->arena, LOG_BYTES);
	p->log_bytes = LOG_BYTES;
	p->log_level = 1;
	return sysbpf_prog_load(p);
}

static int
explain_refusal(struct dt *s, const struct group *g, struct sysbpf_prog *p, int err)
{
	const struct probe *probe = g->site.v[0]->probe;
	size_t len;

	(void)load_for_log(s, p);
	len = strlen(p->log);
	if (s->verbose > 0 && len > 0) {
		const char *tail = p->log + (len > 4000 ? len - 4000 : 0);

		fprintf(s->errf, "BPF: %s\n", tail);
	}
	return session_error(s, err, "BPF program load for '%s:%s:%s:%s' failed: %s%s%s (line %u)",
	    probe->prov, probe->mod, probe->func, probe->name, strerror(-err),
	    len ? ": " : "", log_reason(&s->arena, p->log), log_line(g->code, p->log));
}

/* What the kernel gets to see of a group. btf_fd < 0: session_error() was called. */
static struct sysbpf_prog
describe_prog(struct dt *s, const struct group *g)
{
	const struct bpf_code *c = g->code;
	struct sysbpf_prog p = {
		.type = g->provider->context->type,
		.expected_attach_type = g->provider->attach_type != NULL
		    ? g->provider->attach_type(&s->prov) : 0,
		.flags = g->gen.is_sleepable ? BPF_F_SLEEPABLE : 0,
		.name = g->gen.name,
		.insn = relocate(s, c),
		.ninsn = c->ninsn,
		.func_info = c->func_info,
		.nfunc_info = c->nfunc,
		.btf_fd = sysbpf_btf_load(c->btf, c->btf_bytes),
	};

	if (p.btf_fd < 0)
		session_error(s, p.btf_fd, "cannot load BTF of '%s': %s", g->gen.name,
		    strerror(-p.btf_fd));
	else
		vec_push(&s->own_fd, p.btf_fd);
	return p;
}

/* -x bpflog: what the verifier says of a program that it takes. */
static void
show_log(struct dt *s, struct sysbpf_prog *p)
{
	struct arena_mark mark = arena_mark(&s->arena);
	int fd = load_for_log(s, p);

	if (fd >= 0)
		close(fd);
	fprintf(s->errf, "BPF: %s: %s\n", p->name, p->log);
	arena_reset(&s->arena, mark);
}

int
load_group(struct dt *s, struct group *g)
{
	struct sysbpf_prog p = describe_prog(s, g);

	if (p.btf_fd < 0)
		return p.btf_fd;
	g->prog_fd = sysbpf_prog_load(&p);
	if (g->prog_fd < 0)
		return explain_refusal(s, g, &p, g->prog_fd);
	if (options_on(&s->options, OPT_BPFLOG))
		show_log(s, &p);
	return 0;
}

/* Why not for this function: the last thing that the kernel said. */
static const char *
target_refusal(struct dt *s, struct sysbpf_prog *p, int err)
{
	struct arena_mark mark = arena_mark(&s->arena);
	char why[256];

	(void)load_for_log(s, p);
	snprintf(why, sizeof(why), "%s", log_reason(&s->arena, p->log));
	p->log = NULL;
	p->log_bytes = p->log_level = 0;
	arena_reset(&s->arena, mark);
	return arena_printf(&s->arena, "%s%s%s", strerror(-err), why[0] != '\0' ? ": " : "", why);
}

int
load_targets(struct dt *s, struct group *g, struct site **site, size_t n)
{
	struct sysbpf_prog p = describe_prog(s, g);

	if (p.btf_fd < 0)
		return p.btf_fd;
	for (size_t i = 0; i < n; i++) {
		int fd, err;

		p.target = site[i]->target;
		fd = sysbpf_prog_load(&p);
		if (fd < 0) {
			site[i]->refused = target_refusal(s, &p, fd);
			continue;
		}
		err = g->provider->attach(&s->prov, &site[i], 1, fd);
		close(fd);		/* its link holds it */
		if (err < 0)
			return err;
	}
	prov_note_refused(&s->prov, site, n);
	return 0;
}
