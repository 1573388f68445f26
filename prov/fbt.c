/*
 * The provider fbt: entry and return of the kernel's functions, with the types that the kernel has
 * for parameters and results (BTF). Two ways, of which a kernel may have both, one or none:
 *
 *   fentry   BPF trampolines, the cheap way. A program is verified for one function, so that each
 *            probe loads its own, of the same code for all with equal clauses and places of
 *            arguments. For a function that is named.
 *   kprobe   one program for all, and where there is kprobe_multi one link for all. For patterns,
 *            and where there is no fentry.
 *
 * Functions that must not be traced are the kernel's to refuse, which it does for kprobes, and not
 * for all of fentry: 6.1 hung with trampolines on 1,000 functions taken as they came. So no pattern
 * is ever armed by fentry. Where BPF itself runs, the kernel keeps programs from interrupting
 * themselves.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "os/bpf.h"
#include "os/tracefs.h"
#include "prov/word.h"

/* Of struct pt_regs: where the words of arguments are, and the result. */
#if defined(__x86_64__)
static const uint16_t arg_word[] = { 112, 104, 96, 88, 72, 64 };	/* di si dx cx r8 r9 */
static const uint16_t result_word[] = { 80 };				/* ax */
#elif defined(__aarch64__)
static const uint16_t arg_word[] = { 0, 8, 16, 24, 32, 40, 48, 56 };
static const uint16_t result_word[] = { 0 };
#else
#error "in which registers are the arguments of a function?"
#endif
enum { ARG_WORDS = sizeof(arg_word) / sizeof(arg_word[0]) };

enum { ENOTSUPP = 524 };	/* the kernel's own */

static const struct context fentry_context = {
	.type = BPF_PROG_TYPE_TRACING,
	.has_cookie = true,
	.is_targeted = true,
	.stack_skip = STACK_SKIP,
};

static const struct context kprobe_context = {
	.type = BPF_PROG_TYPE_KPROBE,
	.has_cookie = true,
};

extern const struct provider provider_fbt;
static const struct provider fexit, kprobe, kretprobe;

struct listing {
	struct prov_env *env;
	const struct pdesc *desc;
	const struct provider *entry, *leave;	/* NULL: not asked for */
	struct map traceable;			/* empty: not known */
};

static void
add(const struct listing *l, const char *func, uint32_t id, const struct provider *provider,
    const char *name)
{
	struct probe *p;

	if (provider == NULL)
		return;
	p = probe_add(l->env->probes, provider, "fbt", "vmlinux", func, name);
	if (p->nsite == 0)
		site_add(l->env->probes, p, NULL, NULL)->target = id;
}

static int
on_function(void *self, const char *name, uint32_t id)
{
	const struct listing *l = self;

	if (!glob_match(l->desc->func, name) ||
	    (l->traceable.n > 0 && map_get(&l->traceable, name) == NULL))
		return 0;
	add(l, name, id, l->entry, "entry");
	add(l, name, id, l->leave, "return");
	return 0;
}

static int
on_traceable(void *self, const char *name)
{
	struct listing *l = self;

	if (glob_match(l->desc->func, name))
		map_put(&l->traceable, intern(l->env->intern, name), l);
	return 0;
}

static bool
has_kprobe(struct prov_env *env)
{
	return feature_has(env->features, FEATURE_KPROBE_MULTI) ||
	    feature_has(env->features, FEATURE_KPROBE);
}

/* Why the provider has nothing; NULL: it has. */
static const char *
unavailable(struct prov_env *env, bool is_one)
{
	if (word_types(env) == NULL)
		return "the kernel does not tell its types (/sys/kernel/btf/vmlinux)";
	if (has_kprobe(env))
		return NULL;
	if (!feature_has(env->features, FEATURE_FENTRY))
		return "the kernel has no kprobes, and takes no fentry program";
	return is_one ? NULL
	    : "patterns need kprobes, which the kernel does not have; name a function";
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	const bool is_one = *d->func != '\0' && !glob_is_pattern(d->func);
	struct listing l = { .env = env, .desc = d };
	const char *why;
	bool is_fentry;

	if (d->id != 0 || !glob_match(d->prov, "fbt") || !glob_match(d->mod, "vmlinux") ||
	    !(glob_match(d->name, "entry") || glob_match(d->name, "return")))
		return 0;
	why = unavailable(env, is_one);
	if (why != NULL) {
		env->note(env->note_self, strcmp(d->prov, "fbt") == 0 ? 0 : 1,
		    "fbt is not available: %s", why);
		return 0;
	}
	is_fentry = is_one && feature_has(env->features, FEATURE_FENTRY);
	if (glob_match(d->name, "entry"))
		l.entry = is_fentry ? &provider_fbt : &kprobe;
	if (glob_match(d->name, "return"))
		l.leave = is_fentry ? &fexit : &kretprobe;
	if (!is_one)
		(void)tracefs_each_function(on_traceable, &l);
	btf_each_function(word_types(env), on_function, &l);
	map_fini(&l.traceable);
	return 0;
}

static bool
prototype(struct prov_env *env, const struct probe *p, struct btf_prototype *proto)
{
	return btf_prototype(word_types(env), p->site->target, proto);
}

static void
fentry_types(struct prov_env *env, struct probe *p)
{
	const void *place[BTF_ARGS];
	struct btf_prototype proto;

	if (!prototype(env, p, &proto))
		return;
	for (uint32_t i = 0; i < proto.narg; i++)
		place[i] = word_place(&proto.arg[i]);
	word_set(env, p, place, proto.arg, proto.narg);
}

/* In registers are the first words, as long as no structure comes among them. */
static void
kprobe_types(struct prov_env *env, struct probe *p)
{
	const void *place[BTF_ARGS] = { NULL };
	struct btf_prototype proto;

	if (!prototype(env, p, &proto))
		return;
	for (uint32_t i = 0; i < proto.narg && i < ARG_WORDS && proto.arg[i].is_scalar; i++)
		place[i] = word_place(&proto.arg[i]);
	word_set(env, p, place, proto.arg, proto.narg);
}

static const char *
kprobe_arg_refused(const struct site *site, unsigned arg, bool is_word)
{
	(void)is_word;
	return site->shape != NULL && arg < site->shape->nplace && site->shape->place[arg] == NULL
	    ? "it is not in a register of its own" : NULL;
}

/* arg0: where in the function it returns, which nobody knows; arg1: what. */
static void
set_return_types(struct prov_env *env, struct probe *p, bool is_first_word)
{
	const void *place[2] = { word_minus_one };
	struct btf_arg type[2] = { { .type = "long", .size_bytes = 8, .is_signed = true } };
	struct btf_prototype proto;

	if (!prototype(env, p, &proto))
		return;
	type[1] = proto.result;
	if (is_first_word)
		type[1].slot = 0;
	place[1] = word_place(&type[1]);
	word_set(env, p, place, type, proto.result.size_bytes > 0 ? 2 : 1);
}

static void
fexit_types(struct prov_env *env, struct probe *p)
{
	set_return_types(env, p, false);
}

static void
kretprobe_types(struct prov_env *env, struct probe *p)
{
	set_return_types(env, p, true);
}

static void
kprobe_enter(struct ir_func *f, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)fault;
	word_enter_at(f, site, ctx, st, mask, arg_word, ARG_WORDS);
}

static void
kretprobe_enter(struct ir_func *f, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)fault;
	word_enter_at(f, site, ctx, st, mask, result_word, 1);
}

static uint32_t
fentry_attach_type(struct prov_env *env)
{
	(void)env;
	return BPF_TRACE_FENTRY;
}

static uint32_t
fexit_attach_type(struct prov_env *env)
{
	(void)env;
	return BPF_TRACE_FEXIT;
}

static uint32_t
kprobe_attach_type(struct prov_env *env)
{
	return feature_has(env->features, FEATURE_KPROBE_MULTI) ? BPF_TRACE_KPROBE_MULTI : 0;
}

static const char *
reason(struct prov_env *env, int err)
{
	switch (-err) {
	case EBUSY:
	case EINVAL:
	case ENOENT:
	case ESRCH:
		return "the kernel lets nothing be traced there";
	case EADDRNOTAVAIL:
		return "several functions have that name";
	case ENOTSUPP:
		return "the kernel traces no function with so many arguments";
	default:
		return arena_strdup(env->arena, strerror(-err));
	}
}

static int
fentry_attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	for (size_t i = 0; i < n; i++) {
		const struct probe *p = site[i]->probe;
		int fd;

		prov_allow_fds(env, 1);
		fd = sysbpf_link_tracing(prog_fd, p->provider->attach_type(env), p->id);
		site[i]->is_armed = fd >= 0;
		if (fd >= 0)
			vec_push(&env->link, fd);
		else
			site[i]->refused = reason(env, fd);
	}
	return 0;
}

/* All of them in one link; in halves, when the kernel does not like one. */
static void
arm_multi(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	_cleanup_free_ const char **name = calloc(n, sizeof(*name));
	_cleanup_free_ uint64_t *cookie = calloc(n, sizeof(*cookie));
	int fd = -ENOMEM;

	for (size_t i = 0; name != NULL && cookie != NULL && i < n; i++) {
		name[i] = site[i]->below->func;
		cookie[i] = site[i]->probe->id;
	}
	if (name != NULL && cookie != NULL)
		fd = sysbpf_link_kprobe_multi(prog_fd, &(struct sysbpf_kprobes){
			.name = name, .cookie = cookie, .n = (uint32_t)n,
			.is_return = site[0]->below->provider == &kretprobe,
		});
	if (fd >= 0)
		vec_push(&env->link, fd);
	for (size_t i = 0; fd >= 0 && i < n; i++)
		site[i]->is_armed = true;
	if (fd < 0 && n == 1)
		site[0]->refused = reason(env, fd);
	if (fd < 0 && n > 1) {
		arm_multi(env, site, n / 2, prog_fd);
		arm_multi(env, site + n / 2, n - n / 2, prog_fd);
	}
}

static void
arm_single(struct prov_env *env, struct site *site, int prog_fd)
{
	const struct probe *p = site->below;
	int fds[2];
	int err = sysbpf_link_kprobe_perf(prog_fd, p->func, site->probe->id, p->provider == &kretprobe,
	    fds);

	site->is_armed = err == 0;
	if (err < 0) {
		site->refused = reason(env, err);
		return;
	}
	vec_push(&env->link, fds[0]);
	vec_push(&env->link, fds[1]);
}

/* Without kprobe_multi each takes milliseconds, so that there is a limit. */
static void
arm_singles(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	enum { SINGLES_MAX = 1000 };

	prov_allow_fds(env, 2 * n);
	for (size_t i = 0; i < n; i++)
		if (i < SINGLES_MAX)
			arm_single(env, site[i], prog_fd);
		else
			site[i]->refused = "this kernel arms functions one by one, and there are "
			    "too many";
}

static int
kprobe_attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	if (feature_has(env->features, FEATURE_KPROBE_MULTI))
		arm_multi(env, site, n, prog_fd);
	else
		arm_singles(env, site, n, prog_fd);
	prov_note_refused(env, site, n);
	return 0;
}

static const struct provider fexit = {
	.name = "fbt",
	.context = &fentry_context,
	.enter = word_enter,
	.attach_type = fexit_attach_type,
	.attach = fentry_attach,
	.types = fexit_types,
};

static const struct provider kprobe = {
	.name = "fbt",
	.context = &kprobe_context,
	.enter = kprobe_enter,
	.attach_type = kprobe_attach_type,
	.attach = kprobe_attach,
	.arg_refused = kprobe_arg_refused,
	.types = kprobe_types,
};

static const struct provider kretprobe = {
	.name = "fbt",
	.context = &kprobe_context,
	.enter = kretprobe_enter,
	.attach_type = kprobe_attach_type,
	.attach = kprobe_attach,
	.types = kretprobe_types,
};

const struct provider provider_fbt = {
	.name = "fbt",
	.context = &fentry_context,
	.list = list,
	.enter = word_enter,
	.attach_type = fentry_attach_type,
	.attach = fentry_attach,
	.types = fentry_types,
};
