/*
 * What is armed is fds, and closing them disarms: this file is about the time that the kernel
 * takes for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/session.h"

struct closer {
	pthread_t thread;
	const int *fd;
	size_t n;
	bool is_thread;
};

static void *
close_links(void *self)
{
	const struct closer *c = self;

	for (size_t i = c->n; i > 0; i--)
		close(c->fd[i - 1]);
	return NULL;
}

/* The kernel makes each close of a link wait until no CPU runs its program, tens of
 * milliseconds: side by side they wait for the same. */
static void
close_side_by_side(const int *fd, size_t n)
{
	enum { CLOSERS = 16 };
	struct closer c[CLOSERS];
	size_t at = 0, nc = n < CLOSERS ? n : CLOSERS;

	for (size_t i = 0; i < nc; i++) {
		size_t share = (n - at) / (nc - i);

		c[i] = (struct closer){ .fd = fd + at, .n = share };
		at += share;
		c[i].is_thread = i + 1 < nc
		    && pthread_create(&c[i].thread, NULL, close_links, &c[i]) == 0;
		if (!c[i].is_thread)
			close_links(&c[i]);
	}
	for (size_t i = 0; i < nc; i++)
		if (c[i].is_thread)
			pthread_join(c[i].thread, NULL);
}

/*
 * A process of its own, nobody's child, that holds all our fds until we have closed ours, and by
 * its end closes them for good, in its own time. gives: the fd by whose close it learns that.
 */
static int
heir_start(void)
{
	int end[2], status;
	char c;

	if (pipe2(end, O_CLOEXEC) < 0)
		return -errno;
	pid_t pid = fork();
	if (pid == 0) {
		pid_t heir = fork();

		if (heir == 0) {
			close(end[1]);
			for (int fd = 0; fd <= 2; fd++)
				close(fd);	/* our reader must not wait for it */
			while (read(end[0], &c, 1) < 0 && errno == EINTR)
				;
		}
		_exit(heir < 0);
	}
	close(end[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		close(end[1]);
		return -EAGAIN;
	}
	return end[1];
}

/*
 * Perf events go one after the other, whoever closes them: the kernel waits for each under one
 * lock, 45 ms on 6.1 and 120 ms on 6.18. When there are more than a few, an heir does that after
 * we have ended; until then their firings cost a trap, and do nothing.
 */
void
disarm(struct dt *s)
{
	enum { FEW = 64 };
	size_t n = s->prov.link.n;
	_cleanup_fd_ int heir = n > FEW ? heir_start() : -1;

	close_side_by_side(s->prov.link.v, n);
	s->prov.link.n = 0;
	if (heir >= 0)
		s->prov.note(s->prov.note_self, 1, "probes are being disarmed one by one, in the "
		    "background");
}
