/* Writing, redirecting and emptying the file of traced data. */
#include "run/output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"

void
output_init(struct output *o, FILE *file)
{
	*o = (struct output){ .file = file, .original = -1 };
}

void
output_fini(struct output *o)
{
	if (o->original >= 0)
		close(o->original);
	o->original = -1;
}

/* Not by stdio, which would cut a large buffer in two. */
int
output_write(struct output *o, const char *p, size_t n)
{
	if (fflush(o->file) != 0)
		return -errno;
	while (n > 0) {
		ssize_t done = write(fileno(o->file), p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int
output_reopen(struct output *o, const char *path)
{
	_cleanup_fd_ int fd = -1;

	if (fflush(o->file) != 0)
		return -errno;
	if (o->original < 0)
		o->original = fcntl(fileno(o->file), F_DUPFD_CLOEXEC, 0);
	if (o->original < 0)
		return -errno;
	if (path[0] == '\0')
		return dup2(o->original, fileno(o->file)) < 0 ? -errno : 0;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	return fd < 0 || dup2(fd, fileno(o->file)) < 0 ? -errno : 0;
}

/* A file that is not opened to append goes on where it was. */
int
output_truncate(struct output *o)
{
	int fd = fileno(o->file);

	if (fflush(o->file) != 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return 0;
}
