/*
 * Semaphores that have to be up for a probe to tell the truth, beside its own: see
 * interp/cpython.h. A probe on code that does not run, with an empty program, carries the
 * reference; like every other it is the kernel's to drop when we end, however that is.
 */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "interp/cpython.h"
#include "ir/regs.h"
#include "os/elf.h"
#include "prov/uprobe.h"
#include "run/session.h"

static struct ir_prog *
empty_program(struct arena *a)
{
	struct ir_prog *p = arena_new(a, struct ir_prog);
	struct ir_func *f = ir_func_new(a, "hold", IR_ENTRY, 1);

	ir_reti(f, 0);
	*p = (struct ir_prog){ .name = f->name, .nfunc = 1, .func = arena_new(a, struct ir_func *) };
	p->func[0] = f;
	return p;
}

static bool
wants_hold(const struct site *site)
{
	const struct probe *p = site->probe;

	return site->is_armed && (p->pid != 0 || p->family != NULL) && strncmp(p->prov, "python", 6) == 0
	    && strcmp(p->name, "function-entry") == 0;
}

/* Once for each process and object. */
static bool
is_held(struct dt *s, const struct uprobe_site *u)
{
	for (size_t i = 0; i < s->held.n; i++)
		if (s->held.v[i]->pid == u->pid && strcmp(s->held.v[i]->path, u->path) == 0)
			return true;
	return false;
}

static int
hold(struct dt *s, const struct site *site)
{
	const struct uprobe_site *u = site->data;
	_cleanup_fd_ int fd = open(u->path, O_RDONLY | O_CLOEXEC);
	struct uprobe_site *cold;
	struct elf *elf;
	char why[256];
	bool needs;

	if (fd < 0 || (elf = elf_open(fd, why, sizeof(why))) == NULL)
		return 0;
	cold = arena_new(&s->arena, struct uprobe_site);
	*cold = (struct uprobe_site){ .path = u->path, .pid = u->pid };
	needs = cpython_needs_line(elf, &cold->off, &cold->ref_ctr_off);
	elf_free(elf);
	vec_push(&s->held, cold);
	if (!needs)
		return 0;
	s->prov.note(s->prov.note_self, 1, "%s %d: in CPython 3.11 function-entry fires only "
	    "while line tracing is on; it is, until we end (calls cost 4 to 6 times as much)",
	    u->pid != 0 ? "process" : "all processes of probe",
	    u->pid != 0 ? (int)u->pid : (int)site->probe->id);
	return follow_arm(s, empty_program(&s->arena), false, cold);
}

int
hold_update(struct dt *s)
{
	for (size_t i = 0; i < s->group.n; i++)
		for (size_t j = 0; j < s->group.v[i]->site.n; j++) {
			const struct site *site = s->group.v[i]->site.v[j];

			if (wants_hold(site) && !is_held(s, site->data) && hold(s, site) < 0)
				return -1;
		}
	return 0;
}
