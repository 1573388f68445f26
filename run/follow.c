/*
 * Objects that a target maps after we attached: the dynamic linker calls an empty function of
 * its own, _dl_debug_state(), each time its list of objects has changed (that is what debuggers
 * stop at). A probe there tells us to look at the process's mappings again and to arm what is
 * new. The process is not stopped meanwhile: a probe that fires in the first milliseconds after
 * its object was mapped may be missed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "ir/regs.h"
#include "os/bpf.h"
#include "os/elf.h"
#include "prov/uprobe.h"
#include "run/session.h"

void
follow_maps_changed(void *self, uint64_t pid)
{
	struct dt *s = self;

	(void)pid;
	s->maps_changed = true;
}

/* Providers of processes end with a pid; without one, all that may match is there already. */
static bool
may_be_of_process(const char *prov)
{
	size_t n = strlen(prov);

	return n > 0 && (glob_is_pattern(prov) || (prov[n - 1] >= '0' && prov[n - 1] <= '9'));
}

/* Does a program name probes that a process may map later? */
static bool
wants_follow(const struct dt *s)
{
	for (size_t i = 0; i < s->text.n; i++)
		for (struct node *c = s->text.v[i].program->clause; c != NULL; c = c->next)
			for (struct node *d = c->kind == NODE_CLAUSE ? c->list : NULL; d != NULL;
			    d = d->next)
				if (may_be_of_process(d->pdesc->prov))
					return true;
	return false;
}

/* A program that sends REC_MAPS with the pid, and wakes us. */
static struct ir_func *
maps_program(struct arena *a)
{
	enum { MAPS_BYTES = sizeof(struct rec_hdr) + 8 };
	struct ir_func *f = ir_func_new(a, "maps_changed", IR_ENTRY, 1);
	int rec = ir_frame(f, MAPS_BYTES);
	ir_val ptr = ir_fp(f, rec), id;

	ir_zero(f, ptr, 0, MAPS_BYTES);
	ir_store(f, 8, ptr, 0, ir_call(f, BPF_FUNC_ktime_get_ns, 0));
	ir_store(f, 4, ptr, 8, ir_const(f, REC_MAPS));
	id = ir_call(f, BPF_FUNC_get_current_pid_tgid, 0);
	ir_store(f, 8, ptr, sizeof(struct rec_hdr), ir_bini(f, OP_RSH, id, 32));
	ir_call(f, BPF_FUNC_ringbuf_output, 4, ir_map(f, MAP_RING), ptr,
	    ir_const(f, MAPS_BYTES), ir_const(f, BPF_RB_FORCE_WAKEUP));
	ir_reti(f, 0);
	return f;
}

struct linker_search {
	struct dt *s;
	pid_t pid;
	struct uprobe_site *found;
};

static int
find_linker(void *self, const struct proc_map *m)
{
	struct linker_search *l = self;
	const char *base = strrchr(m->path, '/');
	_cleanup_fd_ int fd = -1;
	struct uprobe_site *u;
	char why[256], path[4096];
	struct elf *elf;
	uint64_t addr;

	if (!m->is_exec || base == NULL || strncmp(base, "/ld", 3) != 0)
		return 0;
	fd = proc_open_map(l->pid, m);
	elf = fd >= 0 ? elf_open(fd, why, sizeof(why)) : NULL;
	if (elf == NULL)
		return 0;
	u = arena_new(&l->s->arena, struct uprobe_site);
	u->pid = l->pid;
	if (elf_symbol_find(elf, "_dl_debug_state", &addr) == 0
	    && elf_file_offset(elf, elf_skip_endbr(elf, addr), true, &u->off)
	    && proc_map_path(l->pid, m, path, sizeof(path)) == 0) {
		u->path = arena_strdup(&l->s->arena, path);
		l->found = u;
	}
	elf_free(elf);
	return l->found != NULL;
}

static const struct provider own_provider = {
	.name = "dtrace",
	.context = &uprobe_context,
	.attach_type = uprobe_attach_type,
	.attach = uprobe_attach,
};

/* Arm places of our own with a program of our own. */
int
follow_arm(struct dt *s, struct ir_func *f, struct uprobe_site *const *place, size_t n)
{
	struct ir_prog *ir = arena_new(&s->arena, struct ir_prog);
	struct group *g = arena_new(&s->arena, struct group);
	struct probe *probe = arena_new(&s->arena, struct probe);
	struct site **site = arena_alloc(&s->arena, (n + 1) * sizeof(*site));
	int err;

	*ir = (struct ir_prog){ .name = f->name, .nfunc = 1,
	    .func = arena_new(&s->arena, struct ir_func *) };
	ir->func[0] = f;
	*probe = (struct probe){ .provider = &own_provider, .prov = "dtrace", .mod = "",
	    .func = "", .name = ir->name };
	for (size_t i = 0; i < n; i++) {
		site[i] = arena_new(&s->arena, struct site);
		*site[i] = (struct site){ .probe = probe, .data = place[i] };
	}
	*g = (struct group){ .gen.name = ir->name, .provider = &own_provider, .ir = ir,
	    .site.v = site, .site.n = n };
	err = link_encode(s, g);
	if (err == 0)
		err = load_group(s, g);
	if (err < 0)
		return err;
	vec_push(&s->own_fd, g->prog_fd);
	err = uprobe_attach(&s->prov, site, n, g->prog_fd);
	return err < 0 ? session_error(s, err, "%s", s->prov.err) : 0;
}

/* A process whose dynamic linker can't be found is traced all the same: as it is now. */
int
follow_start(struct dt *s)
{
	struct uprobe_site **place;
	size_t n = 0;

	if (s->target.n == 0 || !wants_follow(s))
		return 0;
	place = arena_alloc(&s->arena, s->target.n * sizeof(*place));
	for (size_t i = 0; i < s->target.n; i++) {
		struct linker_search l = { .s = s, .pid = s->target.v[i].pid };

		proc_each_map(l.pid, find_linker, &l);
		if (l.found != NULL)
			place[n++] = l.found;
	}
	return n > 0 ? follow_arm(s, maps_program(&s->arena), place, n) : 0;
}

/* Probes that appeared since `first` join the clauses whose descriptions they match. */
int
follow_update(struct dt *s)
{
	const uint32_t first = s->probes.n + 1, nsite = s->probes.nsite;

	if (s->maps_changed)
		match_list_again(s);
	s->maps_changed = false;
	watch_read(s);
	if (s->probes.nsite == nsite)
		return 0;
	match_enable_new(s, first);
	/* names first: a probe fires as soon as it is armed */
	return load_probe_names(s, first) < 0 || link_groups(s) < 0 || trace_arm(s) < 0
	    || hold_update(s) < 0 ? -1 : 0;
}
