/* Rows of compose.def → probes, if the probes below are there. */
#include "prov/compose.h"

#include <string.h>

#include "base/glob.h"
#include "type/type.h"

extern const struct provider provider_compose;

const struct compose_row compose_table[] = {
#define COMPOSE(PROV, NAME, BELOW, WHEN, TYPES, ARGS, UPKEEP) \
	{ PROV, NAME, BELOW, WHEN, TYPES, ARGS, UPKEEP },
#include "prov/compose.def"
#undef COMPOSE
};

const uint32_t compose_nrow = sizeof(compose_table) / sizeof(compose_table[0]);

enum { ARGS_MAX = 10, TYPE_BYTES = 80 };
static const char module[] = "vmlinux";

/* What the provider below says when it has nothing. */
struct muted {
	char said[256];
};

static void __attribute__((format(printf, 3, 4)))
mute(void *self, int level, const char *fmt, ...)
{
	struct muted *m = self;
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(m->said, sizeof(m->said), fmt, ap);
	va_end(ap);
}

/* "prov:mod:func:name" → a description */
static void
parse_below(struct arena *a, const char *text, struct pdesc *d)
{
	const char **part[] = { &d->prov, &d->mod, &d->func, &d->name };

	*d = (struct pdesc){ .text = text };
	for (size_t i = 0; i < 4; i++) {
		size_t n = strcspn(text, ":");

		*part[i] = arena_strndup(a, text, n);
		text += n + (text[n] == ':');
	}
}

static void
add_sites(struct prov_env *env, uint32_t row, struct probe *p, const struct probe *below)
{
	for (const struct site *s = p->site; s != NULL; s = s->next)
		if (s->row == row + 1 && s->below == below)
			return;
	for (const struct site *s = below->site; s != NULL; s = s->next) {
		struct site *copy = site_add(env->probes, p, s->shape, s->data);

		copy->below = below;
		copy->refused = s->refused;
		copy->number = s->number;
		copy->target = s->target;
		copy->row = row + 1;
	}
}

bool
compose_over(struct prov_env *env, uint32_t row, const struct pdesc *below, const char *mod,
    const char *prov, const char *func, char *why, size_t why_bytes)
{
	struct prov_env muted = *env;
	struct muted m = { "" };
	bool found = false;

	env->note = mute;
	env->note_self = &m;
	(void)prov_list(env, below);
	env->note = muted.note;
	env->note_self = muted.note_self;
	snprintf(why, why_bytes, "%s", m.said);
	for (uint32_t i = 0; i < env->probes->n; i++) {
		const struct probe *b = env->probes->probe[i];
		struct probe *p;

		if (!probe_matches(b, below) || b->nsite == 0)
			continue;
		p = probe_add(env->probes, &provider_compose, prov, mod, func,
		    compose_table[row].name);
		p->pid = b->pid;
		add_sites(env, row, p, b);
		found = true;
	}
	return found;
}

/* The row's probe, with a site for each of the probe's below. false: there is none. */
static bool
add_row(struct prov_env *env, uint32_t row, struct muted *m)
{
	const struct compose_row *r = &compose_table[row];
	struct pdesc below;

	parse_below(env->arena, r->below, &below);
	return compose_over(env, row, &below, module, r->prov, "", m->said, sizeof(m->said));
}

/* Not those of processes. */
static bool
is_kernel(const struct compose_row *r)
{
	return strcmp(r->prov, "python") != 0;
}

static bool
is_provider(const char *pattern)
{
	for (uint32_t i = 0; i < compose_nrow; i++)
		if (is_kernel(&compose_table[i]) && glob_match(pattern, compose_table[i].prov))
			return true;
	return false;
}

static bool
is_same(const struct compose_row *a, const struct compose_row *b)
{
	return strcmp(a->prov, b->prov) == 0 && strcmp(a->name, b->name) == 0;
}

/* One line for each reason would be a page: the first says why, of the others there are names. */
static void
tell_missing(struct prov_env *env, const struct pdesc *d, const struct buf *names, const char *why)
{
	struct buf copy = *names;

	env->note(env->note_self, glob_is_pattern(d->prov) || *d->prov == '\0' ? 1 : 0,
	    "not available on this kernel:%s: %s", buf_str(&copy), why);
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	struct buf missing = BUF_INIT;
	struct muted m, first = { "" };

	if (d->id != 0 || !is_provider(d->prov) || !glob_match(d->mod, module) ||
	    !glob_match(d->func, ""))
		return 0;
	for (uint32_t i = 0, next; i < compose_nrow; i = next) {
		const struct compose_row *r = &compose_table[i];
		bool found = false;

		/* the rows of one name are one after the other */
		for (next = i; next < compose_nrow && is_same(r, &compose_table[next]); next++)
			if (is_kernel(r) && glob_match(d->prov, r->prov) &&
			    glob_match(d->name, r->name))
				found |= add_row(env, next, &m);
			else
				found = true;
		if (found)
			continue;
		buf_printf(&missing, " %s:::%s", r->prov, r->name);
		if (first.said[0] == '\0')
			snprintf(first.said, sizeof(first.said), "%s", m.said[0] != '\0' ? m.said :
			    arena_printf(env->arena, "the kernel has no %s", r->below));
	}
	if (missing.n > 0)
		tell_missing(env, d, &missing, first.said);
	buf_fini(&missing);
	return 0;
}

/* Up to `end`, without blanks around it. */
static const struct type *
parse_type(struct prov_env *env, const char *text, size_t n)
{
	char name[TYPE_BYTES];

	while (n > 0 && *text == ' ') {
		text++;
		n--;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	return type_find(env->types, name);
}

/* Types that D has no library for stay unknown. */
static void
set_types(struct prov_env *env, struct probe *p, const char *text)
{
	const struct type *to[ARGS_MAX], *from[ARGS_MAX];
	uint32_t n = 0;

	while (*text != '\0' && n < ARGS_MAX) {
		size_t len = strcspn(text, "|"), colon = strcspn(text, ":");
		bool has_from = colon < len;

		to[n] = parse_type(env, text + (has_from ? colon + 1 : 0),
		    len - (has_from ? colon + 1 : 0));
		from[n] = has_from ? parse_type(env, text, colon) : NULL;
		if (to[n] == NULL)
			break;
		n++;
		text += len + (text[len] == '|');
	}
	p->arg = arena_alloc(env->arena, n * sizeof(*p->arg) + 1);
	p->from = arena_alloc(env->arena, n * sizeof(*p->from) + 1);
	p->narg = n;
	if (n > 0) {
		memcpy(p->arg, to, n * sizeof(*to));
		memcpy(p->from, from, n * sizeof(*from));
	}
}

static void
types(struct prov_env *env, struct probe *p)
{
	for (struct site *s = p->site; s != NULL; s = s->next) {
		struct probe *below = env->probes->probe[s->below->id - 1];
		const struct site *b = below->site;

		prov_types(env, below);
		for (; b != NULL && (b->data != s->data || b->number != s->number); b = b->next)
			continue;
		if (b != NULL)
			s->shape = b->shape;
	}
	if (p->site != NULL)
		set_types(env, p, compose_table[p->site->row - 1].types);
}

static void
describe(const struct probe *p, struct buf *b)
{
	buf_puts(b, "\n\tMade of\n");
	for (const struct site *s = p->site; s != NULL; s = s->next) {
		const struct compose_row *r = &compose_table[s->row - 1];

		buf_printf(b, "\t\t%s%s%s%s\n", r->below, strcmp(r->when, "1") != 0 ? " / " : "",
		    strcmp(r->when, "1") != 0 ? r->when : "", strcmp(r->when, "1") != 0 ? " /" : "");
	}
}

/* Sites are those of other providers, which arm them. */
const struct provider provider_compose = {
	.name = "compose",
	.list = list,
	.types = types,
	.describe = describe,
};
