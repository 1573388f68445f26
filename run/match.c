/*
 * Probe descriptions → probes. Each (clause, description) pair enables every probe it matches;
 * a probe's enabling is the list of clauses it runs, in program order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "prov/pids.h"
#include "run/session.h"

struct enabling *
match_enabling(struct dt *s, uint32_t probe)
{
	if (s->nenabling < s->probes.n) {
		s->enabling = realloc(s->enabling, s->probes.n * sizeof(*s->enabling));
		if (s->enabling == NULL)
			BUG("out of memory");
		memset(s->enabling + s->nenabling, 0,
		    (s->probes.n - s->nenabling) * sizeof(*s->enabling));
		s->nenabling = s->probes.n;
	}
	return &s->enabling[probe - 1];
}

static void
enabling_add(struct enabling *e, uint32_t clause)
{
	if (e->n == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 4;
		e->clause = realloc(e->clause, e->cap * sizeof(*e->clause));
		if (e->clause == NULL)
			BUG("out of memory");
	}
	e->clause[e->n++] = clause;
}

/* Enable the clause for the matching probes from index `first` on. */
static unsigned
enable_from(struct dt *s, const struct pdesc *d, uint32_t clause, uint32_t first)
{
	unsigned matched = 0;

	for (uint32_t i = first; i < s->probes.n; i++) {
		const struct probe *p = s->probes.probe[i];

		if (!probe_matches(p, d))
			continue;
		matched++;
		enabling_add(match_enabling(s, p->id), clause);
	}
	return matched;
}

/* Call fn for each (clause, description) pair of a text, in program order; gives the number of
 * the clause after its last. */
static uint32_t
each_pdesc(struct dt *s, struct text *t, uint32_t clause,
    void (*fn)(struct dt *, struct text *, const struct node *pdesc, uint32_t clause))
{
	for (struct node *c = t->program->clause; c != NULL; c = c->next) {
		if (c->kind != NODE_CLAUSE)
			continue;
		for (struct node *d = c->list; d != NULL; d = d->next)
			fn(s, t, d, clause);
		clause++;
	}
	return clause;
}

bool
match_any(const struct text *t, bool (*is)(void *self, struct pdesc *), void *self)
{
	for (const struct node *c = t->program->clause; c != NULL; c = c->next)
		for (const struct node *d = c->kind == NODE_CLAUSE ? c->list : NULL; d != NULL;
		    d = d->next)
			if (is(self, d->pdesc))
				return true;
	return false;
}

/* "python1234" with process 1234 → "python*", which with targets means them and no others. */
static bool
follow_pdesc(void *self, struct pdesc *d)
{
	struct dt *s = self;
	size_t n = strlen(d->prov);

	for (size_t i = 0; i < s->target.n; i++) {
		char pid[16];
		size_t npid = (size_t)snprintf(pid, sizeof(pid), "%d", (int)s->target.v[i].pid);

		if (!pids_has_pid(d->prov) || n <= npid || strcmp(d->prov + n - npid, pid) != 0)
			continue;
		d->prov = arena_printf(&s->arena, "%.*s*", (int)(n - npid), d->prov);
		break;
	}
	return false;
}

void
match_follow(struct dt *s, struct text *t)
{
	(void)match_any(t, follow_pdesc, s);
}

static bool
names_process(void *self, struct pdesc *d)
{
	(void)self;
	return pids_has_pid(d->prov);
}

bool
match_names_process(const struct text *t)
{
	return match_any(t, names_process, NULL);
}

static void
throw_list(const struct dt *s, const struct node *n)
{
	static void (*const throw[])(struct pos, const char *) = {
		[PROV_ERR_GRAB] = err_proc_grab, [PROV_ERR_PID] = err_proc_badpid,
		[PROV_ERR_DYN] = err_proc_dyn, [PROV_ERR_LIB] = err_proc_lib,
		[PROV_ERR_FUNC] = err_proc_func, [PROV_ERR_OFF] = err_proc_off,
		[PROV_ERR_NAME] = err_proc_name,
	};

	throw[s->prov.err_kind](n->pos, s->prov.err);
}

static bool
has_id(void *self, struct pdesc *d)
{
	(void)self;
	return d->id > PROBE_ERROR;
}

bool
match_has_id(const struct text *t)
{
	return match_any(t, has_id, NULL);
}

static void
list_pdesc(struct dt *s, struct text *t, const struct node *n, uint32_t clause)
{
	(void)t;
	(void)clause;
	if (prov_list(&s->prov, n->pdesc) < 0)
		throw_list(s, n);
	if (options_on(&s->options, OPT_ZDEFS) || agent_will_have(s, n->pdesc))
		return;
	for (uint32_t i = 0; i < s->probes.n; i++)
		if (probe_matches(s->probes.probe[i], n->pdesc))
			return;
	if (n->pdesc->id != 0)
		err_pdesc_id(n->pos, n->pdesc->text);
	err_pdesc_zero(n->pos, n->pdesc->text);
}

static void
enable_pdesc(struct dt *s, struct text *t, const struct node *n, uint32_t clause)
{
	if (t->row == 0)
		t->matched += enable_from(s, n->pdesc, clause, 0);
}

void
match_list(struct dt *s, struct text *t)
{
	each_pdesc(s, t, 0, list_pdesc);
}

void
match_enable(struct dt *s, struct text *t)
{
	t->first_clause = s->nclause;
	s->nclause = each_pdesc(s, t, s->nclause, enable_pdesc);
}

static void
list_again(struct dt *s, struct text *t, const struct node *n, uint32_t clause)
{
	(void)t;
	(void)clause;
	if (prov_list(&s->prov, n->pdesc) < 0)
		s->prov.note(s->prov.note_self, 1, "%s", s->prov.err);
}

static void
enable_new(struct dt *s, struct text *t, const struct node *n, uint32_t clause)
{
	if (t->row == 0)
		enable_from(s, n->pdesc, clause, s->nmatched);
}

void
match_list_again(struct dt *s)
{
	for (size_t i = 0; i < s->text.n; i++)
		each_pdesc(s, s->text.v[i], 0, list_again);
}

void
match_enable_new(struct dt *s, uint32_t first)
{
	uint32_t clause = 0;

	s->nmatched = first - 1;
	for (size_t i = 0; i < s->text.n; i++)
		clause = each_pdesc(s, s->text.v[i], clause, enable_new);
}

int
match_arg_type(void *self, const struct pdesc *d, unsigned idx, const struct type **type,
    const struct type **from, unsigned *nargs)
{
	struct dt *s = self;
	const struct type *found = NULL;
	bool is_short = false;

	*nargs = 0;
	*from = NULL;
	for (uint32_t i = 0; i < s->probes.n; i++) {
		struct probe *p = s->probes.probe[i];

		if (!probe_matches(p, d))
			continue;
		prov_types(&s->prov, p);
		if (p->narg > *nargs)
			*nargs = p->narg;
		if (idx >= p->narg || idx >= STATE_NARG) {
			is_short = true;
			continue;
		}
		if (found != NULL && !type_same(found, p->arg[idx]))
			return -EINVAL;
		found = p->arg[idx];
		*from = p->from != NULL ? p->from[idx] : NULL;
	}
	if (found == NULL)
		return -ENOENT;
	if (is_short)
		return -EINVAL;
	*type = found;
	return 0;
}
