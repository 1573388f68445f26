/*
 * Arming probes in a real kernel: hits, semaphores, sites that can't be armed, 5-byte nops, and
 * what is left when the tracer is killed. The target is a child that maps a file of a few
 * instructions which we write, and does what it is told through a socket.
 */
#include "prov/uprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/bpf.h"
#include "os/nop5.h"
#include "test/unit/tap.h"

#if !defined(__x86_64__)
int
main(void)
{
	printf("1..0 # SKIP the instructions of this test are those of x86-64\n");
	return 0;
}
#else

enum {
	NOP_OFF = 0x10,		/* nop; ret */
	NOP5_OFF = 0x20,	/* nop5; ret */
	INT3_OFF = 0x30,	/* what no probe can be put on */
	MANY_OFF = 0x1000,	/* 5,000 of nop; ret */
	MANY = 5000,
	MANY_STEP = 16,
	SEM_OFF = 0x20000,
	FILE_BYTES = 0x21000,
};

struct target {
	pid_t pid;
	int sock;
	uint8_t *text;		/* the same address in the target */
	char path[64];
	int fd;
};

/* ---- the target ---- */

static void
call(uint8_t *at)
{
	void (*fn)(void);
	memcpy(&fn, &at, sizeof(fn));
	fn();
}

static void *
call_in_thread(void *at)
{
	call(at);
	return NULL;
}

/* Let a child of the target make the call; its wait status. */
static int
call_in_child(uint8_t *at)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);	/* a sanitizer would catch it */
		call(at);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void __attribute__((noreturn))
target_main(int sock, uint8_t *text, uint8_t *sem)
{
	struct { char what; int off; } cmd;
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(sock, &cmd, sizeof(cmd)) == sizeof(cmd)) {
		int reply = 0;
		switch (cmd.what) {
		case 'c':
			call(text + cmd.off);
			break;
		case 't':
			pthread_create(&thread, NULL, call_in_thread, text + cmd.off);
			pthread_join(thread, NULL);
			break;
		case 'f':
			reply = call_in_child(text + cmd.off);
			break;
		case 'b':
			reply = *(volatile uint8_t *)(text + cmd.off);
			break;
		case 's':
			reply = *(volatile uint16_t *)sem;
			break;
		}
		if (write(sock, &reply, sizeof(reply)) != sizeof(reply))
			break;
	}
	_exit(0);
}

static int
tell(struct target *t, char what, int off)
{
	struct { char what; int off; } cmd = { what, off };
	int reply = -1;

	if (write(t->sock, &cmd, sizeof(cmd)) != sizeof(cmd) ||
	    read(t->sock, &reply, sizeof(reply)) != sizeof(reply))
		return -1;
	return reply;
}

static bool
target_start(struct target *t)
{
	static const uint8_t nop[] = { 0x90, 0xc3 };
	static const uint8_t nop5[] = { 0x0f, 0x1f, 0x44, 0, 0, 0xc3 };
	static const uint8_t int3[] = { 0xcc, 0xc3 };
	int sv[2];

	t->fd = memfd_create("uprobe_test", MFD_CLOEXEC);
	snprintf(t->path, sizeof(t->path), "/proc/%d/fd/%d", getpid(), t->fd);
	if (t->fd < 0 || ftruncate(t->fd, FILE_BYTES) < 0 ||
	    pwrite(t->fd, nop, sizeof(nop), NOP_OFF) < 0 ||
	    pwrite(t->fd, nop5, sizeof(nop5), NOP5_OFF) < 0 ||
	    pwrite(t->fd, int3, sizeof(int3), INT3_OFF) < 0)
		return false;
	for (int i = 0; i < MANY; i++)
		if (pwrite(t->fd, nop, sizeof(nop), MANY_OFF + i * MANY_STEP) < 0)
			return false;
	t->text = mmap(NULL, FILE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, t->fd, 0);
	uint8_t *sem = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, t->fd, SEM_OFF);
	if (t->text == MAP_FAILED || sem == MAP_FAILED ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return false;
	t->pid = fork();
	if (t->pid == 0) {
		close(sv[0]);
		target_main(sv[1], t->text, sem);
	}
	close(sv[1]);
	t->sock = sv[0];
	munmap(t->text, FILE_BYTES);
	munmap(sem, 4096);
	return t->pid > 0;
}

static void
target_end(struct target *t)
{
	close(t->sock);
	close(t->fd);
	waitpid(t->pid, NULL, 0);
}

/* ---- the tracer ---- */

struct tracer {
	struct arena arena;
	struct intern intern;
	struct probes probes;
	struct features features;
	struct options options;
	struct prov_env env;
	int map_fd, prog_fd;
	int nnote;
	char note[512];
};

static void
keep_note(void *self, int level, const char *fmt, ...)
{
	struct tracer *t = self;
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(t->note, sizeof(t->note), fmt, ap);
	va_end(ap);
	t->nnote++;
}

/* Counts by cookie: map[cookie]++. */
static int
load_counter(int map_fd, uint32_t attach_type)
{
	const struct bpf_insn insn[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_attach_cookie },
		{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 10, .src_reg = 0, .off = -4 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		    .imm = map_fd },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 1,
		    .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	return sysbpf_prog_load(&(struct sysbpf_prog){
		.type = uprobe_context.type,
		.expected_attach_type = attach_type,
		.name = "counter",
		.insn = insn,
		.ninsn = sizeof(insn) / sizeof(insn[0]),
	});
}

static bool
tracer_start(struct tracer *t, const char *how)
{
	*t = (struct tracer){ 0 };
	arena_init(&t->arena);
	intern_init(&t->intern, &t->arena);
	probes_init(&t->probes, &t->arena, &t->intern);
	options_init(&t->options);
	t->options.str[OPT_UPROBE] = how;
	t->env = (struct prov_env){ .arena = &t->arena, .intern = &t->intern,
	    .probes = &t->probes, .features = &t->features, .options = &t->options,
	    .note = keep_note, .note_self = t };
	t->map_fd = sysbpf_map_new(&(struct sysbpf_map){ .type = BPF_MAP_TYPE_ARRAY,
	    .name = "count", .key_bytes = 4, .value_bytes = 8, .max_entries = MANY + 16 });
	t->prog_fd = load_counter(t->map_fd, uprobe_attach_type(&t->env));
	return t->map_fd >= 0 && t->prog_fd >= 0;
}

static void
tracer_disarm(struct tracer *t)
{
	for (size_t i = 0; i < t->env.link.n; i++)
		close(t->env.link.v[i]);
	t->env.link.n = 0;
}

static void
tracer_end(struct tracer *t)
{
	tracer_disarm(t);
	vec_fini(&t->env.link);
	close(t->map_fd);
	close(t->prog_fd);
	probes_fini(&t->probes);
	intern_fini(&t->intern);
	arena_fini(&t->arena);
}

static struct site *
add(struct tracer *t, const struct target *g, uint64_t off, bool is_nop5)
{
	struct uprobe_site *u = arena_new(&t->arena, struct uprobe_site);
	char name[32];

	*u = (struct uprobe_site){ .path = g->path, .off = off, .pid = g->pid,
	    .addr = (uintptr_t)g->text + off, .is_nop5 = is_nop5 };
	snprintf(name, sizeof(name), "at-%llx", (unsigned long long)off);
	return site_add(&t->probes, probe_add(&t->probes, NULL, "test", "m", "f", name), NULL, u);
}

static void
with_semaphore(struct site *s)
{
	((struct uprobe_site *)s->data)->ref_ctr_off = SEM_OFF;
}

static long long
hits(struct tracer *t, const struct site *s)
{
	uint32_t key = s->probe->id;
	uint64_t n = 0;

	return sysbpf_map_lookup(t->map_fd, &key, &n) == 0 ? (long long)n : -1;
}

/* ---- the tests ---- */

static void
test_hits(const char *how)
{
	struct target g;
	struct tracer t;

	printf("# hits and semaphore, %s\n", how);
	if (!CHECK(target_start(&g)) || !CHECK(tracer_start(&t, how)))
		return;
	struct site *s[] = { add(&t, &g, NOP_OFF, false), add(&t, &g, MANY_OFF, false) };
	with_semaphore(s[0]);

	CHECK_INT(tell(&g, 's', 0), 0);
	CHECK_INT(uprobe_attach(&t.env, s, 2, t.prog_fd), 0);
	CHECK(s[0]->is_armed && s[1]->is_armed);
	CHECK_INT(t.env.link.n, strcmp(how, "multi") == 0 ? 1 : 4);
	CHECK_INT(tell(&g, 's', 0), 1);
	for (int i = 0; i < 3; i++)
		tell(&g, 'c', NOP_OFF);
	tell(&g, 'c', MANY_OFF);
	CHECK_INT(hits(&t, s[0]), 3);
	CHECK_INT(hits(&t, s[1]), 1);
	tell(&g, 't', NOP_OFF);
	CHECK_INT(hits(&t, s[0]), 4);
	/* A child is not traced, and lives. */
	CHECK_INT(tell(&g, 'f', NOP_OFF), 0);
	CHECK_INT(hits(&t, s[0]), 4);

	tracer_disarm(&t);
	CHECK_INT(tell(&g, 's', 0), 0);
	CHECK_INT(tell(&g, 'b', NOP_OFF), 0x90);
	tell(&g, 'c', NOP_OFF);
	CHECK_INT(hits(&t, s[0]), 4);
	tracer_end(&t);
	target_end(&g);
}

static void
test_bad_site(const char *how)
{
	struct target g;
	struct tracer t;
	struct site *s[40];

	printf("# a bad site does not stop the others, %s\n", how);
	if (!CHECK(target_start(&g)) || !CHECK(tracer_start(&t, how)))
		return;
	for (int i = 0; i < 40; i++)
		s[i] = add(&t, &g, (uint64_t)(MANY_OFF + i * MANY_STEP), false);
	((struct uprobe_site *)s[7]->data)->off = 1 << 30;	/* beyond the file */
	((struct uprobe_site *)s[8]->data)->off = INT3_OFF;

	CHECK_INT(uprobe_attach(&t.env, s, 40, t.prog_fd), 0);
	int narmed = 0;
	for (int i = 0; i < 40; i++)
		narmed += s[i]->is_armed;
	CHECK_INT(narmed, 38);
	CHECK(s[7]->refused != NULL && !s[7]->is_armed);
	CHECK(s[8]->refused != NULL && !s[8]->is_armed);
	CHECK_INT(t.nnote, 2);
	printf("# %s\n", t.note);
	tell(&g, 'c', MANY_OFF + 9 * MANY_STEP);
	CHECK_INT(hits(&t, s[9]), 1);
	tracer_end(&t);
	target_end(&g);
}

static void
test_killed(const char *how)
{
	struct target g;
	struct tracer t;
	int ready[2];

	printf("# the tracer is killed, %s\n", how);
	if (!CHECK(target_start(&g)) || !CHECK(pipe(ready) == 0))
		return;
	pid_t pid = fork();
	if (pid == 0) {
		char ok = 0;
		if (tracer_start(&t, how)) {
			struct site *s = add(&t, &g, NOP_OFF, false);
			with_semaphore(s);
			uprobe_attach(&t.env, &s, 1, t.prog_fd);
			ok = s->is_armed;
		}
		if (write(ready[1], &ok, 1) == 1)
			pause();
		_exit(1);
	}
	char ok = 0;
	CHECK(read(ready[0], &ok, 1) == 1 && ok);
	CHECK_INT(tell(&g, 's', 0), 1);
	CHECK_INT(tell(&g, 'b', NOP_OFF), 0xcc);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* The kernel may clean up a moment after the process has gone. */
	for (int i = 0; i < 100 && tell(&g, 's', 0) != 0; i++)
		usleep(10000);
	CHECK_INT(tell(&g, 's', 0), 0);
	CHECK_INT(tell(&g, 'b', NOP_OFF), 0x90);
	close(ready[0]);
	close(ready[1]);
	target_end(&g);
}

static void
test_nop5(const char *how)
{
	struct target g;
	struct tracer t;

	printf("# 5-byte nop, %s\n", how);
	if (!CHECK(target_start(&g)) || !CHECK(tracer_start(&t, how)))
		return;
	struct site *s = add(&t, &g, NOP5_OFF, true);
	with_semaphore(s);
	CHECK_INT(uprobe_attach(&t.env, &s, 1, t.prog_fd), 0);
	if (!CHECK(s->is_armed))
		printf("# %s\n", t.note);
	for (int i = 0; i < 5; i++)
		tell(&g, 'c', NOP5_OFF);
	CHECK_INT(hits(&t, s), 5);
	CHECK_INT(tell(&g, 'b', NOP5_OFF), 0xcc);
	CHECK_INT(tell(&g, 's', 0), 1);
	CHECK_INT(tell(&g, 'f', NOP5_OFF), 0);
	tell(&g, 'c', NOP5_OFF);
	CHECK_INT(hits(&t, s), 6);
	tracer_disarm(&t);
	CHECK_INT(tell(&g, 's', 0), 0);
	CHECK_INT(tell(&g, 'b', NOP5_OFF), 0x0f);
	tracer_end(&t);
	target_end(&g);
}

/* What -x nop5 lets happen: if this ever passes otherwise, nop5.h is no longer needed. A second
 * tracer that comes when the site was rewritten refuses it. */
static void
test_nop5_rewritten(void)
{
	struct target g;
	struct tracer t, late;

	if (!nop5_is_optimised()) {
		printf("# SKIP rewritten nops: this kernel does not\n");
		return;
	}
	printf("# 5-byte nop, rewritten\n");
	if (!CHECK(target_start(&g)) || !CHECK(tracer_start(&t, "multi")) ||
	    !CHECK(tracer_start(&late, "multi")))
		return;
	t.options.num[OPT_NOP5] = 1;
	struct site *s = add(&t, &g, NOP5_OFF, true);
	uprobe_attach(&t.env, &s, 1, t.prog_fd);
	CHECK(s->is_armed);
	tell(&g, 'c', NOP5_OFF);
	CHECK_INT(hits(&t, s), 1);
	CHECK_INT(tell(&g, 'b', NOP5_OFF), 0xe8);
	int status = tell(&g, 'f', NOP5_OFF);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);

	s = add(&late, &g, NOP5_OFF, true);
	uprobe_attach(&late.env, &s, 1, late.prog_fd);
	CHECK(!s->is_armed && s->refused != NULL);
	CHECK_INT(late.nnote, 1);
	printf("# %s\n", late.note);
	tracer_end(&late);
	tracer_end(&t);
	target_end(&g);
}

static double
now_s(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
test_many(void)
{
	static struct site *s[MANY];
	struct target g;
	struct tracer t;

	printf("# %d sites\n", MANY);
	if (!CHECK(target_start(&g)) || !CHECK(tracer_start(&t, "multi")))
		return;
	for (int i = 0; i < MANY; i++)
		s[i] = add(&t, &g, (uint64_t)(MANY_OFF + i * MANY_STEP), false);
	double start = now_s();
	uprobe_attach(&t.env, s, MANY, t.prog_fd);
	double armed = now_s();
	CHECK_INT(t.env.link.n, 1);
	tell(&g, 'c', MANY_OFF + 4999 * MANY_STEP);
	CHECK_INT(hits(&t, s[4999]), 1);
	double before = now_s();
	tracer_disarm(&t);
	printf("# armed in %.3f s, disarmed in %.3f s\n", armed - start, now_s() - before);
	tracer_end(&t);
	target_end(&g);
}

int
main(void)
{
	static const char *const how[] = { "multi", "perf" };
	struct features f = { 0 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (geteuid() != 0 || !feature_has(&f, FEATURE_UPROBE_MULTI)) {
		printf("1..0 # SKIP needs root and a kernel with uprobe_multi\n");
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		test_hits(how[i]);
		test_bad_site(how[i]);
		test_killed(how[i]);
		test_nop5(how[i]);
	}
	test_nop5_rewritten();
	test_many();
	return tap_done();
}
#endif
