/*
 * The provider dtrace: BEGIN, END and ERROR. Nothing is attached: BEGIN and END are programs that
 * the session runs once, ERROR is code inside of every program that can fault.
 */
#include "prov/prov.h"

static const struct context begin_context = {
	.stack_skip = STACK_SKIP,
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.is_run = true,
};

extern const struct provider provider_dtrace;

/* All three, whatever is asked for: dtrace is the first provider, and ids 1, 2 and 3 are theirs
 * in every session. */
static int
dtrace_list(struct prov_env *env, const struct pdesc *d)
{
	static const char *const name[] = { "BEGIN", "END", "ERROR" };

	(void)d;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		struct probe *p = probe_add(env->probes, &provider_dtrace, "dtrace", "", "",
		    name[i]);
		if (p->nsite == 0)
			site_add(env->probes, p, NULL, NULL);
	}
	return 0;
}

static int
dtrace_attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	(void)env;
	(void)prog_fd;
	for (size_t i = 0; i < n; i++)
		site[i]->is_armed = true;
	return 0;
}

const struct provider provider_dtrace = {
	.name = "dtrace",
	.context = &begin_context,
	.list = dtrace_list,
	.attach = dtrace_attach,
};
