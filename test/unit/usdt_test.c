/* libusdt without a tracer: names, errors, places, forks, signals, threads. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/usdt.h"
#include "test/unit/tap.h"
#include "usdt/provider.h"

static char dir[64];	/* of the files */

static struct usdt_provider *
provider(const char *name, unsigned flags)
{
	struct usdt_provider *p = NULL;

	CHECK_INT(usdt_provider_new(name, flags, &p), 0);
	return p;
}

static struct usdt_probe *
simple(struct usdt_provider *p, const char *name, unsigned nargs)
{
	static const struct usdt_arg arg[USDT_MAX_ARGS] = {
		{ USDT_UINT64, NULL }, { USDT_INT32, NULL }, { USDT_UINT8, NULL },
		{ USDT_INT16, NULL }, { USDT_UINT32, NULL }, { USDT_INT64, NULL },
		{ USDT_STRING, NULL }, { USDT_DOUBLE, NULL }, { USDT_INT8, NULL },
		{ USDT_UINT16, NULL }, { USDT_INT32, NULL }, { USDT_UINT64, NULL },
	};
	struct usdt_probe *probe = NULL;

	CHECK_INT(usdt_provider_add(p, name, nargs, arg, &probe), 0);
	return probe;
}

/* How many lines of /proc/self/maps have this in them. */
static int
mapped(const char *what)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	int n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, what) != NULL;
	if (f != NULL)
		fclose(f);
	return n;
}

static int
entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

/* Semaphores are the kernel's; here we are the kernel. */
static void
count(const struct usdt_probe *probe, int by)
{
	volatile uint16_t *semaphore;

	memcpy(&semaphore, &probe->semaphore, sizeof(semaphore));
	*semaphore = (uint16_t)(*semaphore + by);
}

static void
test_names(void)
{
	static const struct { const char *name; unsigned flags; int provider, probe; } row[] = {
		{ "app", 0, 0, 0 },
		{ NULL, 0, USDT_E_NAME_EMPTY, USDT_E_NAME_EMPTY },
		{ "", 0, USDT_E_NAME_EMPTY, USDT_E_NAME_EMPTY },
		{ "", USDT_ANY_NAME, USDT_E_NAME_EMPTY, USDT_E_NAME_EMPTY },
		{ "app2", 0, USDT_E_NAME_DIGIT, 0 },
		{ "app2", USDT_ANY_NAME, 0, 0 },
		{ "2app", 0, USDT_E_NAME_CHARS, USDT_E_NAME_CHARS },
		{ "a:b", 0, USDT_E_NAME_CHARS, USDT_E_NAME_CHARS },
		{ "a:b", USDT_ANY_NAME, USDT_E_NAME_CHARS, USDT_E_NAME_CHARS },
		{ "a\nb", USDT_ANY_NAME, USDT_E_NAME_CHARS, USDT_E_NAME_CHARS },
		{ "../a", 0, USDT_E_NAME_CHARS, USDT_E_NAME_CHARS },
		{ "a__b", 0, USDT_E_NAME_UNDERSCORES, 0 },
		{ "a__b", USDT_ANY_NAME, 0, 0 },
		{ "a-b", 0, USDT_E_NAME_CHARS, 0 },
		{ "a-", 0, USDT_E_NAME_CHARS, USDT_E_NAME_UNDERSCORES },
		{ "a___b", 0, USDT_E_NAME_UNDERSCORES, USDT_E_NAME_UNDERSCORES },
		{ "__b", 0, USDT_E_NAME_UNDERSCORES, USDT_E_NAME_UNDERSCORES },
	};
	char name[256];

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct usdt_provider *p, *q;
		CHECK_INT(usdt_provider_new(row[i].name, row[i].flags, &p), row[i].provider);
		usdt_provider_free(p);
		CHECK_INT(usdt_provider_new("ok", row[i].flags, &q), 0);
		CHECK_INT(usdt_provider_add(q, row[i].name, 0, NULL, NULL), row[i].probe);
		CHECK((*usdt_provider_message(q) != '\0') == (row[i].probe != 0));
		usdt_provider_free(q);
	}
	memset(name, 'x', sizeof(name));
	for (size_t n = 49; n < sizeof(name); n++) {
		struct usdt_provider *p;
		name[n] = '\0';
		int err = usdt_provider_new(name, 0, &p);
		usdt_provider_free(p);
		int err_any = usdt_provider_new(name, USDT_ANY_NAME, &p);
		usdt_provider_free(p);
		if (err != (n <= 50 ? 0 : USDT_E_NAME_LONG) ||
		    err_any != (n <= 200 ? 0 : USDT_E_NAME_LONG))
			CHECK_INT(n, 0);
		name[n] = 'x';
	}
}

static void
test_errors(void)
{
	struct usdt_provider *p = provider("app", 0);
	struct usdt_probe *probe = (struct usdt_probe *)p;
	struct usdt_arg bad[13] = { { (enum usdt_type)3, NULL }, { USDT_INT8, "a b" } };

	CHECK_INT(usdt_provider_add(p, "x", 13, bad, &probe), USDT_E_ARG_COUNT);
	CHECK(probe == NULL);
	CHECK_INT(usdt_provider_add(p, "x", 1, NULL, NULL), USDT_E_ARG_COUNT);
	CHECK_INT(usdt_provider_add(p, "x", 1, bad, NULL), USDT_E_ARG_TYPE);
	bad[0].type = USDT_DOUBLE;
	CHECK_INT(usdt_provider_add(p, "x", 2, bad, NULL), USDT_E_ARG_NAME);
	CHECK_STR(usdt_provider_message(p), "app: probe 'x', argument 1: "
	    "an argument's name is an identifier of 60 bytes at most");
	simple(p, "a-b", 0);
	CHECK_INT(usdt_provider_add(p, "a__b", 0, NULL, NULL), USDT_E_DUPLICATE);
	CHECK(usdt_provider_find(p, "a-b") == usdt_provider_find(p, "a__b"));
	CHECK_STR(usdt_probe_name(usdt_provider_find(p, "a-b")), "a__b");
	CHECK(usdt_provider_find(p, "x") == NULL);

	struct usdt_provider *none = p;
	CHECK_INT(usdt_provider_new("app", 1 << 20, &none), USDT_E_FLAGS);
	CHECK(none == NULL);
	CHECK_INT(usdt_provider_new("app", USDT_MEMFD | USDT_NO_MEMFD, &none), USDT_E_FLAGS);
	CHECK_INT(usdt_provider_new("app", 0, NULL), USDT_E_HANDLE);
	usdt_provider_free(p);
	for (int i = 0; i < 2; i++, p = NULL) {		/* freed, and NULL */
		CHECK_INT(usdt_provider_load(p), USDT_E_HANDLE);
		CHECK_INT(usdt_provider_unload(p), USDT_E_HANDLE);
		CHECK_INT(usdt_provider_add(p, "x", 0, NULL, NULL), USDT_E_HANDLE);
		CHECK_INT(usdt_provider_is_loaded(p), 0);
		CHECK_STR(usdt_provider_name(p), "");
		CHECK_STR(usdt_provider_file(p), "");
		CHECK_STR(usdt_provider_message(p), usdt_strerror(USDT_E_HANDLE));
		CHECK(usdt_provider_find(p, "x") == NULL);
		usdt_provider_free(p);
	}
	CHECK_INT(usdt_fire(NULL, 0, NULL), 0);
	CHECK_INT(usdt_is_enabled(NULL), 0);
	CHECK_INT(USDT_FIRE((struct usdt_probe *)NULL, 1), 0);
	CHECK_STR(usdt_probe_name(NULL), "");
	CHECK_STR(usdt_strerror(1), "unknown error");
	CHECK_STR(usdt_strerror(0), "no error");
}

static void
test_life(unsigned flags)
{
	struct usdt_provider *p = provider("life", flags);
	struct usdt_probe *a = simple(p, "a", 2), *b = simple(p, "b", 12), *c;
	const uint64_t v[12] = { 1, 2, 3 };
	int fds = entries("/proc/self/fd");

	CHECK_INT(usdt_fire(a, 2, v), 0);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_STR(usdt_provider_message(p), "");
	CHECK_INT(usdt_provider_is_loaded(p), 1);
	CHECK(*usdt_provider_file(p) == '/');
	CHECK_INT(mapped("life") > 0, 1);
	const volatile uint16_t *semaphore = a->semaphore;
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK(a->semaphore == semaphore);
	CHECK_INT(usdt_is_enabled(a), 0);
	CHECK_INT(usdt_fire(a, 2, v), 0);
	count(a, 1);
	CHECK_INT(usdt_enabled(a), 1);
	CHECK_INT(usdt_is_enabled(a), 1);
	CHECK_INT(usdt_fire(a, 2, v), 1);
	CHECK_INT(usdt_fire(a, 0, NULL), 1);
	CHECK_INT(usdt_fire(b, 12, v), 0);
	count(b, 1);
	CHECK_INT(usdt_fire(b, 12, v), 1);
	CHECK_INT(usdt_fire(b, 50, v), 1);
	CHECK_INT(USDT_FIRE(b, 1, "two", 3.0, 4.0f, (void *)5, 6, 7, 8, 9, 10, 11, 12), 1);

	c = simple(p, "c", 0);
	CHECK_INT(usdt_fire(c, 0, NULL), 0);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK(a->semaphore == semaphore && usdt_fire(a, 2, v) == 1);
	count(c, 1);
	CHECK_INT(USDT_FIRE(c), 1);

	CHECK_INT(usdt_provider_unload(p), 0);
	CHECK_INT(usdt_provider_is_loaded(p), 0);
	CHECK_INT(usdt_fire(a, 2, v), 0);
	CHECK_INT(usdt_is_enabled(c), 0);
	CHECK_INT(usdt_provider_unload(p), 0);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(usdt_fire(a, 2, v), 0);
	count(a, 1);
	CHECK_INT(usdt_fire(a, 2, v), 1);
	usdt_provider_free(p);
	CHECK_INT(usdt_fire(a, 2, v), 0);
	CHECK_STR(usdt_probe_name(a), "");
	CHECK_INT(mapped("life"), 0);
	CHECK_INT(entries("/proc/self/fd"), fds);
}

static void
test_nothing_left(void)
{
	int fds = entries("/proc/self/fd"), maps = mapped("");

	for (unsigned i = 0; i < 100; i++) {
		struct usdt_provider *p;
		usdt_provider_new("left", i % 2 != 0 ? USDT_MEMFD : 0, &p);
		usdt_provider_add(p, "a", 0, NULL, NULL);
		usdt_provider_load(p);
		if (i % 3 == 0)
			usdt_provider_unload(p);
		if (i % 6 == 0)
			usdt_provider_load(p);
		usdt_provider_free(p);
	}
	CHECK_INT(entries("/proc/self/fd"), fds);
	CHECK(mapped("") < maps + 20);		/* the heap may have grown */
}

/* No line that is executable names the file while it is unloaded: tracers look for these. */
static void
test_hidden(void)
{
	struct usdt_provider *p = provider("hidden", 0);
	char line[512];
	int n = 0;

	simple(p, "a", 2);
	usdt_provider_load(p);
	usdt_provider_unload(p);
	FILE *f = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "hidden") != NULL && strstr(line, "r-xp") != NULL;
	fclose(f);
	CHECK_INT(n, 0);
	usdt_provider_free(p);
}

static void
test_empty(void)
{
	struct usdt_provider *p = provider("empty", 0);

	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_STR(usdt_provider_file(p), "");
	CHECK_INT(usdt_provider_unload(p), 0);
	usdt_provider_free(p);
}

static void
test_twins(void)
{
	struct usdt_provider *p = provider("twin", 0), *q = provider("twin", 0);
	struct usdt_probe *a = simple(p, "a", 1), *b = simple(q, "a", 1);

	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(usdt_provider_load(q), 0);
	CHECK(strcmp(usdt_provider_file(p), usdt_provider_file(q)) != 0);
	count(a, 1);
	CHECK_INT(usdt_enabled(a), 1);
	CHECK_INT(usdt_enabled(b), 0);
	usdt_provider_free(p);
	CHECK_INT(usdt_enabled(b), 0);
	CHECK_INT(usdt_provider_unload(q), 0);
	usdt_provider_free(q);
}

static void
test_shared(void)
{
	char first[256];
	struct stat before, after;
	struct usdt_provider *p = provider("same", USDT_NO_MEMFD);

	simple(p, "a", 1);
	usdt_provider_load(p);
	snprintf(first, sizeof(first), "%s", usdt_provider_file(p));
	CHECK(strncmp(first, dir, strlen(dir)) == 0);
	CHECK_INT(stat(first, &before), 0);
	CHECK_INT(before.st_mode & 07777, 0444);
	usdt_provider_free(p);

	p = provider("same", USDT_NO_MEMFD);
	simple(p, "a", 1);
	usdt_provider_load(p);
	CHECK_STR(usdt_provider_file(p), first);
	CHECK_INT(stat(first, &after), 0);
	CHECK(before.st_ino == after.st_ino);
	usdt_provider_free(p);

	/* A file that says something else is not used, nor followed where it points. */
	int fd = open(first, O_WRONLY);
	if (fd < 0) {
		chmod(first, 0644);
		fd = open(first, O_WRONLY);
	}
	CHECK(pwrite(fd, "\xcc", 1, 4096) == 1);
	close(fd);
	p = provider("same", USDT_NO_MEMFD);
	simple(p, "a", 1);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(stat(first, &after), 0);
	CHECK(before.st_ino != after.st_ino);
	usdt_provider_free(p);

	unlink(first);
	CHECK_INT(symlink("/etc/passwd", first), 0);
	p = provider("same", USDT_NO_MEMFD);
	struct usdt_probe *a = simple(p, "a", 1);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(lstat(first, &after), 0);
	CHECK(S_ISREG(after.st_mode));

	/* Reloading when the file is gone makes it anew. */
	usdt_provider_unload(p);
	unlink(first);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(access(first, R_OK), 0);
	count(a, 1);
	CHECK_INT(USDT_FIRE(a, 1), 1);
	usdt_provider_free(p);
}

static void
test_places(void)
{
	char other[64], link[64];
	struct usdt_provider *p = provider("place", USDT_NO_MEMFD);

	simple(p, "a", 1);
	snprintf(other, sizeof(other), "%s/open", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	mkdir(other, 0700);
	CHECK_INT(symlink(other, link), 0);
	setenv("USDT_DIR", link, 1);
	CHECK_INT(usdt_provider_load(p), USDT_E_PLACE);
	CHECK(strstr(usdt_provider_message(p), link) != NULL);
	chmod(other, 0777);
	setenv("USDT_DIR", other, 1);
	CHECK_INT(usdt_provider_load(p), USDT_E_PLACE);
	CHECK(strstr(usdt_provider_message(p), "others can write") != NULL);
	CHECK_INT(usdt_provider_is_loaded(p), 0);
	CHECK_INT(entries(other), 2);
	usdt_provider_free(p);

	p = provider("place", 0);	/* then memory does */
	simple(p, "a", 1);
	CHECK_INT(usdt_provider_load(p), 0);
	CHECK(strncmp(usdt_provider_file(p), "/proc/", 6) == 0);
	usdt_provider_free(p);
	rmdir(other);
	unlink(link);
	setenv("USDT_DIR", dir, 1);

	struct rlimit old, low;
	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = 3;
	p = provider("place", 0);
	simple(p, "a", 1);
	setrlimit(RLIMIT_NOFILE, &low);
	int err = usdt_provider_load(p);
	setrlimit(RLIMIT_NOFILE, &old);
	CHECK_INT(err, USDT_E_PLACE);
	CHECK(strstr(usdt_provider_message(p), "Too many open files") != NULL);
	CHECK_INT(usdt_provider_load(p), 0);
	usdt_provider_free(p);
}

/* The program closed the memfd; another file has its number: it stays, and children live. */
static void
test_closed_memfd(void)
{
	struct usdt_provider *p = provider("closed", USDT_MEMFD);
	struct usdt_probe *a = simple(p, "a", 1);
	int fd, null = open("/dev/null", O_RDONLY), status;

	CHECK_INT(usdt_provider_load(p), 0);
	CHECK_INT(sscanf(usdt_provider_file(p), "/proc/%*d/fd/%d", &fd), 1);
	CHECK(fd >= 100);
	dup2(null, fd);
	count(a, 1);
	pid_t pid = fork();
	if (pid == 0)
		_exit(USDT_FIRE(a, 1) != 0);
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
	CHECK_INT(USDT_FIRE(a, 1), 1);
	usdt_provider_free(p);
	CHECK_INT(fcntl(fd, F_GETFD), 0);
	close(fd);
	close(null);
}

/* In a child: counts are those of nobody, until its own are made; then everything works. */
static int
child(struct usdt_provider *p, struct usdt_probe *a)
{
	if (usdt_enabled(a) != 1)	/* before it fires it looks like the parent's */
		return 1;
	if (USDT_FIRE(a, 1) != 0 || usdt_enabled(a) != 0 || usdt_is_enabled(a) != 0)
		return 2;
	count(a, 1);
	if (USDT_FIRE(a, 1) != 1)
		return 3;
	if (usdt_provider_unload(p) != 0 || usdt_provider_load(p) != 0 || USDT_FIRE(a, 1) != 0)
		return 4;
	usdt_provider_free(p);
	return 0;
}

static void
test_fork(unsigned flags)
{
	struct usdt_provider *p = provider("forks", flags);
	struct usdt_probe *a = simple(p, "a", 1);
	int status;

	usdt_provider_load(p);
	count(a, 1);
	for (int how = 0; how < 3; how++) {
		pid_t pid = how == 0 ? fork() : how == 1 ? (pid_t)syscall(SYS_fork) :
		    (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
		if (pid == 0)
			_exit(child(p, a));
		waitpid(pid, &status, 0);
		CHECK_INT(WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status, 0);
	}
	CHECK_INT(USDT_FIRE(a, 1), 1);
	CHECK_INT(access(usdt_provider_file(p), F_OK), 0);
	usdt_provider_free(p);
}

struct shared {
	struct usdt_provider *p;
	struct usdt_probe *probe[3];
	bool stop;
	unsigned long fired;
};

static void *
firing(void *arg)
{
	struct shared *s = arg;
	unsigned long n = 0;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED))
		for (int i = 0; i < 3; i++)
			n += (unsigned)USDT_FIRE(s->probe[i], n, 2, 3, 4, 5, 6) +
			    (unsigned)usdt_fire(s->probe[i], 0, NULL);
	__atomic_add_fetch(&s->fired, n, __ATOMIC_RELAXED);
	return NULL;
}

static void
test_threads(void)
{
	struct shared s = { .p = provider("threads", 0) };
	pthread_t thread[3];
	char name[16];
	int bad = 0;

	for (int i = 0; i < 3; i++)
		s.probe[i] = simple(s.p, (const char *[]){ "a", "b", "c" }[i], 4 * (unsigned)i);
	for (int i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, firing, &s);
	for (int i = 0; i < 300; i++) {
		bad += usdt_provider_load(s.p) != 0;
		for (int k = 0; k < 3; k++)
			count(s.probe[k], 1);
		if (i % 100 == 0) {
			snprintf(name, sizeof(name), "more%d", i);
			simple(s.p, name, 1);
		}
		pid_t pid = i % 10 == 0 ? fork() : -1;
		if (pid == 0)
			_exit(USDT_FIRE(s.probe[0]) + usdt_provider_unload(s.p) +
			    usdt_provider_load(s.p));
		int status = 0;
		if (pid > 0)
			waitpid(pid, &status, 0);
		bad += status != 0;
		bad += usdt_provider_unload(s.p) != 0;
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	CHECK_INT(bad, 0);
	CHECK(s.fired > 0);
	usdt_provider_free(s.p);
}

static void *
loading(void *arg)
{
	struct shared *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		usdt_provider_load(s->p);
		usdt_provider_unload(s->p);
	}
	return NULL;
}

/* A child that libc doesn't know of, made while another thread is in the library, which will never
 * leave it there: it is told so, and doesn't wait. */
static void
test_bare_fork(void)
{
	struct shared s = { .p = provider("bare", 0) };
	pthread_t thread;
	int bad = 0;

	s.probe[0] = simple(s.p, "a", 1);
	pthread_create(&thread, NULL, loading, &s);
	for (int i = 0; i < 100; i++) {
		pid_t pid = (pid_t)syscall(SYS_fork);
		int status = 0;
		if (pid == 0) {
			alarm(10);
			int err = usdt_provider_load(s.p);
			USDT_FIRE(s.probe[0], 1);
			_exit(err != 0 && err != USDT_E_BUSY);
		}
		waitpid(pid, &status, 0);
		bad += status != 0;
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	CHECK_INT(bad, 0);
	usdt_provider_free(s.p);
}

/* Where memory can't become executable, as hardened systems have it. */
static void
test_no_exec(void)
{
	enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1, REFUSED = 77 };
	struct usdt_provider *p = provider("noexec", 0);
	struct usdt_probe *a = simple(p, "a", 1);
	int status;

	pid_t pid = fork();
	if (pid == 0) {
		if (prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) < 0)
			_exit(REFUSED);
		int err = usdt_provider_load(p);
		count(a, 1);
		err |= USDT_FIRE(a, 1) != 1;
		err |= usdt_provider_unload(p) || USDT_FIRE(a, 1) != 0;
		err |= usdt_provider_load(p);
		count(a, 1);
		err |= USDT_FIRE(a, 1) != 1;
		if (fork() == 0)
			_exit(child(p, a));
		wait(&status);
		_exit(err != 0 || status != 0);
	}
	waitpid(pid, &status, 0);
	CHECK(status == 0 || WEXITSTATUS(status) == REFUSED);
	usdt_provider_free(p);
}

static struct shared signalled;

static void
on_signal(int number)
{
	int err = usdt_provider_load(signalled.p);

	(void)number;
	usdt_fire(signalled.probe[0], 0, NULL);
	signalled.fired++;
	if (err != 0 && err != USDT_E_BUSY)
		signalled.stop = true;
}

static void
test_signals(void)
{
	struct itimerval timer = { { 0, 300 }, { 0, 300 } }, off = {0};
	int bad = 0;

	signalled.p = provider("signals", 0);
	signalled.probe[0] = simple(signalled.p, "a", 1);
	CHECK_INT(usdt_provider_load(signalled.p), 0);
	signal(SIGALRM, on_signal);
	setitimer(ITIMER_REAL, &timer, NULL);
	for (int i = 0; i < 3000; i++) {
		bad += usdt_provider_load(signalled.p) != 0;
		count(signalled.probe[0], 1);
		bad += usdt_provider_unload(signalled.p) != 0;
	}
	setitimer(ITIMER_REAL, &off, NULL);
	CHECK_INT(bad, 0);
	CHECK(!signalled.stop);
	CHECK(signalled.fired > 0);
	usdt_provider_free(signalled.p);
}

static void
test_many(void)
{
	struct usdt_provider *p = provider("many", 0);
	struct usdt_probe *probe[1000];
	char name[16];
	int n = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		if (usdt_provider_add(p, name, 0, NULL, &probe[i]) != 0)
			CHECK_INT(i, -1);
	}
	CHECK_INT(usdt_provider_load(p), 0);
	for (int i = 0; i < 1000; i++)
		count(probe[i], 1);
	for (int i = 0; i < 1000; i++)
		n += usdt_fire(probe[i], 0, NULL);
	CHECK_INT(n, 1000);
	usdt_provider_free(p);
}

int
main(void)
{
	snprintf(dir, sizeof(dir), "/tmp/usdt_test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	setenv("USDT_DIR", dir, 1);
	test_names();
	test_errors();
	test_empty();
	test_life(0);
	test_life(USDT_MEMFD);
	test_life(USDT_NOP5);
	test_nothing_left();
	test_hidden();
	test_twins();
	test_shared();
	test_places();
	test_closed_memfd();
	test_fork(0);
	test_fork(USDT_NOP5);
	test_no_exec();
	test_signals();
	test_threads();
	test_bare_fork();
	test_many();
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	CHECK_INT(system(command), 0);
	return tap_done();
}
