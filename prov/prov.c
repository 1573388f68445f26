/* The table of providers. */
#include "prov/prov.h"

#include <sys/resource.h>

#define PROVIDER(SYMBOL) extern const struct provider provider_##SYMBOL;
#include "prov/prov.def"
#undef PROVIDER

const struct provider *const provider_table[] = {
#define PROVIDER(SYMBOL) &provider_##SYMBOL,
#include "prov/prov.def"
#undef PROVIDER
	NULL,
};

int
prov_list(struct prov_env *env, const struct pdesc *d)
{
	for (const struct provider *const *p = provider_table; *p != NULL; p++) {
		int err = (*p)->list(env, d);
		if (err < 0)
			return err;
	}
	return 0;
}

void
prov_allow_fds(const struct prov_env *env, size_t n)
{
	struct rlimit lim;
	rlim_t want = env->link.n + n + 256;

	if (getrlimit(RLIMIT_NOFILE, &lim) < 0 || lim.rlim_cur >= want)
		return;
	lim.rlim_cur = want;
	if (lim.rlim_max < want)
		lim.rlim_max = want;
	setrlimit(RLIMIT_NOFILE, &lim);		/* if not, the sites that find no fd say so */
}

void
prov_types(struct prov_env *env, struct probe *p)
{
	if (p->provider->types != NULL && !p->has_types)
		p->provider->types(env, p);
	p->has_types = true;
}
