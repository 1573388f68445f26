/*
 * dtrace -h and -G: from the provider definitions of all texts to the header and the object that
 * a C program is built with. Needs no root and touches no kernel: clauses are parsed, not more.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/command.h"
#include "prov/define.h"
#include "run/session.h"

struct definitions {
	const struct node **v;
	size_t n;
};

/* The PROVIDER nodes of n texts from the first on. */
static int
collect(struct dt *s, unsigned first, unsigned n, struct definitions *d)
{
	const char *why;
	size_t room = 0;

	for (unsigned i = first; i < first + n; i++)
		for (const struct node *p = s->text.v[i]->program->provider; p; p = p->next)
			room++;
	*d = (struct definitions){ .v = arena_alloc(&s->arena, (room + 1) * sizeof(*d->v)) };
	for (unsigned i = first; i < first + n; i++)
		for (const struct node *p = s->text.v[i]->program->provider; p; p = p->next)
			d->v[d->n++] = p;
	why = define_refuse(&s->arena, d->v, d->n);
	return why == NULL ? 0 : session_error(s, -EINVAL, "%s", why);
}

static int
write_all(int fd, const struct buf *b)
{
	for (size_t at = 0; at < b->n;) {
		ssize_t n = write(fd, b->p + at, b->n - at);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Half a product must not look like one to make. */
static int
write_product(struct dt *s, const char *path, const struct buf *b)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct stat st;
	int err = fd < 0 ? -errno : write_all(fd, b);

	if (err == 0)
		return 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		unlink(path);
	return session_error(s, err, "failed to write output file '%s': %s", path,
	    strerror(-err));
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* _FILE_H: what keeps a header from being read twice. */
static const char *
guard_name(struct arena *a, const char *path)
{
	char *s = arena_printf(a, "_%s", base_name(path));

	for (char *p = s; *p != '\0'; p++) {
		bool is_lower = *p >= 'a' && *p <= 'z';
		bool is_name = (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');

		*p = is_lower ? (char)(*p - 'a' + 'A') : is_name ? *p : '_';
	}
	return s;
}

int
dt_define_header(struct dt *s, const char *path)
{
	struct definitions d;
	struct buf b = BUF_INIT;
	int err = session_parse(s);

	if (err == 0)
		err = collect(s, 0, dt_nprogram(s), &d);
	if (err < 0)
		return err;
	define_header(&b, &s->arena, d.v, d.n, guard_name(&s->arena, path));
	err = write_product(s, path, &b);
	buf_fini(&b);
	return err;
}

/* Whatever options of the compiler left there besides the object. */
static void
remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

/*
 * As make would: $CC and $CFLAGS are words of the shell. The object must not be subject to
 * link-time optimisation, which would find that no C code ever changes a semaphore.
 */
static int
compile(struct dt *s, const char *object, const struct buf *source)
{
	const char *const argv[] = {
		"/bin/sh", "-c", "eval \"exec ${CC:-gcc} $CFLAGS\" '\"$@\"'", "sh", "-fPIC",
		"-fno-lto", "-x", "c", "-c", "-o", object, "-", NULL,
	};
	int status = command_run(argv, source->p, source->n, NULL);

	if (status < 0)
		return session_error(s, status, "failed to run the C compiler: %s",
		    strerror(-status));
	return status == 0 ? 0 : session_error(s, -EINVAL,
	    "failed to compile the object: %s exited with status %d",
	    getenv("CC") && *getenv("CC") ? getenv("CC") : "gcc", status);
}

static int
read_file(struct dt *s, const char *path, struct buf *b)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(b, chunk, (size_t)n);
	return n == 0 ? 0 : session_error(s, -errno, "failed to read the object: %s",
	    strerror(errno));
}

/* In a directory of its own: options like -MMD write files beside the object. */
static int
compile_to(struct dt *s, const char *path, const struct buf *source)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = arena_printf(&s->arena, "%s/dtrace.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	const char *object;
	struct buf b = BUF_INIT;
	int err;

	if (mkdtemp(dir) == NULL)
		return session_error(s, -errno, "failed to create directory %s: %s", dir,
		    strerror(errno));
	object = arena_printf(&s->arena, "%s/probes.o", dir);
	err = compile(s, object, source);
	if (err == 0)
		err = read_file(s, object, &b);
	if (err == 0)
		err = write_product(s, path, &b);
	buf_fini(&b);
	remove_dir(dir);
	return err;
}

int
dt_define_object(struct dt *s, unsigned first, unsigned n, const char *path)
{
	struct definitions d;
	struct buf b = BUF_INIT;
	int err = session_parse(s);

	if (err == 0)
		err = collect(s, first, n, &d);
	if (err < 0)
		return err;
	define_source(&b, d.v, d.n);
	err = compile_to(s, path, &b);
	buf_fini(&b);
	return err;
}
