/*
 * Running processes as /proc shows them: what they map, the files behind it, their memory.
 * Starting one is in proc_create.c.
 *
 * A process may vanish, or map something else, between any two calls: that gives an error and
 * nothing worse.
 */
#include "os/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

static const char DELETED[] = " (deleted)";

int
proc_grab(struct proc *p, pid_t pid)
{
	*p = (struct proc){ .pid = pid, .pidfd = -1 };
	if (pid <= 0)
		return -ESRCH;
	p->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p->pidfd < 0)	/* EINVAL, ENOENT: a thread, not a process */
		return errno == EINVAL || errno == ENOENT ? -ESRCH : -errno;
	if (proc_has_ended(p)) {
		proc_release(p);
		return -ESRCH;
	}
	return 0;
}

bool
proc_has_ended(const struct proc *p)
{
	struct pollfd pfd = { .fd = p->pidfd, .events = POLLIN };

	return p->pidfd < 0 || poll(&pfd, 1, 0) > 0;
}

void
proc_release(struct proc *p)
{
	if (p->is_held)
		proc_continue(p);
	if (p->is_ours)
		waitpid(p->pid, NULL, WNOHANG);
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pidfd = -1;
	p->is_ours = false;
}

/* "55d0-55d9 r-xp 00002000 08:01 131 /usr/bin/x (deleted)" */
static bool
read_map_line(char *line, struct proc_map *m)
{
	char perm[5];
	int path = 0;
	char *end;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
	    &m->start, &m->end, perm, &m->off, &m->dev_major, &m->dev_minor, &m->inode,
	    &path) != 7 || path == 0 || m->end <= m->start)
		return false;
	m->is_write = perm[1] == 'w';
	m->is_exec = perm[2] == 'x';
	m->is_private = perm[3] == 'p';
	m->path = line + path;
	end = line + strlen(line);
	if (end > m->path && end[-1] == '\n')
		*--end = '\0';
	m->is_deleted = (size_t)(end - m->path) > sizeof(DELETED) - 1 &&
	    strcmp(end - (sizeof(DELETED) - 1), DELETED) == 0;
	if (m->is_deleted)
		end[-(ptrdiff_t)(sizeof(DELETED) - 1)] = '\0';
	return true;
}

int
proc_each_mapping(pid_t pid, int (*fn)(void *self, const struct proc_map *), void *self)
{
	_cleanup_free_ char *line = NULL;
	_cleanup_file_ FILE *f = NULL;
	size_t cap = 0;
	char name[64];
	int err = 0;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	f = fopen(name, "re");
	if (f == NULL)
		return errno == ENOENT ? -ESRCH : -errno;
	errno = 0;
	while (err == 0 && getline(&line, &cap, f) > 0) {
		struct proc_map m = {0};

		if (read_map_line(line, &m))
			err = fn(self, &m);
	}
	return err != 0 ? err : ferror(f) ? -errno : 0;
}

struct files {
	int (*fn)(void *self, const struct proc_map *);
	void *self;
};

static int
if_file(void *self, const struct proc_map *m)
{
	const struct files *f = self;

	return m->path[0] == '/' ? f->fn(f->self, m) : 0;
}

int
proc_each_map(pid_t pid, int (*fn)(void *self, const struct proc_map *), void *self)
{
	return proc_each_mapping(pid, if_file, &(struct files){ fn, self });
}

static void
map_files_name(pid_t pid, const struct proc_map *m, char *name, size_t bytes)
{
	snprintf(name, bytes, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, m->start, m->end);
}

static bool
is_file_of(const struct stat *st, const struct proc_map *m)
{
	return st->st_ino == m->inode && major(st->st_dev) == m->dev_major &&
	    minor(st->st_dev) == m->dev_minor;
}

/* must_be: it has to be the file of this mapping. */
static int
open_regular(const char *name, const struct proc_map *must_be)
{
	_cleanup_fd_ int at = open(name, O_PATH | O_CLOEXEC);
	char self[64];
	struct stat st;
	int fd;

	if (at < 0 || fstat(at, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (must_be != NULL && !is_file_of(&st, must_be))
		return -ESTALE;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int
proc_open_regular(const char *name)
{
	return open_regular(name, NULL);
}

/* Look for the mapping's file among the process's descriptors (a memfd has no other name). */
static int
find_fd(pid_t pid, const struct proc_map *m, char *name, size_t bytes)
{
	char dir_name[64];
	struct dirent *e;
	int err = -ENOENT;
	DIR *dir;

	snprintf(dir_name, sizeof(dir_name), "/proc/%d/fd", pid);
	dir = opendir(dir_name);
	if (dir == NULL)
		return -errno;
	while (err != 0 && (e = readdir(dir)) != NULL) {
		struct stat st;

		if (fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
		    is_file_of(&st, m)) {
			snprintf(name, bytes, "%s/%s", dir_name, e->d_name);
			err = 0;
		}
	}
	closedir(dir);
	return err;
}

int
proc_map_path(pid_t pid, const struct proc_map *m, char *name, size_t bytes)
{
	struct stat st;

	map_files_name(pid, m, name, bytes);
	if (stat(name, &st) == 0)
		return 0;
	if ((size_t)snprintf(name, bytes, "/proc/%d/root%s", pid, m->path) < bytes &&
	    stat(name, &st) == 0 && is_file_of(&st, m))
		return 0;
	return find_fd(pid, m, name, bytes);
}

int
proc_open_map(pid_t pid, const struct proc_map *m)
{
	char name[PATH_MAX + 64];
	int fd;

	map_files_name(pid, m, name, sizeof(name));
	fd = open_regular(name, NULL);
	if (fd >= 0 || fd == -EINVAL)
		return fd;
	if (proc_map_path(pid, m, name, sizeof(name)) == 0)
		return open_regular(name, m);
	/* the process is gone: by the name that it had for the file, if that is also ours */
	fd = open_regular(m->path, m);
	return fd == -ESTALE ? -ENOENT : fd;
}

bool
proc_is_main(pid_t pid, const struct proc_map *m)
{
	char name[64], exe[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%d/exe", pid);
	n = readlink(name, exe, sizeof(exe) - 1);
	if (n < 0 || stat(name, &st) != 0 || st.st_ino != m->inode)
		return false;
	exe[n] = '\0';
	/* by name too: a device number in maps isn't stat(2)'s on every file system */
	return strncmp(exe, m->path, strlen(m->path)) == 0;
}

int
proc_read(pid_t pid, uint64_t addr, void *to, size_t n)
{
	struct iovec local = { to, n };
	struct iovec remote = { (void *)(uintptr_t)addr, n };
	ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == n ? 0 : -EFAULT;
}

int
proc_write(pid_t pid, uint64_t addr, const void *from, size_t n)
{
	struct iovec local = { (void *)(uintptr_t)from, n };
	struct iovec remote = { (void *)(uintptr_t)addr, n };
	ssize_t put = process_vm_writev(pid, &local, 1, &remote, 1, 0);

	if (put < 0)
		return -errno;
	return (size_t)put == n ? 0 : -EFAULT;
}

int
proc_each_pid(int (*fn)(void *self, pid_t), void *self)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int err = 0;

	if (dir == NULL)
		return -errno;
	while (err == 0 && (e = readdir(dir)) != NULL) {
		char *end;
		long pid = strtol(e->d_name, &end, 10);

		if (end != e->d_name && *end == '\0' && pid > 0 && pid <= INT_MAX)
			err = fn(self, (pid_t)pid);
	}
	closedir(dir);
	return err;
}
