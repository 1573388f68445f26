/*
 * Which BPF program each site runs. Sites share one when they have the same provider, the same
 * clauses and the same way in which the arguments that these use arrive; the probe's id comes with the
 * attachment, as a cookie. Kinds of context without cookies get a program per probe.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ir/regs.h"
#include "run/session.h"

static bool
group_fits(const struct group *g, const struct site *site, const struct enabling *e, uint32_t mask)
{
	const struct provider *p = site->below->provider;
	const struct site *first = g->gen.enter_self;

	return g->provider == p && first->is_followed == site->is_followed
	    && shape_same(first->shape, site->shape, mask)
	    && (g->probe == 0 || g->probe == site->probe->id)
	    && g->gen.nclause == e->n
	    && memcmp(g->gen.clause, e->clause, e->n * sizeof(*e->clause)) == 0;
}

/* Paged-out memory is worth reading only where a clause reads the process's memory. */
static bool
wants_sleep(struct dt *s, const struct provider *p, const struct enabling *e)
{
	if (!p->context->may_sleep || !feature_has(&s->features, FEATURE_UPROBE_SLEEP))
		return false;
	for (uint32_t i = 0; i < e->n; i++)
		if (s->gen->clause[e->clause[i]].uses_user_memory)
			return true;
	return false;
}

static struct group *
group_new(struct dt *s, struct site *site, const struct enabling *e)
{
	const struct provider *p = site->below->provider;
	const struct context *c = p->context;
	uint32_t *clause = arena_alloc(&s->arena, e->n * sizeof(*clause));
	struct group *g = arena_new(&s->arena, struct group);

	g->provider = p;
	g->probe = c->has_cookie || c->which != NULL ? 0 : site->probe->id;
	g->prog_fd = -1;
	memcpy(clause, e->clause, e->n * sizeof(*clause));
	g->gen = (struct gen_group){
		.name = arena_printf(&s->arena, "%s_%zu", p->name, s->group.n),
		.clause = clause,
		.nclause = e->n,
		.error_clause = s->error_clause,
		.nerror_clause = s->nerror_clause,
		.error_probe = PROBE_ERROR,
		.is_sleepable = wants_sleep(s, p, e),
		.has_cookie = c->has_cookie,
		.probe = site->probe->id,
		.which = c->which,
		.table = c->which != NULL ? s->ntable++ : 0,
		.has_errno = c->has_errno,
		.stack_skip = c->stack_skip,
		.frame_arg = p->frame_arg,
		.ignores_active = c->is_run,
		.enter = p->enter,
		.filter = site->is_followed ? follow_filter : NULL,
		.filter_self = s,
		.skip = p->skip,
		.enter_self = site,
	};
	vec_push(&s->group, g);
	return g;
}

static void
group_add(struct dt *s, struct site *site, const struct enabling *e, uint32_t mask)
{
	struct group *g = NULL;

	for (size_t i = s->group.n; i > 0 && g == NULL; i--)
		if (group_fits(s->group.v[i - 1], site, e, mask))
			g = s->group.v[i - 1];
	if (g == NULL)
		g = group_new(s, site, e);
	vec_push(&g->site, site);
	site->is_linked = true;
}

static uint32_t
args_used(const struct dt *s, const struct site *site, const struct enabling *e, uint32_t *words)
{
	uint32_t frame = site != NULL ? site->below->provider->frame_arg : 0;
	uint32_t mask = s->gen->uses_python && frame != 0 ? 1u << frame : 0;

	*words = 0;
	for (uint32_t i = 0; i < e->n; i++) {
		mask |= s->gen->clause[e->clause[i]].argmask;
		*words |= s->gen->clause[e->clause[i]].wordmask;
	}
	return mask;
}

/* An argument that can't be had is refused here, before anything is armed. */
static int
check_args(struct dt *s, const struct site *site, uint32_t mask, uint32_t words)
{
	const struct provider *p = site->below->provider;

	if (p->arg_refused == NULL)
		return 0;
	for (unsigned i = 0; i < STATE_NARG; i++) {
		const char *why = mask & (1u << i) ?
		    p->arg_refused(site, i, (words & 1u << i) != 0) : NULL;

		if (why != NULL)
			return session_error(s, -EINVAL, "arg%u of %s:%s:%s:%s: %s", i,
			    site->probe->prov, site->probe->mod, site->probe->func,
			    site->probe->name, why);
	}
	return 0;
}

/* requires: gen_new(). gives: every enabled site is in a group that has IR and code. */
int
link_groups(struct dt *s)
{
	for (uint32_t i = 0; i < s->probes.n; i++) {
		struct probe *p = s->probes.probe[i];
		const struct enabling *e = match_enabling(s, p->id);
		uint32_t words;

		if (e->n == 0 || p->id == PROBE_ERROR)
			continue;	/* ERROR's clauses are part of every program */
		if (args_used(s, NULL, e, &words) != 0 || (p->site != NULL && p->site->row != 0))
			prov_types(&s->prov, p);
		for (struct site *site = p->site; site != NULL; site = site->next) {
			if (site->is_linked || site->refused != NULL)
				continue;
			const struct enabling all = compose_enabling(s, site);
			const uint32_t mask = args_used(s, site, &all, &words);

			if (check_args(s, site, mask, words) < 0)
				return -EINVAL;
			group_add(s, site, &all, mask);
		}
	}
	for (size_t i = 0; i < s->group.n; i++)
		if (s->group.v[i]->ir == NULL)
			s->group.v[i]->ir = gen_program(s->gen, &s->group.v[i]->gen);
	gen_finish(s->gen);
	return 0;
}

int
link_encode(struct dt *s, struct group *g)
{
	const struct encode_opts opts = { .has_sdiv = feature_has(&s->features, FEATURE_SDIV) };

	if (g->code != NULL)
		return 0;
	for (uint32_t i = 0; i < g->ir->nfunc; i++)
		if (g->ir->func[i]->reg == NULL)
			regs_assign(g->ir->func[i]);
	g->code = encode(&s->arena, g->ir, &opts);
	return g->code != NULL ? 0
	    : session_error(s, -E2BIG, "BPF program exceeds maximum program size");
}
