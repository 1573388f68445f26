/* -l, -v: what probes there are, in DTrace's columns; and what the kernel offers (-V -v). */
#include <errno.h>
#include <string.h>

#include "prov/stapsdt.h"
#include "run/session.h"
#include "type/spell.h"

#define COMMON(NAMES, DATA) { ATTR_##NAMES, ATTR_##DATA, ATTR_COMMON }
#define PRIVATE { ATTR_PRIVATE, ATTR_PRIVATE, ATTR_UNKNOWN }

/* How much a script may rely on names and arguments of a provider's probes. */
static const struct {
	const char *provider;
	struct attr probe, args;
} stability_table[] = {
	{ "dtrace", COMMON(STABLE, STABLE), COMMON(STABLE, STABLE) },
	{ "profile", COMMON(UNSTABLE, UNSTABLE), COMMON(EVOLVING, EVOLVING) },
	{ "", PRIVATE, PRIVATE },	/* all others */
};

static void
print_stability(FILE *f, const char *what, struct attr a)
{
	fprintf(f, "\n\t%s\n\t\tIdentifier Names: %s\n\t\tData Semantics:   %s\n"
	    "\t\tDependency Class: %s\n", what, attr_stability[a.names], attr_stability[a.data],
	    attr_class[a.class]);
}

static size_t
stability_row(const char *provider)
{
	size_t n = sizeof(stability_table) / sizeof(*stability_table);

	for (size_t i = 0; i < n; i++)
		if (strcmp(stability_table[i].provider, provider) == 0)
			return i;
	return n - 1;
}

/* The provider's words for it, unless they are those of the probe before. */
static void
print_mechanism(const struct probe *p, bool names_it, struct buf *last, FILE *f)
{
	struct buf b = BUF_INIT;

	if (p->provider->mechanism != NULL && p->site != NULL)
		p->provider->mechanism(p, &b);
	if (b.n > 0 && strcmp(buf_str(&b), buf_str(last)) != 0) {
		fputs("\n\tMechanism", f);
		if (names_it)
			fprintf(f, " of %s:::%s", p->prov, p->name);
		fprintf(f, "\n%s", buf_str(&b));
	}
	buf_fini(last);
	*last = b;
}

static void
print_verbose(struct dt *s, struct probe *p, FILE *f)
{
	size_t row = stability_row(p->provider->name);
	struct buf b = BUF_INIT, none = BUF_INIT;

	print_stability(f, "Probe Description Attributes", stability_table[row].probe);
	print_stability(f, "Argument Attributes", stability_table[row].args);
	fputs("\n\tArgument Types\n", f);
	prov_types(&s->prov, p);
	if (p->narg == 0)
		fputs("\t\tNone\n", f);
	for (uint32_t i = 0; i < p->narg; i++) {
		const char *type = type_spell(&s->arena, p->arg[i]);
		const char *name = p->arg_name != NULL ? p->arg_name[i] : "";
		bool is_close = *name == '\0' || type[strlen(type) - 1] == '*';

		fprintf(f, "\t\targs[%u]: %s%s%s\n", i, type, is_close ? "" : " ", name);
	}
	print_mechanism(p, false, &none, f);
	buf_fini(&none);
	if (p->provider->describe != NULL)
		p->provider->describe(p, &b);
	if (b.n > 0)
		fputs(buf_str(&b), f);
	buf_fini(&b);
	fputc('\n', f);
}

static void
print_probe(struct dt *s, struct probe *p, FILE *f, bool verbose)
{
	fprintf(f, "%5u %10s %17s %33s %s\n", p->id, p->prov, p->mod, p->func, p->name);
	if (verbose)
		print_verbose(s, p, f);
}

static bool
matches(void *self, struct pdesc *d)
{
	return probe_matches(self, d);
}

static bool
text_matches(const struct text *t, struct probe *p)
{
	return match_any(t, matches, p);
}

static bool
tell_unmatched(void *self, struct pdesc *d)
{
	struct dt *s = self;

	for (uint32_t i = 0; i < s->probes.n; i++)
		if (probe_matches(s->probes.probe[i], d))
			return false;
	fprintf(s->errf, "dtrace: failed to match %s: No probe matches description\n", d->text);
	return false;
}

int
list_everything(struct dt *s)
{
	static const struct pdesc any = { .prov = "", .mod = "", .func = "", .name = "",
	    .text = ":::" };
	const bool is_listing = s->prov.is_listing;
	int err;

	s->prov.is_listing = true;
	err = prov_list(&s->prov, &any);
	s->prov.is_listing = is_listing;
	return err;
}

/* Without texts: everything that can be listed for the targets, or in the file of -x object. */
static int
list_all(struct dt *s, FILE *f, bool verbose)
{
	const char *object = s->options.str[OPT_OBJECT];
	uint32_t first = 0;
	int err;

	err = list_everything(s);
	if (err == 0 && object != NULL) {
		first = s->probes.n;
		err = stapsdt_list_file(&s->prov, object);
	}
	if (err < 0)
		return session_error(s, err, "%s", s->prov.err);
	for (uint32_t i = first; i < s->probes.n; i++)
		print_probe(s, s->probes.probe[i], f, verbose);
	return 0;
}

int
dt_list(struct dt *s, FILE *f, bool verbose)
{
	const char *object = s->options.str[OPT_OBJECT];

	fprintf(f, "%5s %10s %17s %33s %s\n", "ID", "PROVIDER", "MODULE", "FUNCTION", "NAME");
	if (s->text.n == 0)
		return list_all(s, f, verbose);
	if (object != NULL && stapsdt_list_file(&s->prov, object) < 0)
		return session_error(s, -EINVAL, "%s", s->prov.err);
	for (size_t t = 0; t < s->text.n - s->nadded; t++) {
		for (uint32_t i = 0; i < s->probes.n; i++)
			if (text_matches(s->text.v[t], s->probes.probe[i]))
				print_probe(s, s->probes.probe[i], f, verbose);
		(void)match_any(s->text.v[t], tell_unmatched, s);
	}
	return 0;
}

/* The weakest of the probes that a program enables, and of the names in its clauses. */
void
dt_report(struct dt *s, unsigned i, FILE *f)
{
	struct attr probe = { ATTR_STANDARD, ATTR_STANDARD, ATTR_COMMON };
	struct buf last = BUF_INIT;
	const char *kind, *name;
	unsigned matched;

	dt_program(s, i, &kind, &name, &matched);
	for (uint32_t p = 0; p < s->probes.n; p++) {
		size_t row = stability_row(s->probes.probe[p]->provider->name);

		if (text_matches(s->text.v[i], s->probes.probe[p]))
			probe = attr_min(probe, stability_table[row].probe);
	}
	fprintf(f, "Stability attributes for %s %s:\n", kind, name);
	print_stability(f, "Minimum Probe Description Attributes", probe);
	print_stability(f, "Minimum Statement Attributes", s->text.v[i]->program->attr);
	for (uint32_t p = 0; p < s->probes.n; p++)
		if (text_matches(s->text.v[i], s->probes.probe[p]))
			print_mechanism(s->probes.probe[p], true, &last, f);
	buf_fini(&last);
	fputc('\n', f);
}

void
dt_features(struct dt *s, FILE *f)
{
	for (int i = 0; i < FEATURE_MAX; i++)
		fprintf(f, "%-16s %-4s %s\n", feature_name((enum feature)i),
		    feature_has(&s->features, (enum feature)i) ? "yes" : "no",
		    feature_doc((enum feature)i));
}
