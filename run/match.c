/*
 * Probe descriptions → probes. Each (clause, description) pair enables every probe it matches;
 * a probe's enabling is the list of clauses it runs, in program order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
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

/* What providers said, where the description is the one to blame. */
static void
list_probes(struct dt *s, const struct pdesc *d, struct pos pos)
{
	int err = prov_list(&s->prov, d);

	if (err < 0)
		err_pdesc_list(pos, s->prov.err);
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

static unsigned
match_pdesc(struct dt *s, const struct pdesc *d, struct pos pos, uint32_t clause)
{
	unsigned matched;

	list_probes(s, d, pos);
	matched = enable_from(s, d, clause, 0);
	if (matched == 0 && !options_on(&s->options, OPT_ZDEFS))
		err_pdesc_zero(pos, d->text);
	return matched;
}

void
match_text(struct dt *s, struct text *t, uint32_t first_clause)
{
	uint32_t clause = first_clause;

	for (struct node *c = t->program->clause; c != NULL; c = c->next) {
		if (c->kind != NODE_CLAUSE)
			continue;
		for (struct node *d = c->list; d != NULL; d = d->next)
			t->matched += match_pdesc(s, d->pdesc, d->pos, clause);
		clause++;
	}
}

/* Call fn for each (clause, description) pair of all texts, in program order. */
static void
each_pdesc(struct dt *s, void (*fn)(struct dt *, const struct pdesc *, uint32_t clause,
    uint32_t arg), uint32_t arg)
{
	uint32_t clause = 0;

	for (size_t i = 0; i < s->text.n; i++)
		for (struct node *c = s->text.v[i].program->clause; c != NULL; c = c->next) {
			if (c->kind != NODE_CLAUSE)
				continue;
			for (struct node *d = c->list; d != NULL; d = d->next)
				fn(s, d->pdesc, clause, arg);
			clause++;
		}
}

static void
list_again(struct dt *s, const struct pdesc *d, uint32_t clause, uint32_t arg)
{
	(void)clause;
	(void)arg;
	if (prov_list(&s->prov, d) < 0)
		s->prov.note(s->prov.note_self, 1, "%s", s->prov.err);
}

static void
enable_new(struct dt *s, const struct pdesc *d, uint32_t clause, uint32_t first)
{
	enable_from(s, d, clause, first);
}

void
match_again(struct dt *s)
{
	uint32_t old = s->probes.n;

	each_pdesc(s, list_again, 0);
	each_pdesc(s, enable_new, old);
}

int
match_arg_type(void *self, const struct pdesc *d, unsigned idx, const struct type **type,
    unsigned *nargs)
{
	struct dt *s = self;
	const struct type *found = NULL;
	bool is_short = false;

	*nargs = 0;
	for (uint32_t i = 0; i < s->probes.n; i++) {
		const struct probe *p = s->probes.probe[i];

		if (!probe_matches(p, d))
			continue;
		if (p->narg > *nargs)
			*nargs = p->narg;
		if (idx >= p->narg) {
			is_short = true;
			continue;
		}
		if (found != NULL && !type_same(found, p->arg[idx]))
			return -EINVAL;
		found = p->arg[idx];
	}
	if (found == NULL)
		return -ENOENT;
	if (is_short)
		return -EINVAL;
	*type = found;
	return 0;
}
