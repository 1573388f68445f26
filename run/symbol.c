/*
 * Symbols of the kernel: where they are says /proc/kallsyms, of what type BTF, which most kernels
 * have for functions and per-CPU variables only. The variables that scripts use have their types
 * here.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/ksym.h"
#include "run/session.h"

static const struct known_row {
	const char *name, *type;
	int nelem;		/* -1: no array; 0: as long as it is */
} known_table[] = {
	{ "avenrun", "unsigned long", 3 },
	{ "init_task", "struct task_struct", -1 },
	{ "jiffies", "unsigned long", -1 },
	{ "jiffies_64", "uint64_t", -1 },
	{ "linux_banner", "const char", 0 },
	{ "max_pfn", "unsigned long", -1 },
	{ "nr_cpu_ids", "unsigned int", -1 },
	{ "nr_threads", "int", -1 },
	{ "saved_command_line", "char *", -1 },
	{ "total_forks", "unsigned long", -1 },
};

static const struct type *
known_type(struct dt *s, const char *name)
{
	for (size_t i = 0; i < sizeof(known_table) / sizeof(known_table[0]); i++) {
		const struct known_row *r = &known_table[i];
		const struct type *t;

		if (strcmp(r->name, name) != 0)
			continue;
		t = type_find(&s->types, r->type);
		return r->nelem < 0 ? t : type_array(&s->types, t, (uint32_t)r->nelem);
	}
	return NULL;
}

int
symbol_find(void *self, const char *name, struct symbol *found)
{
	struct dt *s = self;
	const char *tick = strchr(name, '`');
	const char *mod = tick == name ? NULL :
	    arena_strndup(&s->arena, name, (size_t)(tick - name));
	struct ksym_place place, table;
	bool is_percpu;
	int err = ksym_lookup(s->ksyms, mod, tick + 1, &place);
	uint64_t start;

	if (err == -ENOENT && mod != NULL && !ksym_module(s->ksyms, mod, &start))
		return -ENODEV;
	if (err < 0)
		return err;
	found->addr = place.addr;
	found->type = ktypes_symbol(s->prov.ktypes, place.mod, tick + 1, &is_percpu);
	if (found->type == NULL && strcmp(place.mod, "vmlinux") == 0)
		found->type = known_type(s, tick + 1);
	found->percpu = 0;
	if (is_percpu || place.is_offset) {
		if (ksym_lookup(s->ksyms, "vmlinux", "__per_cpu_offset", &table) < 0)
			return -ENOENT;
		found->percpu = table.addr;
	}
	return 0;
}
