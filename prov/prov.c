/* The table of providers. */
#include "prov/prov.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

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

/* Time and size too: an inode number gets a new owner when its file is gone. */
void *
prov_of_file(struct prov_env *env, const char *what, int fd, size_t bytes, bool *is_new)
{
	struct stat st;
	char key[160];
	void *p;

	*is_new = false;
	if (fstat(fd, &st) != 0)
		return NULL;
	snprintf(key, sizeof(key), "%s %jx %ju %jd %jd.%09ld", what, (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino, (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec);
	p = map_get(&env->cache, key);
	if (p != NULL)
		return p;
	*is_new = true;
	p = arena_alloc(env->arena, bytes);
	memset(p, 0, bytes);
	map_put(&env->cache, arena_strdup(env->arena, key), p);
	return p;
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
prov_note_refused(struct prov_env *env, struct site *const *site, size_t n)
{
	enum { REASONS = 4 };
	struct { const struct site *first; size_t nmore; } row[REASONS] = { { NULL, 0 } };
	size_t nother = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (site[i]->refused == NULL)
			continue;
		while (k < REASONS && row[k].first != NULL &&
		    strcmp(row[k].first->refused, site[i]->refused) != 0)
			k++;
		if (k == REASONS)
			nother++;
		else if (row[k].first == NULL)
			row[k].first = site[i];
		else
			row[k].nmore++;
	}
	for (size_t k = 0; k < REASONS && row[k].first != NULL; k++) {
		const struct probe *p = row[k].first->probe;

		env->note(env->note_self, 0, "%s:%s:%s:%s is not armed: %s", p->prov, p->mod,
		    p->func, p->name, row[k].first->refused);
		if (row[k].nmore > 0)
			env->note(env->note_self, 0, "nor are %zu more, for the same reason",
			    row[k].nmore);
	}
	if (nother > 0)
		env->note(env->note_self, 0, "nor are %zu others", nother);
}

void
prov_types(struct prov_env *env, struct probe *p)
{
	if (p->provider->types != NULL && !p->has_types)
		p->provider->types(env, p);
	p->has_types = true;
}
