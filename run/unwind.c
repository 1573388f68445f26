/*
 * What programs find callers by in processes without frame pointers: tables of the objects that a
 * process maps, and where it maps them (rec/unwind.h). Processes that were asked for are entered
 * before anything is armed, all there are when none was; of every other one, and of code that one
 * maps later, a program tells us. The same is what gives names to addresses after a process ended.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "os/btf.h"
#include "os/cfi.h"
#include "os/usym.h"
#include "rec/unwind.h"
#include "run/session.h"

/* A process, or as many as there are: together they map what is installed. */
enum { ROWS_TARGET = 1 << 21, ROWS_ALL = 1 << 23 };
enum { WALKED_PROCESSES = 4096 };	/* entries of MAP_UNWIND */
enum { PAUSE_NS = 50 * 1000 * 1000, LOOKS_MAX = 32 };
enum { OBJECTS = 4096 };		/* files that may be open */

static uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The rows of an object. */
struct table {
	uint32_t first, n;
};

static bool
is_user_address(const struct node *n, const void *arg)
{
	(void)arg;
	return gen_is_user_stack(n)
	    || (n->type != NULL && type_real(n->type)->kind == TYPE_USYM);
}

void
unwind_offsets(struct dt *s, struct gen_opts *o)
{
	struct btf_member_query mm = { "mm", 0 }, exec_vm = { "exec_vm", 0 };

	if (!trace_uses(s, is_user_address))
		return;
	btf_member_offsets("task_struct", &mm, 1);
	btf_member_offsets("mm_struct", &exec_vm, 1);
	o->task_mm = mm.off;
	o->mm_exec_vm = exec_vm.off;
#if defined(__x86_64__)
	o->has_unwind = mm.off != 0;
	o->unwind_rows = s->target.n > 0 ? ROWS_TARGET : ROWS_ALL;
#endif
}

int
unwind_make_maps(struct dt *s)
{
	const struct sysbpf_map process = {
		.type = BPF_MAP_TYPE_LRU_HASH, .name = "process", .key_bytes = 8,
		.value_bytes = sizeof(struct unwind_process), .max_entries = UNWIND_PROCESSES,
	};
	const struct sysbpf_map unwind = {
		.type = BPF_MAP_TYPE_HASH, .name = "unwind", .key_bytes = 8,
		.value_bytes = sizeof(struct unwind_regions), .max_entries = WALKED_PROCESSES,
		.flags = BPF_F_NO_PREALLOC,
	};
	const struct sysbpf_map cfi = {
		.type = BPF_MAP_TYPE_ARRAY, .name = "cfi", .key_bytes = 4,
		.value_bytes = s->gen->opts.unwind_rows * (uint32_t)sizeof(struct cfi_row),
		.max_entries = 1,
		.flags = BPF_F_MMAPABLE,
	};
	void *p;

	if (s->gen->uses_user_addresses && load_map(s, MAP_PROCESS, &process) < 0)
		return -1;
	if (!s->gen->uses_user_stacks || !s->gen->opts.has_unwind)
		return 0;
	if (load_map(s, MAP_UNWIND, &unwind) < 0 || load_map(s, MAP_CFI, &cfi) < 0)
		return -1;
	p = mmap(NULL, cfi.value_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
	    s->map_fd.v[MAP_CFI], 0);
	if (p == MAP_FAILED)
		return session_error(s, -errno, "cannot map the tables of stacks: %s",
		    strerror(errno));
	s->cfi = p;
	return 0;
}

void
unwind_free(struct dt *s)
{
	if (s->cfi != NULL)
		munmap(s->cfi, s->gen->opts.unwind_rows * sizeof(*s->cfi));
	s->cfi = NULL;
	vec_fini(&s->met);
}

/* An object for which there is no room is walked by frame pointers. */
static struct table *
make_table(struct dt *s, struct elf *elf)
{
	struct table *t = arena_new(&s->arena, struct table);
	_cleanup_free_ struct cfi_row *row = NULL;
	size_t n;

	row = cfi_read(elf, &n);
	if (n > s->gen->opts.unwind_rows - s->ncfi) {
		if (!s->is_cfi_full)
			s->prov.note(s->prov.note_self, 0, "stacks in some programs are not "
			    "complete: there is no room for more than %u rows of tables",
			    s->gen->opts.unwind_rows);
		s->is_cfi_full = true;
		return t;
	}
	t->first = s->ncfi;
	t->n = (uint32_t)n;
	if (n > 0)
		memcpy(s->cfi + s->ncfi, row, n * sizeof(*row));
	s->ncfi += (uint32_t)n;
	return t;
}

struct filling {
	struct dt *s;
	struct unwind_regions *regions;
};

static void
add_region(void *self, const struct usym_code *code)
{
	const struct filling *f = self;
	struct unwind_regions *r = f->regions;
	const struct table *t;

	if (*code->user == NULL)
		*code->user = make_table(f->s, code->elf);
	t = *code->user;
	if (t->n == 0 || r->n == UNWIND_REGIONS)
		return;
	r->region[r->n++] = (struct unwind_region){
		code->start, code->end, code->bias, t->first, t->n,
	};
}

/* Make room: entries of processes that are no more. */
static void
forget_ended(struct dt *s)
{
	int fd = s->map_fd.v[MAP_UNWIND];
	uint64_t key, next;
	bool more = sysbpf_map_next_key(fd, NULL, &next) == 0;

	while (more) {
		key = next;
		more = sysbpf_map_next_key(fd, &key, &next) == 0;
		if (kill((pid_t)key, 0) != 0 && errno == ESRCH)
			(void)sysbpf_map_delete(fd, &key);
	}
}

static void
learn(struct dt *s, pid_t pid)
{
	struct usyms *usyms = show_usyms(s->show);
	_cleanup_free_ struct unwind_regions *regions = calloc(1, sizeof(*regions));
	const uint64_t key = (uint64_t)pid;

	if (regions == NULL)
		BUG("out of memory");
	usyms_note(usyms, pid);
	if (s->cfi == NULL)
		return;
	usyms_each_code(usyms, pid, add_region, &(struct filling){ s, regions });
	if (regions->n == 0) {		/* of 32 bits, or not made by a compiler: the kernel's way */
		(void)sysbpf_map_delete(s->map_fd.v[MAP_UNWIND], &key);
		return;
	}
	if (sysbpf_map_update(s->map_fd.v[MAP_UNWIND], &key, regions) == -E2BIG) {
		forget_ended(s);
		(void)sysbpf_map_update(s->map_fd.v[MAP_UNWIND], &key, regions);
	}
}

/* A process that makes code all the time is not looked at all the time; one that begins maps its
 * libraries one after the other. */
void
unwind_met(void *self, uint64_t pid)
{
	struct dt *s = self;
	struct met *m = NULL;

	for (size_t i = 0; i < s->met.n && m == NULL; i++)
		if (s->met.v[i].pid == (pid_t)pid)
			m = &s->met.v[i];
	if (m == NULL) {
		vec_push(&s->met, ((struct met){ .pid = (pid_t)pid, .when_ns = clock_ns() }));
		m = &s->met.v[s->met.n - 1];
	}
	m->is_changed = m->nlook >= LOOKS_MAX;
	if (m->is_changed)
		return;
	m->nlook++;
	learn(s, (pid_t)pid);
}

void
unwind_update(struct dt *s)
{
	const uint64_t now = s->met.n > 0 ? clock_ns() : 0;
	size_t kept = 0;

	for (size_t i = 0; i < s->met.n; i++) {
		struct met m = s->met.v[i];

		if (now - m.when_ns >= PAUSE_NS) {
			if (!m.is_changed)
				continue;
			learn(s, m.pid);
			m = (struct met){ .pid = m.pid, .when_ns = now, .nlook = LOOKS_MAX };
		}
		s->met.v[kept++] = m;
	}
	s->met.n = kept;
}

static int
learn_one(void *self, pid_t pid)
{
	learn(self, pid);
	return 0;
}

int
unwind_start(struct dt *s)
{
	if (!s->gen->uses_user_addresses)
		return 0;
	prov_allow_fds(&s->prov, OBJECTS);
	for (size_t i = 0; i < s->target.n; i++)
		learn(s, s->target.v[i].pid);
	if (s->target.n == 0 && s->gen->uses_user_stacks)
		(void)proc_each_pid(learn_one, s);
	return 0;
}
