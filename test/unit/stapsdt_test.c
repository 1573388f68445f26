/*
 * Finding the probes of a process, as it loads libraries by name, without a name, and out of
 * sight; and their arguments, read in the kernel. The process is stapsdt/host.c.
 */
#include "prov/stapsdt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ir/encode.h"
#include "ir/regs.h"
#include "os/bpf.h"
#include "prov/uprobe.h"
#include "rec/fault.h"
#include "rec/state.h"
#include "test/unit/tap.h"

extern const struct provider provider_stapsdt;

static char dir[] = "/tmp/stapsdt_test.XXXXXX";

/* ---- the process ---- */

struct host {
	pid_t pid;
	FILE *to, *from;
};

static bool
tell(struct host *h, const char *what, const char *arg)
{
	char line[64] = "";

	fprintf(h->to, "%s %s\n", what, arg);
	fflush(h->to);
	return fgets(line, sizeof(line), h->from) != NULL && strcmp(line, "ok\n") == 0;
}

static void
host_start(struct host *h, const char *path)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		exit(1);
	fflush(stdout);
	h->pid = fork();
	if (h->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(path, path, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	h->to = fdopen(in[1], "w");
	h->from = fdopen(out[0], "r");
	CHECK(tell(h, "hello", ""));	/* it runs */
}

static void
host_stop(struct host *h)
{
	fclose(h->to);
	fclose(h->from);
	waitpid(h->pid, NULL, 0);
}

/* ---- the environment of a provider ---- */

struct session {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct probes probes;
	struct features features;
	struct options options;
	struct prov_env env;
	struct proc target;
	struct buf notes;
};

static void __attribute__((format(printf, 3, 4)))
take_note(void *self, int level, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	buf_vprintf(self, fmt, ap);
	va_end(ap);
	buf_putc(self, '\n');
}

static void
session_init(struct session *s, pid_t target)
{
	*s = (struct session){0};
	arena_init(&s->arena);
	intern_init(&s->intern, &s->arena);
	types_init(&s->types, &s->arena, &s->intern, 256);
	probes_init(&s->probes, &s->arena, &s->intern);
	options_init(&s->options);
	s->target = (struct proc){ .pid = target, .pidfd = -1 };
	s->env = (struct prov_env){
		.arena = &s->arena, .intern = &s->intern, .types = &s->types,
		.probes = &s->probes, .features = &s->features, .options = &s->options,
		.target = &s->target, .ntarget = target != 0, .note = take_note,
		.note_self = &s->notes,
	};
}

static void
session_fini(struct session *s)
{
	for (size_t i = 0; i < s->env.link.n; i++)
		close(s->env.link.v[i]);
	vec_fini(&s->env.link);
	map_fini(&s->env.cache);
	buf_fini(&s->notes);
	probes_fini(&s->probes);
	types_fini(&s->types);
	intern_fini(&s->intern);
	arena_fini(&s->arena);
}

static int
list(struct session *s, const char *prov, const char *mod, const char *name)
{
	struct pdesc d = { .prov = prov, .mod = mod, .func = "", .name = name };

	return provider_stapsdt.list(&s->env, &d);
}

/* "app2<pid>" and the like. */
static const char *
of(const char *before, pid_t pid, const char *after)
{
	static char text[4][64];
	static int n;

	n = (n + 1) % 4;
	snprintf(text[n], sizeof(text[n]), "%s%d%s", before, pid, after);
	return text[n];
}

static const struct probe *
find(const struct session *s, const char *name)
{
	for (uint32_t i = 0; i < s->probes.n; i++)
		if (strcmp(s->probes.probe[i]->name, name) == 0)
			return s->probes.probe[i];
	return NULL;
}

static uint32_t
count_sites(const struct session *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->probes.n; i++)
		n += s->probes.probe[i]->nsite;
	return n;
}

/* ---- descriptions ---- */

/* How many probes a description adds to an empty table; the targets are one process or none. */
static uint32_t
listed(pid_t target, const char *prov, const char *mod, const char *name)
{
	struct session s;
	uint32_t n;

	session_init(&s, target);
	CHECK_INT(list(&s, prov, mod, name), 0);
	n = s.probes.n;
	session_fini(&s);
	return n;
}

static void
test_descriptions(pid_t pid)
{
	struct session s;

	CHECK_INT(listed(0, of("app2", pid, ""), "", ""), 7);
	CHECK_INT(listed(0, of("app2", pid, ""), "", "many-sites"), 1);
	CHECK_INT(listed(0, of("app2", pid, ""), "", "many__sites"), 0);
	CHECK_INT(listed(0, of("app2", pid, ""), "a.out", "m*"), 2);
	CHECK_INT(listed(0, of("app2", pid, ""), "host*", "mem"), 1);
	CHECK_INT(listed(0, of("app2", pid, ""), "libc*", ""), 0);
	CHECK_INT(listed(0, of("app", pid, ""), "", ""), 0);
	CHECK_INT(listed(0, of("app*", pid, ""), "", "regs"), 1);
	CHECK_INT(listed(0, of("*", pid, ""), "", "regs"), 1);
	CHECK_INT(listed(0, "app2*", "", "regs"), 1);
	CHECK_INT(listed(0, "ap[p]2*", "", "regs"), 1);
	CHECK_INT(listed(pid, "", "", "regs"), 1);
	CHECK_INT(listed(pid, "*", "", "regs"), 1);
	CHECK_INT(listed(pid, "app2*", "", "regs"), 1);
	CHECK_INT(listed(getppid(), "app2*", "", "regs"), 0);	/* targets only */
	CHECK_INT(listed(getppid(), of("app2", pid, ""), "", "regs"), 1);
	CHECK_INT(listed(pid, of("pid", pid, ""), "", ""), 0);

	/* nothing is looked at for what can't be ours */
	session_init(&s, 0);
	CHECK_INT(list(&s, "", "", "BEGIN"), 0);
	CHECK_INT(list(&s, "dtrace", "", "END"), 0);
	CHECK_INT(list(&s, "profile", "", "tick-1s"), 0);
	CHECK_INT(list(&s, "*", "", ""), 0);
	CHECK_INT(list(&s, "pid1", "", ""), 0);
	CHECK_INT(s.env.cache.n, 0);
	CHECK_INT(list(&s, "app999999999", "", ""), -ESRCH);
	CHECK_STR(s.env.err, "failed to grab process 999999999");
	CHECK_INT(list(&s, "app99999999999999999999", "", ""), 0);
	CHECK_INT(list(&s, "app0", "", ""), 0);
	session_fini(&s);
}

/* ---- what is found ---- */

static void
test_probes(pid_t pid)
{
	struct session s;
	const struct probe *p;
	const struct uprobe_site *u;
	unsigned char insn = 0;
	struct buf b = BUF_INIT;

	session_init(&s, pid);
	CHECK_INT(list(&s, "app2*", "", ""), 0);
	p = find(&s, "many-sites");
	CHECK(p != NULL && p->nsite == 2 && p->pid == pid);
	CHECK_STR(p->prov, of("app2", pid, ""));
	CHECK_STR(p->func, "twice");
	CHECK_STR(p->mod_alias, "a.out");
	CHECK_INT(p->narg, 2);
	CHECK_STR(p->arg[0]->name, "int32_t");
	CHECK(shape_same(p->site->shape, p->site->next->shape, 1));
	CHECK(!shape_same(p->site->shape, p->site->next->shape, 3));
	CHECK(shape_same(p->site->shape, find(&s, "mem")->site->shape, 0));
	u = p->site->data;
	CHECK_INT(proc_read(pid, u->addr, &insn, 1), 0);
	CHECK_INT(insn, 0x90);
	CHECK(u->ref_ctr_off == 0 && !u->is_nop5);

	p = find(&s, "bad");
	CHECK(provider_stapsdt.arg_refused(p->site, 0, true) == NULL);
	CHECK_STR(provider_stapsdt.arg_refused(p->site, 1, true),
	    "it is a floating-point value, which args[] has");
	CHECK(provider_stapsdt.arg_refused(p->site, 1, false) == NULL);
	CHECK_STR(p->arg[1]->name, "double");
	CHECK_STR(provider_stapsdt.arg_refused(p->site, 2, true),
	    "symbol \"nowhere\" is in no symbol table of its object");
	CHECK(provider_stapsdt.arg_refused(p->site, 9, true) == NULL);
	CHECK_STR(p->func, "fire");
	provider_stapsdt.describe(p, &b);
	CHECK(strstr(buf_str(&b), "Arguments: 8@%rax 8f@%rbx 8@nowhere(%rip) 16@%rax") != NULL);
	buf_fini(&b);
	session_fini(&s);
}

static void
test_file(const char *path)
{
	struct session s;
	const struct probe *p;

	session_init(&s, 0);
	CHECK_INT(stapsdt_list_file(&s.env, path), 0);
	CHECK_INT(stapsdt_list_file(&s.env, path), 0);
	CHECK_INT(s.probes.n, 7);
	CHECK_INT(count_sites(&s), 8);
	p = find(&s, "many-sites");
	CHECK_STR(p->prov, "app2");
	CHECK(p->site->refused != NULL);
	CHECK_INT(stapsdt_list_file(&s.env, "/dev/null"), -EINVAL);
	CHECK_STR(s.env.err, "failed to open /dev/null: not a regular file");
	CHECK_INT(stapsdt_list_file(&s.env, "/no/such"), -ENOENT);
	CHECK_INT(stapsdt_list_file(&s.env, "/etc/passwd"), 0);
	CHECK_STR(buf_str(&s.notes), "/etc/passwd: not an ELF object\n");
	session_fini(&s);
}

/* ---- libraries that come later ---- */

static void
test_loads(struct host *h)
{
	char path[128], cmd[512];
	struct session s;
	uint32_t n;
	const struct probe *p;
	const struct uprobe_site *u;

	session_init(&s, h->pid);
	CHECK_INT(list(&s, "", "", "many-sites"), 0);
	CHECK_INT(list(&s, "libprov*", "", ""), 0);
	CHECK_INT(s.probes.n, 1);

	snprintf(path, sizeof(path), "%s/lib.so", dir);
	CHECK(tell(h, "dlopen", path));
	unlink(path);
	CHECK_INT(list(&s, "", "", "many-sites"), 0);
	CHECK_INT(list(&s, "libprov*", "", ""), 0);
	CHECK_INT(list(&s, "libprov*", "", ""), 0);
	CHECK_INT(s.probes.n, 2);
	CHECK_INT(count_sites(&s), 3);
	p = probe_by_id(&s.probes, 2);
	CHECK_STR(p->mod, "lib.so");
	CHECK_STR(p->func, "say_hello");
	CHECK_STR(p->name, "hello-world");
	u = p->site->data;
	CHECK(u->ref_ctr_off != 0);
	CHECK(access(u->path, F_OK) == 0);	/* deleted, and still found */

	snprintf(path, sizeof(path), "%s/lib2.so", dir);
	CHECK(tell(h, "memfd", path));
	CHECK_INT(list(&s, of("libprov", h->pid, ""), "hidden*", ""), 0);
	CHECK_INT(s.probes.n, 3);
	CHECK_STR(probe_by_id(&s.probes, 3)->mod, "hidden_lib");

	snprintf(path, sizeof(path), "%s/lib3.so", dir);
	CHECK(tell(h, "mount", path));
	snprintf(cmd, sizeof(cmd), "%s/lib3.so", dir);
	unlink(cmd);				/* ours; the process has its own there */
	CHECK_INT(list(&s, "libprov*", "lib3.so", ""), 0);
	CHECK_INT(s.probes.n, 4);
	u = probe_by_id(&s.probes, 4)->site->data;
	CHECK(access(u->path, F_OK) == 0);

	n = count_sites(&s);
	CHECK_INT(list(&s, "*", "", "hello-world"), 0);
	CHECK_INT(count_sites(&s), n);
	CHECK_STR(buf_str(&s.notes), "");
	session_fini(&s);
}

/* ---- arguments, read in the kernel ---- */

/* What a firing leaves in the map: the state, then how often it got to the end, or to fault. */
struct fired {
	uint8_t state[STATE_fixed_bytes];
	uint64_t ndone, nfault;
};

static int
load(struct session *s, const struct site *site, uint32_t mask, int map)
{
	struct ir_func *f = ir_func_new(&s->arena, "entry", IR_ENTRY, 1);
	struct ir_prog prog = { "stapsdt_test", &f, 1 };
	struct encode_opts opts = {0};
	ir_label fault = ir_label_new(f);
	ir_val st = ir_map_value(f, 0, 0);
	struct bpf_code *c;
	static char log[1 << 16];
	int fd;

	provider_stapsdt.enter(f, site, ir_arg(f, 0), st, mask, fault);
	ir_xadd(f, 8, st, offsetof(struct fired, ndone), ir_const(f, 1));
	ir_reti(f, 0);
	ir_place(f, fault);
	ir_xadd(f, 8, st, offsetof(struct fired, nfault), ir_const(f, 1));
	ir_reti(f, 0);
	regs_assign(f);
	c = encode(&s->arena, &prog, &opts);
	for (uint32_t i = 0; i < c->nreloc; i++)
		c->insn[c->reloc[i].insn].imm = map;
	fd = sysbpf_prog_load(&(struct sysbpf_prog){
		.type = provider_stapsdt.context->type,
		.expected_attach_type = provider_stapsdt.attach_type(&s->env),
		.name = "stapsdt_test", .insn = c->insn, .ninsn = c->ninsn,
		.log = log, .log_bytes = sizeof(log),
	});
	if (fd < 0)
		printf("# load: %d\n# %s\n", fd, log);
	return fd;
}

/* Arm the first site of a probe, let it fire, and give what the program left. */
static struct fired
fire(struct session *s, struct host *h, const char *name, uint32_t mask)
{
	const struct probe *p = find(s, name);
	struct site *site = p->site;
	struct fired out = {0};
	uint32_t key = 0;
	int prog, map = sysbpf_map_new(&(struct sysbpf_map){
		.type = BPF_MAP_TYPE_ARRAY, .name = "state", .key_bytes = 4,
		.value_bytes = sizeof(out), .max_entries = 1,
	});

	CHECK(map >= 0);
	prog = load(s, site, mask, map);
	if (!CHECK(prog >= 0))
		return out;
	CHECK_INT(provider_stapsdt.attach(&s->env, &site, 1, prog), 0);
	CHECK(site->refused == NULL);
	CHECK(tell(h, "fire", ""));
	CHECK_INT(sysbpf_map_lookup(map, &key, &out), 0);
	close(prog);
	close(map);
	return out;
}

static int64_t
arg(const struct fired *f, int i)
{
	int64_t v;

	memcpy(&v, f->state + STATE_arg + 8 * i, 8);
	return v;
}

static void
check_args(struct session *s, struct host *h, const char *name, const int64_t *want, int n)
{
	struct fired f = fire(s, h, name, 0x3ff);

	CHECK_INT(f.ndone, 1);
	CHECK_INT(f.nfault, 0);
	for (int i = 0; i < STATE_NARG; i++)
		if (!CHECK_INT(arg(&f, i), i < n ? want[i] : 0))
			printf("# arg%d of %s\n", i, name);
}

#define ARGS(S, H, NAME, ...) \
	check_args((S), (H), (NAME), (const int64_t[]){ __VA_ARGS__ }, \
	    (int)(sizeof((const int64_t[]){ __VA_ARGS__ }) / 8))

static void
test_args(struct host *h)
{
	struct session s;
	struct fired f;
	int value = 0;
	int64_t fault;

	if (getuid() != 0) {
		printf("# not root: arguments are not read in the kernel\n");
		return;
	}
	session_init(&s, h->pid);
	list(&s, "app2*", "", "");
	ARGS(&s, h, "regs", 0x1122334455667788, 0x1122334455667788, 0x55667788, 0x7788, 0x88, 0x77,
	    (int8_t)0x88, -2, 0xfffffffe, -2);
	ARGS(&s, h, "consts", -1, 0xffffffff, -3, 16, 1, -1, -1);
	ARGS(&s, h, "mem", 10, 0xffffffec, 30, -20, 10, -20, 200, (int8_t)200, -5, 30);
	ARGS(&s, h, "many-sites", 1);

	f = fire(&s, h, "addr", 7);
	CHECK_INT(proc_read(h->pid, (uint64_t)arg(&f, 0), &value, sizeof(value)), 0);
	CHECK_INT(value, 10);
	CHECK_INT(arg(&f, 1), ((const struct uprobe_site *)find(&s, "addr")->site->data)->addr);
	CHECK_INT(arg(&f, 2), arg(&f, 0) + 4);

	f = fire(&s, h, "fault", 3);
	CHECK(f.ndone == 0 && f.nfault == 1);
	memcpy(&fault, f.state + STATE_fault, 8);
	CHECK_INT(fault, FAULT_BADADDR + 1);
	memcpy(&fault, f.state + STATE_fault_value, 8);
	CHECK_INT(fault, 0x1122334455667788);
	session_fini(&s);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* Not a check: how long it takes to look through a Python, the first time and again. */
static void
time_python(void)
{
	char err[256];
	struct session s;
	struct proc p;
	double t[3];

	if (proc_create(&p, "/usr/bin/python3.11 -c pass", err, sizeof(err)) != 0)
		return;
	session_init(&s, p.pid);
	t[0] = now_ms();
	list(&s, of("python", p.pid, ""), "", "");
	t[1] = now_ms();
	list(&s, of("python", p.pid, ""), "", "");
	t[2] = now_ms();
	printf("# python3.11: %u probes in %.2f ms, again %.2f ms\n", s.probes.n, t[1] - t[0],
	    t[2] - t[1]);
	session_fini(&s);
	kill(p.pid, SIGKILL);
	proc_release(&p);
}

static bool
compile(const char *flags, const char *source, const char *name)
{
	char cmd[512];

	snprintf(cmd, sizeof(cmd), "gcc -std=gnu11 -D_GNU_SOURCE -O1 %s -o %s/%s "
	    "test/unit/stapsdt/%s -ldl", flags, dir, name, source);
	return system(cmd) == 0;
}

static void
test_host(const char *flags)
{
	struct host h;
	char path[128];

	snprintf(path, sizeof(path), "%s/host", dir);
	unlink(path);
	if (!CHECK(compile(flags, "host.c", "host") &&
	    compile("-shared -fPIC", "lib.c", "lib.so") &&
	    compile("-shared -fPIC", "lib.c", "lib2.so") &&
	    compile("-shared -fPIC", "lib.c", "lib3.so")))
		return;
	host_start(&h, path);
	test_descriptions(h.pid);
	test_probes(h.pid);
	test_file(path);
	test_args(&h);
	test_loads(&h);
	host_stop(&h);
}

int
main(void)
{
	char cmd[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	test_host("-no-pie");
	test_host("-fPIE -pie");
	time_python();
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd) != 0 || tap_done();
}
