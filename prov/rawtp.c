/*
 * The provider rawtp: the kernel's tracepoints, with the arguments that their hooks get. The cheap
 * one: no record is made first, as it is for sdt.
 *
 * Which arguments there are, the kernel's types tell. Without them, or for a tracepoint of a
 * module, there are none.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "os/bpf.h"
#include "prov/tracepoint.h"
#include "prov/word.h"

static const struct context plain_context = {
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.stack_skip = STACK_SKIP,
};

static const struct context cookie_context = {
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.has_cookie = true,
	.stack_skip = STACK_SKIP,
};

extern const struct provider provider_rawtp;
static const struct provider without_cookies;

static int
list(struct prov_env *env, const struct pdesc *d)
{
	if (!tracepoint_may_match(d, "rawtp"))
		return 0;
	return tracepoint_list(env, d, feature_has(env->features, FEATURE_RAWTP_COOKIE)
	    ? &provider_rawtp : &without_cookies);
}

static void
types(struct prov_env *env, struct probe *p)
{
	const struct btf_types *btf = word_types(env);
	const void *place[BTF_ARGS];
	struct btf_prototype proto;

	if (btf == NULL || !btf_prototype(btf, btf_find_tracepoint(btf, p->name), &proto))
		return;
	for (uint32_t i = 0; i < proto.narg; i++) {
		proto.arg[i].slot = i;	/* the kernel makes one word of each */
		place[i] = word_place(&proto.arg[i]);
	}
	word_set(env, p, place, proto.arg, proto.narg);
}

static int
attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	prov_allow_fds(env, n);
	for (size_t i = 0; i < n; i++) {
		const struct probe *p = site[i]->below;
		int fd = sysbpf_link_raw_tp(prog_fd, p->name,
		    p->provider->context->has_cookie ? site[i]->probe->id : 0);

		if (fd >= 0) {
			vec_push(&env->link, fd);
			site[i]->is_armed = true;
			continue;
		}
		site[i]->refused = fd == -ENOENT ? "the kernel has no such tracepoint"
		    : arena_strdup(env->arena, strerror(-fd));
	}
	prov_note_refused(env, site, n);
	return 0;
}

static const struct provider without_cookies = {
	.name = "rawtp",
	.context = &plain_context,
	.enter = word_enter,
	.attach = attach,
	.types = types,
};

const struct provider provider_rawtp = {
	.name = "rawtp",
	.context = &cookie_context,
	.list = list,
	.enter = word_enter,
	.attach = attach,
	.types = types,
};
