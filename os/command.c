/*
 * Running a program between two files in memory: it may read and write as much as it likes, in
 * any order, and nothing waits for us. Also shell commands.
 */
#include "os/command.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

extern char **environ;

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno != EINTR)
			return -errno;
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int
read_all(int fd, struct buf *out)
{
	char chunk[4096];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	return n < 0 ? -errno : 0;
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int
command_run(const char *const argv[], const void *in, size_t n, struct buf *out)
{
	_cleanup_fd_ int in_fd = memfd_create("in", MFD_CLOEXEC);
	_cleanup_fd_ int out_fd = out != NULL ? memfd_create("out", MFD_CLOEXEC) : -1;
	posix_spawn_file_actions_t files;
	pid_t pid;
	int err;

	if (in_fd < 0 || (out != NULL && out_fd < 0))
		return -errno;
	err = write_all(in_fd, in, n);
	if (err < 0)
		return err;
	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	err = posix_spawn_file_actions_adddup2(&files, in_fd, STDIN_FILENO);
	if (err == 0 && out != NULL)
		err = posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	if (err == 0)
		err = posix_spawnp(&pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv,
		    environ);
	posix_spawn_file_actions_destroy(&files);
	if (err != 0)
		return -err;
	err = wait_for(pid);
	if (err >= 0 && out != NULL && read_all(out_fd, out) < 0)
		return -EIO;
	return err;
}

int
command_shell(const char *text)
{
	const char *const argv[] = { "/bin/sh", "-c", text, NULL };
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;
	int err;

	if (posix_spawnattr_init(&attr) != 0)
		return -ENOMEM;
	sigemptyset(&none);
	err = posix_spawnattr_setsigmask(&attr, &none);
	if (err == 0)
		err = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	if (err == 0)
		err = posix_spawn(&pid, argv[0], NULL, &attr, (char *const *)(uintptr_t)argv,
		    environ);
	posix_spawnattr_destroy(&attr);
	return err != 0 ? -err : wait_for(pid);
}
