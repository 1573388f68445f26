/*
 * The provider syscall: entry and return of every system call.
 *
 * One program on the raw tracepoint sys_enter (or sys_exit) serves all calls: it looks the number
 * up in a table of probe ids, so that 1 probe and 700 are armed in the same time, 0.2 ms. The
 * kernel's tracepoints for single calls take 0.3 ms each, and 55 ms each to disarm. Measured on
 * 6.18 with getppid(), 166 ns untraced: 320 ns here, 423 ns there; a call that is not asked for,
 * 320 ns here, 220 ns there.
 *
 * Calls of 32-bit programs have other numbers and are left out, as in the kernel's trace events.
 * (On x86-64, "int $0x80" in a 64-bit program is taken for the 64-bit call of that number.)
 */
#include <asm/ptrace.h>
#include <errno.h>
#include <linux/bpf.h>

#include "base/glob.h"
#include "os/bpf.h"
#include "prov/record.h"
#include "rec/state.h"

/* Where things are in struct pt_regs. MODE_MASK and MODE_32: how a 32-bit program shows. */
#if defined(__x86_64__)
enum {
	REGS_NUMBER = 120, NUMBER_BYTES = 8,		/* orig_ax */
	REGS_MODE = 136, MODE_MASK = 0xffff, MODE_32 = 0x23,	/* cs */
	REGS_ARG = 56,
};
/* From REGS_ARG on: r10 r9 r8 ax cx dx si di. */
static const uint8_t arg_off[] = { 56, 48, 40, 0, 16, 8 };
#elif defined(__aarch64__)
enum {
	REGS_NUMBER = 280, NUMBER_BYTES = 4,		/* syscallno */
	REGS_MODE = 264, MODE_MASK = 0x10, MODE_32 = 0x10,	/* pstate */
	REGS_ARG = 0,
};
static const uint8_t arg_off[] = { 0, 8, 16, 24, 32, 40 };
#else
#error "where are a system call's number and arguments in struct pt_regs?"
#endif
enum {
	NARG = sizeof(arg_off),
	ARG_BYTES = 64,			/* all that STATE_scratch has */
	/* the mode and the number, with what is between */
	EXIT_FROM = REGS_MODE < REGS_NUMBER ? REGS_MODE : REGS_NUMBER,
	EXIT_BYTES = 24,
};
_Static_assert(STATE_scratch + ARG_BYTES <= STATE_fixed_bytes, "arguments fit the scratch");

/* Of both tracepoints: the first argument points at struct pt_regs, the second is the number, or
 * the result. */
enum { CTX_REGS = 0, CTX_NUMBER = 8, CTX_RESULT = 8 };

static const struct call {
	uint32_t number;
	const char *name;
} call_table[] = {
#define SYSCALL(NUMBER, NAME) { NUMBER, NAME },
#if defined(__x86_64__)
#include "prov/syscall_x86_64.def"
#else
#include "prov/syscall_aarch64.def"
#endif
#undef SYSCALL
};
enum { NCALL = sizeof(call_table) / sizeof(call_table[0]) };

static const char group[] = "syscalls";
static const char event_prefix[] = "sys_enter_";	/* each has a sys_exit_ too */

extern const struct provider provider_syscall;
static const struct provider at_return;

static const struct call *
call_find(const char *name)
{
	for (size_t i = 0; i < NCALL; i++)
		if (strcmp(call_table[i].name, name) == 0)
			return &call_table[i];
	return NULL;
}

static void
add(struct prov_env *env, const char *name, bool is_return)
{
	const struct call *c = call_find(name);
	struct probe *p = probe_add(env->probes, is_return ? &at_return : &provider_syscall,
	    "syscall", "vmlinux", name, is_return ? "return" : "entry");
	struct site *s;

	if (p->nsite > 0)
		return;
	s = site_add(env->probes, p, NULL, NULL);
	if (c != NULL)
		s->number = c->number;
	else
		s->refused = "the number of this system call is not known to this version of dtrace";
}

struct listing {
	struct prov_env *env;
	const struct pdesc *desc;
};

static void
add_matching(const struct listing *l, const char *name)
{
	if (!glob_match(l->desc->func, name))
		return;
	if (glob_match(l->desc->name, "entry"))
		add(l->env, name, false);
	if (glob_match(l->desc->name, "return"))
		add(l->env, name, true);
}

static int
on_event(void *self, const char *event_group, const char *event)
{
	const size_t n = sizeof(event_prefix) - 1;

	if (strcmp(event_group, group) == 0 && strncmp(event, event_prefix, n) == 0)
		add_matching(self, event + n);
	return 0;
}

static const char *
event_name(struct prov_env *env, const char *name)
{
	return arena_printf(env->arena, "%s%s", event_prefix, name);
}

static int
list(struct prov_env *env, const struct pdesc *d)
{
	struct listing l = { .env = env, .desc = d };

	if (d->id != 0 || !glob_match(d->prov, "syscall") || !glob_match(d->mod, "vmlinux") ||
	    !(glob_match(d->name, "entry") || glob_match(d->name, "return")))
		return 0;
	if (!tracefs_has(group, "sys_enter_read"))	/* the kernel has no list */
		for (size_t i = 0; i < NCALL; i++)
			add_matching(&l, call_table[i].name);
	else if (*d->func == '\0' || glob_is_pattern(d->func))
		(void)tracefs_each_event(on_event, &l);
	else if (tracefs_has(group, event_name(env, d->func)))
		add_matching(&l, d->func);
	return 0;
}

static void
entry_types(struct prov_env *env, struct probe *p)
{
	struct tracefs_field *field;
	uint32_t n;

	/* the first field is the number of the call */
	if (tracefs_fields(env->arena, group, event_name(env, p->func), &field, &n) == 0 && n > 0)
		record_set_types(env, p, field + 1, n - 1);
}

static void
return_types(struct prov_env *env, struct probe *p)
{
	p->arg = arena_alloc(env->arena, sizeof(*p->arg));
	p->arg[0] = env->types->t_long;
	p->narg = 1;
}

/* bytes of struct pt_regs → to */
static void
read_regs(struct ir_func *f, ir_val ctx, int32_t off, ir_val to, int32_t bytes)
{
	ir_val regs = ir_bini(f, OP_ADD, ir_load(f, 8, ctx, CTX_REGS), off);

	ir_call(f, BPF_FUNC_probe_read_kernel, 3, to, ir_const(f, bytes), regs);
}

static void
leave_if_32(struct ir_func *f, ir_val mode, ir_label out)
{
	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, mode, MODE_MASK), MODE_32, out);
}

/* nr → the probe id in the table, which is not 0. */
static ir_val
lookup(struct ir_func *f, ir_val nr, ir_val table, ir_label out)
{
	ir_val at = ir_bini(f, OP_LSH, ir_bound(f, nr, SITE_NUMBERS - 1, out), 2);
	ir_val id = ir_load(f, 4, ir_bin(f, OP_ADD, table, at), 0);

	ir_jcci(f, OP_JEQ, id, 0, out);
	return id;
}

static ir_val
entry_which(struct ir_func *f, ir_val ctx, ir_val table, ir_label out)
{
	ir_val id = lookup(f, ir_load(f, 8, ctx, CTX_NUMBER), table, out);
	ir_val mode = ir_fp(f, ir_frame(f, 8));

	read_regs(f, ctx, REGS_MODE, mode, 8);
	leave_if_32(f, ir_load(f, 8, mode, 0), out);
	return id;
}

static ir_val
return_which(struct ir_func *f, ir_val ctx, ir_val table, ir_label out)
{
	ir_val at = ir_fp(f, ir_frame(f, EXIT_BYTES)), id;

	read_regs(f, ctx, EXIT_FROM, at, EXIT_BYTES);
	id = lookup(f, ir_load(f, NUMBER_BYTES, at, REGS_NUMBER - EXIT_FROM), table, out);
	leave_if_32(f, ir_load(f, 8, at, REGS_MODE - EXIT_FROM), out);
	return id;
}

static void
entry_enter(struct ir_func *f, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)site;
	(void)fault;
	if ((mask & ((1u << NARG) - 1)) != 0)
		read_regs(f, ctx, REGS_ARG, ir_bini(f, OP_ADD, st, STATE_scratch), ARG_BYTES);
	for (int i = 0; i < STATE_NARG; i++)
		if (mask & 1u << i && i < NARG)
			ir_store(f, 8, st, STATE_arg + 8 * i,
			    ir_load(f, 8, st, STATE_scratch + arg_off[i]));
		else if (mask & 1u << i)
			ir_storei(f, 8, st, STATE_arg + 8 * i, 0);
}

static void
return_enter(struct ir_func *f, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)site;
	(void)fault;
	for (int i = 0; i < STATE_NARG; i++)
		if (mask & 1u << i && i < 2)
			ir_store(f, 8, st, STATE_arg + 8 * i, ir_load(f, 8, ctx, CTX_RESULT));
		else if (mask & 1u << i)
			ir_storei(f, 8, st, STATE_arg + 8 * i, 0);
}

static int
attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	const bool is_return = site[0]->below->provider == &at_return;
	int fd = sysbpf_link_raw_tp(prog_fd, is_return ? "sys_exit" : "sys_enter", 0);

	if (fd < 0) {
		snprintf(env->err, sizeof(env->err), "the kernel does not trace system calls: %s",
		    strerror(-fd));
		return fd;
	}
	vec_push(&env->link, fd);
	for (size_t i = 0; i < n; i++)
		site[i]->is_armed = true;
	return 0;
}

static const struct context entry_context = {
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.which = entry_which,
	.stack_skip = STACK_SKIP,
};

static const struct context return_context = {
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.which = return_which,
	.stack_skip = STACK_SKIP,
	.has_errno = true,
};

static const struct provider at_return = {
	.name = "syscall",
	.context = &return_context,
	.enter = return_enter,
	.attach = attach,
	.types = return_types,
};

const struct provider provider_syscall = {
	.name = "syscall",
	.context = &entry_context,
	.list = list,
	.enter = entry_enter,
	.attach = attach,
	.types = entry_types,
};
