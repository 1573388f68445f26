/* Descriptions → processes, for providers whose names end with a pid. */
#include "prov/pids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/glob.h"

/* The base name of the object; a memfd's is the name that it was made with. */
const char *
pids_module(struct prov_env *env, const char *path)
{
	static const char memfd[] = "/memfd:";
	const char *base = strrchr(path, '/');
	char *mod;

	if (strncmp(path, memfd, sizeof(memfd) - 1) == 0)
		base = path + sizeof(memfd) - 2;
	mod = arena_strdup(env->arena, base != NULL ? base + 1 : path);
	for (char *p = mod; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == ':')
			*p = '_';
	return mod;
}

int
pids_each_map(struct prov_env *env, pid_t pid, int (*fn)(void *, const struct proc_map *),
    void *self)
{
	return env->mapped != NULL ? fn(self, env->mapped) : proc_each_map(pid, fn, self);
}

struct scan_all {
	struct prov_env *env;
	const struct pdesc *desc;
	pids_scan_fn *scan;
	const char *digits;		/* that the provider's text ends with */
};

/* Can a provider with this pid match? If the text ends with digits, one of the two is the end of
 * the other ('*' may stand for digits, too). */
static int
on_pid(void *self, pid_t pid)
{
	const struct scan_all *a = self;
	size_t n, ndigits = strlen(a->digits);
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	n = strlen(text);
	if (pid != getpid() && (n < ndigits ? strcmp(a->digits + ndigits - n, text) :
	    strcmp(text + n - ndigits, a->digits)) == 0)
		a->scan(a->env, a->desc, pid);
	return 0;
}

static const char *
trailing_digits(const char *s)
{
	const char *p = s + strlen(s);

	while (p > s && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return p;
}

bool
pids_is_open(const char *prov)
{
	return glob_is_pattern(prov) && strspn(prov, "*") != strlen(prov);
}

static int
list_glob(struct prov_env *env, const struct pdesc *d, pids_scan_fn *scan)
{
	struct scan_all a = { env, d, scan, trailing_digits(d->prov) };
	int err;

	if (env->follows && env->only != 0)
		scan(env, d, env->only);
	else
		for (uint32_t i = 0; i < env->ntarget; i++)
			if (env->only == 0 || env->only == env->target[i].pid)
				scan(env, d, env->target[i].pid);
	if (env->ntarget > 0 || (!env->is_listing && !pids_is_open(d->prov)))
		return 0;
	/* digits that belong to a set or are escaped say nothing about the end */
	if (a.digits > d->prov && a.digits[-1] == '\\')
		a.digits = "";
	if (env->only != 0)
		return on_pid(&a, env->only);
	err = proc_each_pid(on_pid, &a);
	if (err != 0)
		snprintf(env->err, sizeof(env->err), "failed to read /proc: %s", strerror(-err));
	return err;
}

static bool
is_pid(const char *digits)
{
	return *digits != '0' && strlen(digits) <= 9;
}

/* The process that these digits name, if it runs; else 0. */
static pid_t
pid_of(const char *digits)
{
	struct proc p;
	long pid;

	if (!is_pid(digits))
		return 0;
	pid = strtol(digits, NULL, 10);
	if (proc_grab(&p, (pid_t)pid) != 0)
		return 0;
	proc_release(&p);
	return (pid_t)pid;
}

/* A provider without wildcards: the pid is at its end, but where does it begin? The processes
 * that were asked for come first, then the longest number. */
static int
list_exact(struct prov_env *env, const struct pdesc *d, const char *digits, pids_scan_fn *scan)
{
	bool has_provider = false;

	for (uint32_t i = 0; i < env->ntarget; i++) {
		char text[16];
		size_t n = strlen(d->prov), ntext;

		snprintf(text, sizeof(text), "%d", env->target[i].pid);
		ntext = strlen(text);
		if (n > ntext && strcmp(d->prov + n - ntext, text) == 0 &&
		    scan(env, d, env->target[i].pid).n > 0)
			return 0;
	}
	for (const char *p = digits; *p != '\0'; p++) {
		pid_t pid = p > d->prov ? pid_of(p) : 0;
		struct pids_found s = {0};

		if (pid != 0)
			s = scan(env, d, pid);
		if (s.n > 0)
			return 0;
		has_provider |= s.has_provider;
	}
	if (has_provider || digits == d->prov || !is_pid(digits) || pid_of(digits) != 0)
		return 0;
	snprintf(env->err, sizeof(env->err), "failed to grab process %s", digits);
	return -ESRCH;
}

static bool
is_pid_provider(const char *prov, const char *digits)
{
	return digits - prov == 3 && strncmp(prov, "pid", 3) == 0;
}

bool
pids_may_match(const char *prov, const char *word)
{
	size_t literal = strcspn(prov, "*?[\\"), n = strlen(word);

	return strncmp(prov, word, literal < n ? literal : n) == 0;
}

bool
pids_has_pid(const char *prov)
{
	const char *digits = trailing_digits(prov);

	return *digits != '\0' && !glob_is_pattern(prov) && !is_pid_provider(prov, digits);
}

bool
pids_all(const struct prov_env *env)
{
	return !env->is_listing && (env->follows || (env->ntarget == 0 && !env->names_processes));
}

int
pids_each(struct prov_env *env, const struct pdesc *d, pids_scan_fn *scan)
{
	const char *digits = trailing_digits(d->prov);

	env->pass++;
	if (*d->prov == '\0' || glob_is_pattern(d->prov))
		return list_glob(env, d, scan);
	if (*digits == '\0' || is_pid_provider(d->prov, digits))
		return 0;
	return list_exact(env, d, digits, scan);
}
