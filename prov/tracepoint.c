/* Tracepoints by name, from tracefs. Names are C's: BEGIN and tick-1s are none. */
#include "prov/tracepoint.h"

#include <errno.h>
#include <string.h>

#include "base/glob.h"
#include "os/tracefs.h"

/* Events that are not tracepoints, or have a provider of their own. */
static const char *const other_group[] = {
	"ftrace", "kprobes", "synthetic", "syscalls", "uprobes",
};

struct listing {
	struct prov_env *env;
	const struct pdesc *desc;
	const struct provider *provider;
};

bool
tracepoint_may_match(const struct pdesc *d, const char *prov)
{
	static const char *const special[] = { "BEGIN", "END", "ERROR" };

	if (d->id != 0 || !glob_match(d->prov, prov) || !glob_match(d->func, ""))
		return false;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(d->name, special[i]) == 0)
			return false;
	return glob_is_pattern(d->name) || strchr(d->name, '-') == NULL;
}

static int
on_event(void *self, const char *group, const char *event)
{
	const struct listing *l = self;
	struct probe *p;

	for (size_t i = 0; i < sizeof(other_group) / sizeof(other_group[0]); i++)
		if (strcmp(group, other_group[i]) == 0)
			return 0;
	if (!glob_match(l->desc->mod, group) || !glob_match(l->desc->name, event))
		return 0;
	p = probe_add(l->env->probes, l->provider, l->provider->name, group, "", event);
	if (p->nsite == 0)
		site_add(l->env->probes, p, NULL, NULL);
	return 0;
}

int
tracepoint_list(struct prov_env *env, const struct pdesc *d, const struct provider *provider)
{
	struct listing l = { .env = env, .desc = d, .provider = provider };
	const bool is_one = *d->mod != '\0' && *d->name != '\0' && !glob_is_pattern(d->mod) &&
	    !glob_is_pattern(d->name) && tracefs_has(d->mod, d->name);
	int err = is_one ? on_event(&l, d->mod, d->name) : tracefs_each_event(on_event, &l);

	if (err < 0 && strcmp(d->prov, provider->name) == 0)
		env->note(env->note_self, 0, "%s is not available: the kernel's list of trace "
		    "events cannot be read (is tracefs mounted?): %s", provider->name,
		    strerror(-err));
	return 0;
}
