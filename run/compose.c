/*
 * Probes made of others (prov/compose.def): each row that is used gets a prologue, a clause of ours
 * for the probe below,
 *
 *	rawtp:sched::sched_process_fork / args[1]->pid == args[1]->tgid / { args[1]; }
 *
 * which runs before the clauses of the user. It goes on with them when its condition holds, and
 * leaves the values of its statements as their arguments.
 */
#include <string.h>

#include "lang/check.h"
#include "lang/parse.h"
#include "prov/compose.h"
#include "run/session.h"

/* A text of ours, which is compiled behind those of the user. */
static void
add_text(struct dt *s, const char *text, uint32_t row)
{
	dt_add_text(s, 'n', text);
	s->text.v[s->text.n - 1]->row = row;
	s->text.v[s->text.n - 1]->src.is_prologue = row != 0;
	s->nadded++;
}

static bool
has_text(const struct dt *s, const char *text)
{
	for (size_t i = 0; i < s->text.n; i++)
		if (strcmp(s->text.v[i]->src.text, text) == 0)
			return true;
	return false;
}

/* The probe below the first site of the row that has clauses; NULL: the row is not used. */
static const struct probe *
find_below(struct dt *s, uint32_t row)
{
	for (uint32_t i = 0; i < s->probes.n; i++) {
		const struct probe *p = s->probes.probe[i];

		if (match_enabling(s, p->id)->n == 0)
			continue;
		for (const struct site *site = p->site; site != NULL; site = site->next)
			if (site->row == row)
				return site->below;
	}
	return NULL;
}

/* The prologue is joined to sites by the row; its description need only have the arguments. */
static const char *
spell_below(struct dt *s, const struct compose_row *r, const struct probe *below)
{
	return below->pid == 0 ? r->below : arena_printf(&s->arena, "%s:%s:%s:%s", below->prov,
	    below->mod, below->func, below->name);
}

void
compose_add(struct dt *s)
{
	for (uint32_t i = 0; i < compose_nrow; i++) {
		const struct compose_row *r = &compose_table[i];
		const struct probe *below = find_below(s, i + 1);

		if (below == NULL)
			continue;
		if (r->upkeep != NULL && !has_text(s, r->upkeep))
			add_text(s, r->upkeep, 0);
		add_text(s, arena_printf(&s->arena, "%s / %s / { %s%s }", spell_below(s, r, below),
		    r->when, *r->args != '\0' ? r->args : "0", ";"), i + 1);
	}
}

/* The clauses that a site runs. */
struct enabling
compose_enabling(struct dt *s, const struct site *site)
{
	const struct enabling *e = match_enabling(s, site->probe->id);
	struct enabling all = *e;

	if (site->row == 0 || e->n == 0)
		return all;
	all.n = e->n + 1;
	all.clause = arena_alloc(&s->arena, all.n * sizeof(*all.clause));
	memcpy(all.clause + 1, e->clause, e->n * sizeof(*e->clause));
	for (size_t i = 0; i < s->text.n; i++)
		if (s->text.v[i]->row == site->row)
			all.clause[0] = s->text.v[i]->first_clause;
	return all;
}
