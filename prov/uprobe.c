/*
 * Sites are armed many at a time: one link (uprobe_multi) holds all that one program has in one
 * file and process. Kernels without such links get a perf event and a link for each site.
 *
 * The kernel arms a link as a whole or not at all. So when it refuses one, the sites are tried in
 * halves, until those that it does not like are alone and all the others armed: with one bad site
 * of n, 2 log n attempts.
 *
 * Disarming is one wait of the kernel's for each link, and one for each perf event, those one
 * after the other: see run/disarm.c.
 *
 * Semaphores are the kernel's to count, for as long as the link is open: however we end, they
 * drop again, and the breakpoints go.
 */
#include "prov/uprobe.h"

#include <errno.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "os/nop5.h"

const struct context uprobe_context = {
	.type = BPF_PROG_TYPE_KPROBE,
	.may_sleep = true,
	.has_cookie = true,
};

/* Some sites of one file and process, to be armed with one program. */
struct batch {
	struct prov_env *env;
	struct site **site;
	size_t n;
	int prog_fd;
	pid_t pid;
	bool is_pin;		/* for the helper of nop5.h: does not make a site armed */
};

/* What the kernel means by its error numbers here. */
static const struct {
	int err;
	const char *why;
	bool is_general;	/* of the file or process, not of one site */
} reason[] = {
	{ EINVAL, "the kernel takes no probe there; its semaphore may differ from the one that "
	    "another tracer gave for the same place", false },
	{ EOPNOTSUPP, "the instruction there cannot be probed", false },
	{ 524 /* ENOTSUPP */, "the instruction there cannot be probed", false },
	{ ENOEXEC, "the instruction there cannot be probed", false },
	{ ERANGE, "its semaphore is beyond 4 GiB in the file", false },
	{ EBADF, "not a regular file", true },
	{ ENOENT, "the file is gone", true },
	{ ESRCH, "the process has ended", true },
	{ EPERM, "no permission", true },
	{ EACCES, "no permission", true },
	{ EMFILE, "too many open files", true },
};

static const char nop5_refused[] = "the site is on a 5-byte nop, which this kernel rewrites so "
    "that a forked child would crash; -x nop5 arms it all the same";
static const char nop5_rewritten[] = "the site is on a 5-byte nop which the kernel has rewritten "
    "for another tracer, so that a forked child would crash; -x nop5 arms it all the same";

static const struct uprobe_site *
place_of(const struct site *s)
{
	return s->data;
}

/* The lower half is the probe's id. */
static uint64_t
cookie_of(const struct site *s)
{
	return (uint64_t)(uint32_t)place_of(s)->data << 32 | s->probe->id;
}

static bool
is_multi(struct prov_env *env)
{
	const char *how = env->options->str[OPT_UPROBE];
	if (how != NULL && strcmp(how, "perf") == 0)
		return false;
	return feature_has(env->features, FEATURE_UPROBE_MULTI);
}

uint32_t
uprobe_attach_type(struct prov_env *env)
{
	return is_multi(env) ? SYSBPF_UPROBE_MULTI : 0;
}

static void
refuse(struct prov_env *env, struct site *s, const char *why)
{
	const struct probe *p = s->probe;
	const struct uprobe_site *u = place_of(s);

	s->refused = why;
	env->note(env->note_self, 0, "%s:%s:%s:%s at offset 0x%llx of %s is not armed: %s",
	    p->prov, p->mod, p->func, p->name, (unsigned long long)u->off, u->path, why);
}

/* For one reason, said once. */
static void
refuse_all(struct prov_env *env, struct site **site, size_t n, const char *why)
{
	refuse(env, site[0], why);
	for (size_t i = 1; i < n; i++)
		site[i]->refused = why;
	if (n > 1)
		env->note(env->note_self, 0, "nor are %zu more sites in that file", n - 1);
}

static const char *
reason_of(struct prov_env *env, int err, bool *is_general)
{
	*is_general = false;
	for (size_t i = 0; i < sizeof(reason) / sizeof(reason[0]); i++)
		if (reason[i].err == err) {
			*is_general = reason[i].is_general;
			return reason[i].why;
		}
	return arena_strdup(env->arena, strerror(err));
}

/* One link for all of a batch. gives: its fd or -errno. */
static int
link_multi(const struct batch *b)
{
	_cleanup_free_ uint64_t *off = calloc(3 * b->n, sizeof(*off));
	if (off == NULL)
		return -ENOMEM;
	uint64_t *ref_ctr = off + b->n, *cookie = ref_ctr + b->n;
	bool has_ref_ctr = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct uprobe_site *u = place_of(b->site[i]);
		off[i] = u->off;
		ref_ctr[i] = u->ref_ctr_off;
		cookie[i] = cookie_of(b->site[i]);
		has_ref_ctr |= u->ref_ctr_off != 0;
	}
	return sysbpf_link_uprobe_multi(b->prog_fd, &(struct sysbpf_uprobes){
		.path = place_of(b->site[0])->path,
		.off = off,
		.ref_ctr = has_ref_ctr ? ref_ctr : NULL,
		.cookie = cookie,
		.n = (uint32_t)b->n,
		.pid = b->pid,
	});
}

static void
arm_multi(const struct batch *b)
{
	int fd = link_multi(b);
	if (fd >= 0) {
		vec_push(&b->env->link, fd);
		for (size_t i = 0; i < b->n; i++)
			b->site[i]->is_armed = !b->is_pin;
		return;
	}
	bool is_general;
	const char *why = reason_of(b->env, -fd, &is_general);
	if (b->n == 1 || is_general) {
		refuse_all(b->env, b->site, b->n, why);
		return;
	}
	struct batch half = *b;
	half.n = b->n / 2;
	arm_multi(&half);
	half.site += half.n;
	half.n = b->n - half.n;
	arm_multi(&half);
}

static void
arm_perf(const struct batch *b)
{
	prov_allow_fds(b->env, 2 * b->n);
	for (size_t i = 0; i < b->n; i++) {
		struct site *s = b->site[i];
		const struct uprobe_site *u = place_of(s);
		int fds[2];
		int err = sysbpf_link_uprobe_perf(b->prog_fd, u->path, u->off, u->ref_ctr_off,
		    cookie_of(s), b->pid, false, fds);
		if (err < 0) {
			bool is_general;
			const char *why = reason_of(b->env, -err, &is_general);
			refuse_all(b->env, b->site + i, is_general ? b->n - i : 1, why);
			if (is_general)
				return;
			continue;
		}
		vec_push(&b->env->link, fds[0]);
		vec_push(&b->env->link, fds[1]);
		s->is_armed = true;
	}
}

/* Sites that are not refused, moved to the front; gives: how many. */
static size_t
keep_fine(struct site **site, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (site[i]->refused == NULL)
			site[kept++] = site[i];
	return kept;
}

/* Another tracer's probe may have been rewritten before ours came. */
static void
refuse_rewritten(struct prov_env *env, struct site **site, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct uprobe_site *u = place_of(site[i]);
		uint8_t byte;
		if (u->pid != 0 && u->addr != 0 && proc_read(u->pid, u->addr, &byte, 1) == 0 &&
		    byte == 0xe8)
			refuse(env, site[i], nop5_rewritten);
	}
}

/*
 * Sites of one file, each on a 5-byte nop: see to it that the kernel does not rewrite them, and
 * refuse those where that fails. The link that does it is kept with the others.
 */
static void
pin(struct prov_env *env, struct site **site, size_t n)
{
	struct nop5_helper helper;
	_cleanup_fd_ int prog_fd = nop5_idle_prog();
	int err = prog_fd < 0 ? prog_fd : nop5_helper_start(&helper, place_of(site[0])->path);

	if (err == 0) {
		arm_multi(&(struct batch){ .env = env, .site = site, .n = n,
		    .prog_fd = prog_fd, .pid = helper.pid, .is_pin = true });
		n = keep_fine(site, n);
	}
	for (size_t i = 0; i < n; i++)
		if (err < 0 || !nop5_helper_pin(&helper, place_of(site[i])->off))
			if (feature_has(env->features, FEATURE_NOP5_OPTIMISED))
				refuse(env, site[i], nop5_refused);
	if (err == 0)
		nop5_helper_end(&helper);
}

static void
pin_nop5(struct prov_env *env, struct site **site, size_t n)
{
	_cleanup_free_ struct site **nop5 = calloc(n, sizeof(struct site *));
	size_t nnop5 = 0;

	for (size_t i = 0; nop5 != NULL && i < n; i++)
		if (place_of(site[i])->is_nop5)
			nop5[nnop5++] = site[i];
	if (nnop5 == 0 || options_on(env->options, OPT_NOP5) || !nop5_may_be_optimised())
		return;
	refuse_rewritten(env, nop5, nnop5);
	nnop5 = keep_fine(nop5, nnop5);
	if (nnop5 > 0)
		pin(env, nop5, nnop5);
}

static int
compare(const void *a, const void *b)
{
	const struct uprobe_site *x = place_of(*(struct site *const *)a);
	const struct uprobe_site *y = place_of(*(struct site *const *)b);
	int c = x->path == y->path ? 0 : strcmp(x->path, y->path);

	if (c != 0)
		return c;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

/* How many sites from the first on have its file (and, when asked for, its process). */
static size_t
run_length(struct site **site, size_t n, bool same_pid)
{
	const struct uprobe_site *first = place_of(site[0]);
	size_t i = 1;

	for (; i < n; i++) {
		const struct uprobe_site *u = place_of(site[i]);
		if (u->path != first->path && strcmp(u->path, first->path) != 0)
			break;
		if (same_pid && u->pid != first->pid)
			break;
	}
	return i;
}

static void
arm_file(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	pin_nop5(env, site, n);
	n = keep_fine(site, n);
	for (size_t i = 0, len; i < n; i += len) {
		len = run_length(site + i, n - i, true);
		struct batch b = { .env = env, .site = site + i, .n = len, .prog_fd = prog_fd,
		    .pid = place_of(site[i])->pid };
		if (is_multi(env))
			arm_multi(&b);
		else
			arm_perf(&b);
	}
}

int
uprobe_attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	_cleanup_free_ struct site **sorted = calloc(n, sizeof(struct site *));

	if (sorted == NULL && n > 0)
		return -ENOMEM;
	size_t nsorted = 0;
	for (size_t i = 0; i < n; i++)
		if (!site[i]->is_armed && site[i]->refused == NULL)
			sorted[nsorted++] = site[i];
	if (nsorted == 0)
		return 0;
	qsort(sorted, nsorted, sizeof(struct site *), compare);
	for (size_t i = 0, len; i < nsorted; i += len) {
		len = run_length(sorted + i, nsorted - i, false);
		arm_file(env, sorted + i, len, prog_fd);
	}
	return 0;
}
