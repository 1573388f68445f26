/* The probe table, and what it means that a description matches. */
#include "prov/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/vec.h"

void
probes_init(struct probes *ps, struct arena *arena, struct intern *in)
{
	*ps = (struct probes){ .arena = arena, .intern = in };
}

void
probes_fini(struct probes *ps)
{
	free(ps->probe);
	map_fini(&ps->by_name);
	*ps = (struct probes){0};
}

static void
table_append(struct probes *ps, struct probe *p)
{
	size_t cap = ps->cap;

	ps->probe = vec_grow(ps->probe, ps->n, &cap, sizeof(*ps->probe));
	ps->cap = (uint32_t)cap;
	ps->probe[ps->n++] = p;
	p->id = ps->n;
}

struct probe *
probe_add(struct probes *ps, const struct provider *provider, const char *prov,
    const char *mod, const char *func, const char *name)
{
	struct arena_mark mark = arena_mark(ps->arena);
	char *key = arena_printf(ps->arena, "%s:%s:%s:%s", prov, mod, func, name);
	struct probe *p = map_get(&ps->by_name, key);

	if (p != NULL) {
		arena_reset(ps->arena, mark);
		return p;
	}
	p = arena_new(ps->arena, struct probe);
	p->provider = provider;
	p->prov = intern(ps->intern, prov);
	p->mod = intern(ps->intern, mod);
	p->func = intern(ps->intern, func);
	p->name = intern(ps->intern, name);
	map_put(&ps->by_name, key, p);
	table_append(ps, p);
	return p;
}

struct site *
site_add(struct probes *ps, struct probe *p, const struct shape *shape, const void *data)
{
	struct site *s = arena_new(ps->arena, struct site);

	*s = (struct site){ .probe = p, .below = p, .shape = shape, .data = data };
	if (p->last_site != NULL)
		p->last_site->next = s;
	else
		p->site = s;
	p->last_site = s;
	p->nsite++;
	ps->nsite++;
	return s;
}

static const void *
place(const struct shape *s, uint32_t i)
{
	return s != NULL && i < s->nplace ? s->place[i] : NULL;
}

bool
shape_same(const struct shape *a, const struct shape *b, uint32_t mask)
{
	if (a == b)
		return true;
	if ((a != NULL ? a->when : NULL) != (b != NULL ? b->when : NULL))
		return false;
	for (uint32_t i = 0; mask >> i != 0; i++)
		if ((mask >> i & 1) != 0 && place(a, i) != place(b, i))
			return false;
	return true;
}

const struct probe *
probe_by_id(const struct probes *ps, uint32_t id)
{
	return id > 0 && id <= ps->n ? ps->probe[id - 1] : NULL;
}

const char *
probe_provider(const struct probe *p, pid_t pid, char *to, size_t bytes)
{
	if (p->family == NULL || pid == 0)
		return p->prov;
	snprintf(to, bytes, "%s%d", p->family, (int)pid);
	return to;
}

/* What a pattern demands of digits shows with few of them: one that takes each digit alone, and
 * several at once, has a star for them. */
bool
probe_is_family(const char *pattern, const char *word)
{
	static const char *const pid[] = {
		"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "99", "1234567", "4194304",
	};
	char text[192];

	for (size_t i = 0; i < sizeof(pid) / sizeof(*pid); i++) {
		snprintf(text, sizeof(text), "%s%s", word, pid[i]);
		if (!glob_match(pattern, text))
			return false;
	}
	return true;
}

bool
probe_module_matches(const char *pattern, const char *mod, const char *path, bool is_main)
{
	size_t n = strlen(pattern);

	return glob_match(pattern, mod) || strcmp(pattern, path) == 0 ||
	    (is_main && strcmp(pattern, "a.out") == 0) ||
	    (strncmp(mod, pattern, n) == 0 && mod[n] == '.');
}

bool
probe_matches(const struct probe *p, const struct pdesc *d)
{
	if (d->id != 0)
		return p->id == d->id;
	if (p->family != NULL ? !probe_is_family(d->prov, p->family) :
	    !glob_match(d->prov, p->prov))
		return false;
	return glob_match(d->func, p->func) &&
	    glob_match(d->name, p->name) && (glob_match(d->mod, p->mod) ||
	    (p->mod_alias != NULL && strcmp(d->mod, p->mod_alias) == 0) ||
	    (p->object != NULL && probe_module_matches(d->mod, p->mod, p->object, false)));
}
