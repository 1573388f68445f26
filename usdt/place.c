/*
 * Directories are trusted only if they are the user's own and nobody else can write into them, and
 * likewise the directory above; links are not followed; and a file that exists is used only after
 * its bytes were compared. New files are written under another name, and get theirs when complete.
 * Nothing is removed: the files are few (one for each set of probes that a program ever declared),
 * and running processes use them.
 */
#include "usdt/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1U
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x10U		/* Linux 6.3 */
#endif

enum { DIR_BYTES = 256, NAME_BYTES = 128, FD_HIGH = 100 };

void
why_add(struct why *why, const char *where, const char *what)
{
	size_t n = strlen(why->text);

	if (n < why->bytes)
		snprintf(why->text + n, why->bytes - n, "%s%s: %s", n > 0 ? "; " : "", where, what);
}

/* The directory of a kind; false: there is none. Of the environment only in programs that have
 * the rights of who called them. */
static bool
dir_path(unsigned kind, char *to, size_t bytes)
{
	static const char *const base[PLACE_KINDS] = { [4] = "/tmp", "/var/tmp", "/dev/shm" };
	unsigned uid = geteuid();
	const char *chosen = secure_getenv("USDT_DIR"), *parent = base[kind];
	int n = -1;

	if (chosen != NULL && *chosen != '\0')
		return kind == 0 && snprintf(to, bytes, "%s", chosen) < (int)bytes;
	switch (kind) {
	case 1:
		if (uid == 0)
			n = snprintf(to, bytes, "/run/usdt");
		break;
	case 2:
		if (uid != 0)
			n = snprintf(to, bytes, "/run/user/%u/usdt", uid);
		break;
	case 3:
		parent = secure_getenv("TMPDIR");
		/* fall through */
	default:
		if (parent != NULL && *parent == '/')
			n = snprintf(to, bytes, "%s/usdt-%u", parent, uid);
	}
	return n > 0 && n < (int)bytes;
}

static bool
is_safe(int fd, bool is_parent)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	if (st.st_uid != geteuid() && !(is_parent && st.st_uid == 0))
		return false;
	return (st.st_mode & 022) == 0 || (is_parent && (st.st_mode & S_ISVTX) != 0);
}

/* gives: an fd, or -1 and the reason in `why`. */
static int
dir_open(const char *path, struct why *why)
{
	const char *what = NULL;

	if (mkdir(path, geteuid() == 0 ? 0755 : 0700) < 0 && errno != EEXIST) {
		why_add(why, path, strerror(errno));
		return -1;
	}
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		why_add(why, path, strerror(errno));
		return -1;
	}
	int parent = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		what = strerror(errno);
	else if (!is_safe(fd, false))
		what = "belongs to somebody else, or others can write into it";
	else if (!is_safe(parent, true))
		what = "others can replace it";
	if (parent >= 0)
		close(parent);
	if (what == NULL)
		return fd;
	why_add(why, path, what);
	close(fd);
	return -1;
}

static bool
is_same(int fd, const struct image *image)
{
	unsigned char buf[16384];
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0 || st.st_size != (off_t)image->nbytes)
		return false;
	for (size_t at = 0; at < image->nbytes;) {
		ssize_t n = pread(fd, buf, sizeof(buf), (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || (size_t)n > image->nbytes - at ||
		    memcmp(buf, image->bytes + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* gives: an fd; -ENOENT; -EBADMSG: something else has this name. */
static int
open_same(int dir, const char *name, const struct image *image)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ELOOP ? -EBADMSG : -errno;
	if (is_same(fd, image))
		return fd;
	close(fd);
	return -EBADMSG;
}

/* Beyond RLIMIT_FSIZE there is a signal, which ends the program. */
static int
write_all(int fd, const struct image *image)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < image->nbytes)
		return -EFBIG;
	for (size_t at = 0; at < image->nbytes;) {
		ssize_t n = write(fd, image->bytes + at, image->nbytes - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += (size_t)n;
	}
	return 0;
}

/* Complete files only appear. Who comes second uses the file of who came first. */
static int
create(int dir, const char *name, const struct image *image, bool replace)
{
	static unsigned serial;
	char temp[64];

	snprintf(temp, sizeof(temp), ".%ld-%u.tmp", syscall(SYS_gettid),
	    __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED));
	unlinkat(dir, temp, 0);		/* of an earlier process that was killed */
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
	if (fd < 0)
		return -errno;
	int err = write_all(fd, image);
	if (err == 0 && fchmod(fd, 0444) < 0)
		err = -errno;
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && replace)
		err = renameat(dir, temp, dir, name) < 0 ? -errno : 0;
	else if (err == 0 && linkat(dir, temp, dir, name, 0) < 0 && errno != EEXIST)
		err = -errno;
	unlinkat(dir, temp, 0);
	return err;
}

/* PROVIDER-HASH.so, PROVIDER-HASH.1.so … */
static void
file_name(const struct image *image, const char *provider, unsigned copy, char *to, size_t bytes)
{
	size_t n = 0;
	uint64_t hash;

	for (; provider[n] != '\0' && n < 60; n++) {
		unsigned char c = (unsigned char)provider[n];
		to[n] = (char)c;
		if (c == '/' || c <= ' ' || c >= 0x7f || (c == '.' && n == 0))
			to[n] = '_';
	}
	memcpy(&hash, image->id, sizeof(hash));
	n += (size_t)snprintf(to + n, bytes - n, "-%016llx", (unsigned long long)hash);
	if (copy > 0)
		n += (size_t)snprintf(to + n, bytes - n, ".%u", copy);
	snprintf(to + n, bytes - n, ".so");
}

static bool
take(struct place *place, int fd, const char *path, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		place->path = strdup(path);
	if (place->path == NULL) {
		why_add(why, path, strerror(errno));
		close(fd);
		return false;
	}
	place->fd = fd;
	place->dev = st.st_dev;
	place->ino = st.st_ino;
	return true;
}

static bool
place_file(struct place *place, unsigned kind, const struct image *image, const char *provider,
    unsigned copy, struct why *why)
{
	char path[DIR_BYTES + NAME_BYTES + 1], name[NAME_BYTES];

	if (!dir_path(kind, path, DIR_BYTES))
		return false;
	int dir = dir_open(path, why);
	if (dir < 0)
		return false;
	file_name(image, provider, copy, name, sizeof(name));
	int fd = open_same(dir, name, image);
	if (fd == -ENOENT || fd == -EBADMSG) {
		int err = create(dir, name, image, fd == -EBADMSG);
		fd = err == 0 ? open_same(dir, name, image) : err;
	}
	close(dir);
	if (fd < 0) {
		why_add(why, path, strerror(-fd));
		return false;
	}
	/* Those who remove old files from /tmp shall see that it is in use. */
	futimens(fd, NULL);
	size_t n = strlen(path);
	snprintf(path + n, sizeof(path) - n, "/%s", name);
	return take(place, fd, path, why);
}

/* Where its number is not in the way of programs that close what they don't know. */
static int
fd_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_HIGH);

	if (high < 0)
		return fd;
	close(fd);
	return high;
}

static bool
place_memfd(struct place *place, const struct image *image, const char *provider, struct why *why)
{
	char name[240], path[64];

	snprintf(name, sizeof(name), "usdt:%.230s", provider);
	long fd = syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_memfd_create, name, MFD_CLOEXEC);
	int err = fd < 0 ? -errno : write_all((int)fd, image);
	if (err < 0) {
		if (fd >= 0)
			close((int)fd);
		why_add(why, "memfd", strerror(-err));
		return false;
	}
	int high = fd_high((int)fd);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), high);
	place->is_memfd = true;
	return take(place, high, path, why);
}

bool
place_image(struct place *place, unsigned kind, const struct image *image, const char *provider,
    unsigned copy, struct why *why)
{
	*place = (struct place){ .fd = -1 };
	if (kind == PLACE_MEMFD)
		return place_memfd(place, image, provider, why);
	return place_file(place, kind, image, provider, copy, why);
}

static bool
is_place(const struct place *place, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == place->dev && st.st_ino == place->ino;
}

int
place_reopen(const struct place *place)
{
	int fd = place->is_memfd ? fcntl(place->fd, F_DUPFD_CLOEXEC, 0) :
	    open(place->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && !is_place(place, fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The fd may have been closed by the program, and be another file by now: which stays. */
void
place_fini(struct place *place)
{
	if (place->fd >= 0 && is_place(place, place->fd))
		close(place->fd);
	free(place->path);
	*place = (struct place){ .fd = -1 };
}
