/* Which processes a provider's name means; holding a thread; mappings as they are made. */
#include "prov/pids.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/mapped.h"
#include "os/proc_pause.h"
#include "prov/probe.h"
#include "test/unit/tap.h"

static void
test_names(void)
{
	static const struct {
		const char *prov;
		bool is_family, may_match, is_open, has_pid;
	} row[] = {
		{ "python*", true, true, true, false },
		{ "py*", true, true, true, false },
		{ "python?*", true, true, true, false },
		{ "*n*", true, true, true, false },
		{ "*", true, true, false, false },
		{ "python?", false, true, true, false },
		{ "python*7", false, true, true, false },
		{ "python1*", false, true, true, false },
		{ "python[1-9]", false, true, true, false },
		{ "perl*", false, false, true, false },
		{ "python1234", false, true, false, true },
		{ "pid1234", false, false, false, false },
		{ "syscall", false, false, false, false },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		printf("# %s\n", row[i].prov);
		CHECK_INT(probe_is_family(row[i].prov, "python"), row[i].is_family);
		CHECK_INT(pids_may_match(row[i].prov, "python"), row[i].may_match);
		CHECK_INT(pids_is_open(row[i].prov), row[i].is_open);
		CHECK_INT(pids_has_pid(row[i].prov), row[i].has_pid);
	}
}

static volatile sig_atomic_t nsignals;

static void
on_signal(int sig)
{
	(void)sig;
	nsignals++;
}

static void
nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

/* A child that counts, and counts its signals. */
static pid_t
start_counter(volatile long *n)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	signal(SIGUSR1, on_signal);
	for (;;) {
		n[0]++;
		n[1] = nsignals;
	}
}

static bool
is_running(const volatile long *n)
{
	const long before = n[0];

	for (int i = 0; i < 100 && n[0] == before; i++)
		nap();
	return n[0] != before;
}

static void
test_pause(void)
{
	volatile long *n = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	pid_t pid = start_counter(n), helper;
	struct proc_pause p, other;
	long before;
	int status;

	CHECK(is_running(n));
	CHECK_INT(proc_pause(&p, pid), 0);
	CHECK(proc_pause(&other, pid) < 0);
	nap();
	before = n[0];
	kill(pid, SIGUSR1);
	nap();
	CHECK_INT(n[0], before);
	CHECK(proc_resume(&p));
	CHECK(is_running(n));
	for (int i = 0; i < 100 && n[1] == 0; i++)
		nap();
	CHECK_INT(n[1], 1);
	/* who pauses dies: it goes on */
	helper = fork();
	if (helper == 0) {
		(void)proc_pause(&p, pid);
		nap();
		raise(SIGKILL);
	}
	waitpid(helper, &status, 0);
	CHECK(is_running(n));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CHECK_INT(WTERMSIG(status), SIGKILL);
	CHECK(proc_pause(&p, pid) < 0);
}

struct seen {
	uint64_t inode;
	int n;
};

static void
on_mapped(void *self, const struct mapped_file *f)
{
	struct seen *seen = self;

	if (f->pid == getpid() && f->map.inode == seen->inode
	    && strstr(f->map.path, "pids_test.") != NULL
	    && f->map.end - f->map.start == 4096 && f->map.off == 0)
		seen->n++;
}

static void
test_mapped(void)
{
	char path[] = "/tmp/pids_test.XXXXXX";
	int fd = mkstemp(path), err;
	struct mapped *m = mapped_open(&err);
	struct seen seen = { 0 };
	struct stat st;

	if (m == NULL) {
		printf("# no records of mappings: %s\n", strerror(-err));
		return;
	}
	CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && fstat(fd, &st) == 0);
	seen.inode = st.st_ino;
	(void)mapped_read(m, on_mapped, &seen);
	CHECK_INT(seen.n, 0);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	(void)mapped_read(m, on_mapped, &seen);
	CHECK_INT(seen.n, 1);
	CHECK(mapped_fd(m, 0) >= 0 && mapped_fd(m, 100000) < 0);
	mapped_free(m);
	close(fd);
	unlink(path);
}

int
main(void)
{
	test_names();
	test_pause();
	test_mapped();
	return tap_done();
}
