/* Starting, holding and grabbing processes; what they map. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/proc.h"
#include "test/unit/tap.h"

static char dir[] = "/tmp/proc_test.XXXXXX";

static bool
wait_end(const struct proc *p)
{
	struct pollfd pfd = { .fd = p->pidfd, .events = POLLIN };

	return poll(&pfd, 1, 5000) == 1;
}

static void
path_in(char *path, size_t bytes, const char *name)
{
	snprintf(path, bytes, "%s/%s", dir, name);
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *f;

	path_in(path, sizeof(path), name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static bool
exists(const char *name)
{
	char path[256];

	path_in(path, sizeof(path), name);
	return access(path, F_OK) == 0;
}

struct found {
	const char *what;
	struct proc_map map;
	char path[4096];
	int n;
};

static int
find_map(void *self, const struct proc_map *m)
{
	struct found *f = self;

	if (m->is_exec && strstr(m->path, f->what) != NULL) {
		f->map = *m;
		snprintf(f->path, sizeof(f->path), "%s", m->path);
		f->map.path = f->path;
		f->n++;
	}
	return 0;
}

static void
test_hold(const char *command, const char *file, bool has_libc)
{
	struct found libc = { .what = "/libc.so" };
	char err[256] = "";
	struct proc p;

	CHECK_INT(proc_create(&p, command, err, sizeof(err)), 0);
	CHECK_STR(err, "");
	CHECK(p.is_ours && p.is_held && !proc_has_ended(&p));
	CHECK_INT(proc_each_map(p.pid, find_map, &libc), 0);
	CHECK_INT(libc.n > 0, has_libc);
	usleep(50000);
	CHECK(!exists(file));		/* it has not run */
	CHECK_INT(proc_continue(&p), 0);
	CHECK(wait_end(&p) && proc_has_ended(&p));
	CHECK(exists(file));
	proc_release(&p);
	CHECK(kill(p.pid, 0) != 0);	/* no zombie is left */
}

static void
test_create(void)
{
	char cmd[600], err[256];
	struct proc p;

	snprintf(cmd, sizeof(cmd), " touch \t%s/a\n", dir);
	test_hold(cmd, "a", true);
	write_file("s.sh", "#!/bin/sh\ntouch $(dirname $0)/$1\n", 0755);
	snprintf(cmd, sizeof(cmd), "%s/s.sh b", dir);
	test_hold(cmd, "b", true);
	write_file("t.c", "#include <fcntl.h>\nint main(int c, char **v)"
	    "{ (void)c; return creat(v[1], 0600) < 0; }\n", 0644);
	snprintf(cmd, sizeof(cmd), "gcc -w -static -o %s/static %s/t.c", dir, dir);
	CHECK_INT(system(cmd), 0);
	snprintf(cmd, sizeof(cmd), "%s/static %s/c", dir, dir);
	test_hold(cmd, "c", false);

	CHECK_INT(proc_create(&p, "/no/such/command", err, sizeof(err)), -ENOENT);
	CHECK_STR(err, "No such file or directory");
	CHECK_INT(proc_create(&p, "/etc/passwd", err, sizeof(err)), -EACCES);
	CHECK_STR(err, "Permission denied");
	CHECK_INT(proc_create(&p, " \t", err, sizeof(err)), -EINVAL);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* Released while held: it is let go. */
static void
test_release(void)
{
	char cmd[300], err[256];
	struct proc p, again;

	snprintf(cmd, sizeof(cmd), "touch %s/d", dir);
	CHECK_INT(proc_create(&p, cmd, err, sizeof(err)), 0);
	CHECK_INT(proc_grab(&again, p.pid), 0);
	proc_release(&p);
	CHECK(wait_end(&again));
	CHECK(exists("d"));
	proc_release(&again);
	waitpid(p.pid, NULL, 0);
}

/* If the tracer dies, so does what it holds. */
static void
test_killed(void)
{
	struct proc p;
	char cmd[300];
	int fd[2], status;
	pid_t tracer, held = 0;

	snprintf(cmd, sizeof(cmd), "touch %s/e", dir);
	if (pipe(fd) != 0)
		return;
	tracer = fork();
	if (tracer == 0) {
		char err[256];

		if (proc_create(&p, cmd, err, sizeof(err)) == 0 &&
		    write(fd[1], &p.pid, sizeof(p.pid)) > 0)
			pause();
		_exit(1);
	}
	CHECK(read(fd[0], &held, sizeof(held)) == sizeof(held));
	CHECK_INT(proc_grab(&p, held), 0);
	kill(tracer, SIGKILL);
	waitpid(tracer, &status, 0);
	CHECK(wait_end(&p));
	CHECK(!exists("e"));
	proc_release(&p);
	close(fd[0]);
	close(fd[1]);
}

static void
test_grab(void)
{
	struct proc p;
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	CHECK_INT(proc_grab(&p, child), 0);
	CHECK(!p.is_ours && !p.is_held && !proc_has_ended(&p));
	kill(child, SIGKILL);
	CHECK(wait_end(&p));
	proc_release(&p);
	CHECK_INT(proc_grab(&p, child), -ESRCH);	/* a zombie */
	waitpid(child, NULL, 0);
	CHECK_INT(proc_grab(&p, child), -ESRCH);
	CHECK_INT(proc_grab(&p, 0), -ESRCH);
	CHECK_INT(proc_grab(&p, -1), -ESRCH);
	CHECK(p.pidfd == -1);
}

static bool
same_file(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_ino == sb.st_ino &&
	    sa.st_dev == sb.st_dev;
}

/* The files behind a mapping without a name, and of one whose name now is another file's. */
static void
test_maps(void)
{
	char path[256], name[4096];
	int file, got, fd = memfd_create("some name", MFD_CLOEXEC);
	struct found f = { .what = "/memfd:some name" };
	void *map;

	CHECK(ftruncate(fd, 4096) == 0);
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	CHECK_INT(proc_each_map(getpid(), find_map, &f), 0);
	CHECK_INT(f.n, 1);
	CHECK_STR(f.path, "/memfd:some name");
	CHECK(f.map.is_deleted && f.map.is_private && !f.map.is_write);
	CHECK(f.map.start == (uintptr_t)map && f.map.end - f.map.start == 4096);
	got = proc_open_map(getpid(), &f.map);
	CHECK(same_file(got, fd));
	close(got);
	CHECK_INT(proc_map_path(getpid(), &f.map, name, sizeof(name)), 0);
	got = open(name, O_RDONLY);
	CHECK(same_file(got, fd));
	close(got);
	/* without map_files (no such range): found among the descriptors */
	f.map.end += 4096;
	CHECK_INT(proc_map_path(getpid(), &f.map, name, sizeof(name)), 0);
	CHECK(strstr(name, "/fd/") != NULL);
	got = proc_open_map(getpid(), &f.map);
	CHECK(same_file(got, fd));
	close(got);
	close(fd);
	CHECK(proc_open_map(getpid(), &f.map) < 0);
	f.map.end -= 4096;
	got = proc_open_map(getpid(), &f.map);
	CHECK(got >= 0);	/* closed, and still mapped */
	close(got);
	munmap(map, 4096);
	CHECK(proc_open_map(getpid(), &f.map) < 0);

	path_in(path, sizeof(path), "gone");
	file = open(path, O_RDWR | O_CREAT, 0755);
	CHECK(ftruncate(file, 8192) == 0);
	map = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
	unlink(path);
	write_file("gone", "another file", 0755);
	f = (struct found){ .what = path };
	proc_each_map(getpid(), find_map, &f);
	CHECK(f.n == 1 && f.map.is_deleted);
	CHECK_STR(f.path, path);
	got = proc_open_map(getpid(), &f.map);
	CHECK(same_file(got, file));
	close(got);
	f.map.end += 4096;	/* the name leads to the wrong file now: only the fd is right */
	close(file);
	CHECK(proc_open_map(getpid(), &f.map) < 0);
	munmap(map, 8192);
}

static void
test_main(void)
{
	struct found self = { .what = "proc_test" }, libc = { .what = "/libc.so" };

	proc_each_map(getpid(), find_map, &self);
	proc_each_map(getpid(), find_map, &libc);
	CHECK(self.n > 0 && proc_is_main(getpid(), &self.map));
	CHECK(libc.n > 0 && !proc_is_main(getpid(), &libc.map));
	CHECK_INT(proc_each_map(1 << 22, find_map, &self), -ESRCH);
}

static void
test_regular(void)
{
	char path[256];
	int fd;

	path_in(path, sizeof(path), "fifo");
	CHECK(mkfifo(path, 0600) == 0);
	CHECK_INT(proc_open_regular(path), -EINVAL);	/* and doesn't wait for a writer */
	CHECK_INT(proc_open_regular("/dev/null"), -EINVAL);
	CHECK_INT(proc_open_regular(dir), -EINVAL);
	CHECK_INT(proc_open_regular("/no/such"), -ENOENT);
	fd = proc_open_regular("/etc/passwd");
	CHECK(fd >= 0);
	close(fd);
}

static void
test_read(void)
{
	char from[] = "abcdef", to[7] = "";

	CHECK_INT(proc_read(getpid(), (uintptr_t)from, to, sizeof(to)), 0);
	CHECK_STR(to, "abcdef");
	CHECK_INT(proc_read(getpid(), 8, to, sizeof(to)), -EFAULT);
	CHECK_INT(proc_read(1 << 22, 8, to, sizeof(to)), -ESRCH);
}

static int
count_pid(void *self, pid_t pid)
{
	*(int *)self += pid == getpid() || pid == 1;
	return 0;
}

int
main(void)
{
	char cmd[64];
	int n = 0;

	if (mkdtemp(dir) == NULL)
		return 1;
	test_create();
	test_release();
	test_killed();
	test_grab();
	test_maps();
	test_main();
	test_regular();
	test_read();
	CHECK_INT(proc_each_pid(count_pid, &n), 0);
	CHECK_INT(n, 2);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd) != 0 || tap_done();
}
