/*
 * -x pyagent: Python programs fire their probes themselves, by code that we have them run
 * (python/agent.py). CPython 3.14 and later run a file for whoever may write to their memory; from
 * 3.12 on a command of ours runs it at its start, as its sitecustomize. The file and the library
 * of its probes are in a directory that the process sees, belongs to its user, and is removed by
 * the agent when it has read them, else by us when we end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "interp/cpython.h"
#include "prov/python.h"
#include "run/session.h"

static const char agent_text[] =
#include "agent.inc"	/* made from python/agent.py (Makefile) */
;
static const char library[] = "libusdt.so.0";
static const char at_start[] = "sitecustomize.py", remote[] = "agent.py";

enum { FIRST_VERSION = 0x030c, WAIT_MS = 1000, PAUSE_US = 2000, LIBRARY_MAX_BYTES = 4 << 20 };

/* Our own library: beside the program, as it is built, or where it is installed. */
static int
open_library(void)
{
	static const char *const place[] = { "", "../lib/", "../lib64/" };
	char self[PATH_MAX], name[PATH_MAX + 64], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return -errno;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return -ENOENT;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++) {
		int fd;

		snprintf(name, sizeof(name), "%s%s%s", self, place[i], library);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	return -ENOENT;
}

/* A new file of the process's user in its directory. */
static int
put_file(int dir, const char *name, const void *data, size_t bytes, const struct stat *owner)
{
	_cleanup_fd_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);

	if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes ||
	    fchown(fd, owner->st_uid, owner->st_gid) != 0)
		return -(errno != 0 ? errno : EIO);
	return 0;
}

/* The agent, and the call that starts it. */
static int
put_script(struct agent *a, const char *script, const struct stat *owner)
{
	_cleanup_free_ char *text = NULL;
	int n;

	a->script = script;
	snprintf(a->file, sizeof(a->file), "/tmp/%s/%s", a->name, script);
	n = asprintf(&text, "%s\n\nmain(\"%s\", %s)\n", agent_text, a->file,
	    script == at_start ? "True" : "False");
	return n < 0 ? -ENOMEM : put_file(a->dir_fd, script, text, (size_t)n, owner);
}

static int
put_library(int dir, const struct stat *owner)
{
	_cleanup_fd_ int from = open_library();
	_cleanup_free_ char *data = malloc(LIBRARY_MAX_BYTES);
	ssize_t n;

	if (from < 0)
		return from;
	n = data != NULL ? read(from, data, LIBRARY_MAX_BYTES) : -1;
	return n < 0 ? -errno : put_file(dir, library, data, (size_t)n, owner);
}

/* root: of the process's file system, "" for ours. No link there leads us anywhere else. */
static int
make_dir(struct agent *a, const char *root, const char *script, const struct stat *owner)
{
	char name[64];
	int err;

	snprintf(name, sizeof(name), "%s/tmp", root);
	a->tmp_fd = a->dir_fd = -1;
	a->tmp_fd = open(name, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	if (a->tmp_fd < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d/dtrace-XXXXXX", a->tmp_fd);
	if (mkdtemp(name) == NULL)
		return -errno;
	snprintf(a->name, sizeof(a->name), "%s", strrchr(name, '/') + 1);
	a->dir_fd = openat(a->tmp_fd, a->name, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	if (a->dir_fd < 0)
		return -errno;
	err = put_library(a->dir_fd, owner);
	if (err == 0)
		err = put_script(a, script, owner);
	if (err == 0 && fchown(a->dir_fd, owner->st_uid, owner->st_gid) != 0)
		err = -errno;
	return err;
}

static void
remove_in(int dir, const char *name)
{
	int sub = openat(dir, name, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	DIR *d = sub >= 0 ? fdopendir(sub) : NULL;

	for (struct dirent *e = NULL; d != NULL && (e = readdir(d)) != NULL;)
		(void)unlinkat(sub, e->d_name, 0);
	if (d != NULL)
		closedir(d);
	else if (sub >= 0)
		close(sub);
	(void)unlinkat(dir, name, AT_REMOVEDIR);
}

/* What the agent has left. */
static void
remove_dir(const struct agent *a)
{
	static const char *const left[] = { library, at_start, remote, "error" };

	for (size_t i = 0; a->dir_fd >= 0 && i < sizeof(left) / sizeof(left[0]); i++)
		(void)unlinkat(a->dir_fd, left[i], 0);
	if (a->dir_fd >= 0) {
		remove_in(a->dir_fd, "__pycache__");
		close(a->dir_fd);
	}
	if (a->name[0] != '\0')
		(void)unlinkat(a->tmp_fd, a->name, AT_REMOVEDIR);
	if (a->tmp_fd >= 0)
		close(a->tmp_fd);
}

static bool
has_script(const struct agent *a)
{
	return faccessat(a->dir_fd, a->script, F_OK, 0) == 0;
}

/* The agent's own words; it is the process's user who has written them. */
static bool
read_error(const struct agent *a, char *text, size_t bytes)
{
	_cleanup_fd_ int fd = openat(a->dir_fd, "error",
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, bytes - 1) : -1;

	if (n <= 0)
		return false;
	text[n] = '\0';
	for (char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return true;
}

int
agent_create(struct dt *s, const char *command, int (*create)(struct dt *, const char *))
{
	const char *was = getenv("PYTHONPATH");
	_cleanup_free_ char *before = was != NULL ? strdup(was) : NULL;
	struct agent a = {0};
	char path[PATH_MAX * 2];
	struct stat owner = { .st_uid = geteuid(), .st_gid = getegid() };
	int err = make_dir(&a, "", at_start, &owner);

	if (err < 0) {
		remove_dir(&a);
		return session_error(s, err, "failed to prepare an agent: %s", strerror(-err));
	}
	snprintf(path, sizeof(path), "/tmp/%s%s%s", a.name,
	    before != NULL && *before != '\0' ? ":" : "", before != NULL ? before : "");
	setenv("PYTHONPATH", path, 1);
	err = create(s, command);
	if (before != NULL)
		setenv("PYTHONPATH", before, 1);
	else
		unsetenv("PYTHONPATH");
	if (err < 0) {
		remove_dir(&a);
		return err;
	}
	a.pid = s->target.v[s->target.n - 1].pid;
	vec_push(&s->agent, a);
	return 0;
}

static void __attribute__((format(printf, 3, 4)))
note(struct dt *s, pid_t pid, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->prov.note(s->prov.note_self, 0, "process %d has no agent: %s", (int)pid, text);
}

static void
wait_for(struct dt *s, const struct agent *a)
{
	char error[256];

	for (int ms = 0; has_script(a) && ms < WAIT_MS; ms += PAUSE_US / 1000)
		usleep(PAUSE_US);
	if (read_error(a, error, sizeof(error)))
		note(s, a->pid, "%s", error);
	else if (has_script(a))
		s->prov.note(s->prov.note_self, 0, "process %d runs no Python code now; its agent starts "
		    "when it does", (int)a->pid);
}

/* A process that runs already. */
static void
attach(struct dt *s, const struct cpython *py, pid_t pid, uint64_t bias)
{
	struct agent a = { .pid = pid, .bias = bias, .py = py };
	char root[64], proc[64];
	const char *why;
	struct stat owner;
	int err;

	snprintf(root, sizeof(root), "/proc/%d/root", (int)pid);
	snprintf(proc, sizeof(proc), "/proc/%d/task", (int)pid);
	err = stat(proc, &owner) == 0 ? make_dir(&a, root, remote, &owner) : -errno;
	if (err < 0) {
		note(s, pid, "its files in /tmp: %s", strerror(-err));
		remove_dir(&a);
		return;
	}
	why = cpython_run(py, pid, bias, a.file);
	if (why != NULL) {
		note(s, pid, "%s", why);
		remove_dir(&a);
		return;
	}
	vec_push(&s->agent, a);
	wait_for(s, &a);
}

static struct agent *
find(struct dt *s, pid_t pid)
{
	for (size_t i = 0; i < s->agent.n; i++)
		if (s->agent.v[i].pid == pid)
			return &s->agent.v[i];
	return NULL;
}

void
agent_start(struct dt *s)
{
	if (!options_on(&s->options, OPT_PYAGENT))
		return;
	for (size_t i = 0; i < s->target.n; i++) {
		pid_t pid = s->target.v[i].pid;
		uint64_t bias = 0;
		const struct cpython *py = python_interpreter(s, pid, &bias);

		if (py == NULL || py->release >> 16 < FIRST_VERSION)
			note(s, pid, "it runs no CPython of version 3.12 or later");
		else if (find(s, pid) == NULL)
			attach(s, py, pid, bias);
		if (find(s, pid) != NULL)
			python_add_agent(&s->prov, pid);
	}
}

/* Its probes are there when the agent is: nothing need match before. */
bool
agent_will_have(const struct dt *s, const struct pdesc *d)
{
	static const char *const name[] = {
		"function-entry", "function-return", "line", "c-call", "c-return",
	};
	bool is_one = false;
	char prov[32];

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		is_one |= glob_match(d->name, name[i]);
	for (size_t i = 0; is_one && i < s->agent.n; i++) {
		snprintf(prov, sizeof(prov), "python%d", (int)s->agent.v[i].pid);
		if (glob_match(d->prov, prov))
			return true;
	}
	return false;
}

void
agent_stop(struct dt *s)
{
	for (size_t i = 0; i < s->agent.n; i++) {
		const struct agent *a = &s->agent.v[i];

		if (has_script(a) && a->py != NULL)
			cpython_run_not(a->py, a->pid, a->bias, a->file);
		else if (has_script(a) && s->is_running)
			note(s, a->pid, "it did not start it: -I, -E and -S are among the reasons");
		remove_dir(a);
	}
	vec_fini(&s->agent);
}
