/*
 * Descriptions that mean every process ("python*:::") without -p and -c: objects that some process
 * maps for the first time after we began are found by the kernel's records of mappings.
 *
 * Most mappings are of files that were looked at before: those are remembered by number, so that
 * a machine on which processes come and go costs next to nothing. For the same reason the first
 * record after a quiet moment wakes us, and those right behind it wait for the next round.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/mapped.h"
#include "prov/pids.h"
#include "run/session.h"

enum { KNOWN_FILES = 1 << 14 };

/* A file that has nothing for processes to come; a place in the table is its last one's. */
struct known {
	uint64_t inode, generation;
	uint32_t dev_major, dev_minor;
};

struct watch {
	struct mapped *mapped;
	struct known known[KNOWN_FILES];
	int epoll_fd;			/* of its rings */
	bool is_busy;			/* there were records in the last round */
	struct dt *session;
};

static bool
is_open(void *self, struct pdesc *d)
{
	(void)self;
	return pids_is_open(d->prov);
}

static bool
wants_watch(const struct dt *s)
{
	for (size_t i = 0; i < s->text.n; i++)
		if (match_any(s->text.v[i], is_open, NULL))
			return true;
	return false;
}

int
watch_start(struct dt *s)
{
	struct watch *w;
	int err;

	if (s->target.n > 0 || s->prov.is_listing || !wants_watch(s))
		return 0;
	w = s->watch = calloc(1, sizeof(*w));
	if (w == NULL)
		return session_error(s, -ENOMEM, "cannot watch mappings: %s", strerror(ENOMEM));
	w->session = s;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->mapped = mapped_open(&err);
	if (w->epoll_fd < 0)
		err = -errno;
	return err == 0 ? 0
	    : session_error(s, err, "cannot watch mappings: %s", strerror(-err));
}

int
watch_wake(struct dt *s)
{
	struct watch *w = s->watch;
	struct epoll_event ring = { .events = EPOLLIN }, all = { .events = EPOLLIN | EPOLLONESHOT };
	int err = 0;

	if (w == NULL)
		return 0;
	for (unsigned i = 0; mapped_fd(w->mapped, i) >= 0; i++)
		err |= epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, mapped_fd(w->mapped, i), &ring);
	return err | epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, w->epoll_fd, &all);
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	mapped_free(w->mapped);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	free(w);
}

static struct known *
place_of(struct watch *w, const struct known *k)
{
	uint64_t h = (k->inode ^ k->generation << 32 ^ (uint64_t)k->dev_minor << 20) *
	    0x9e3779b97f4a7c15;

	return &w->known[h >> 32 & (KNOWN_FILES - 1)];
}

static void
on_mapped(void *self, const struct mapped_file *f)
{
	struct watch *w = self;
	struct dt *s = w->session;
	const struct known k = { f->map.inode, f->generation, f->map.dev_major, f->map.dev_minor };
	struct known *place = place_of(w, &k);

	w->is_busy = true;
	if (memcmp(place, &k, sizeof(k)) == 0)
		return;
	s->prov.only = f->pid;
	s->prov.mapped = &f->map;
	s->prov.is_settled = true;
	match_list_again(s);
	s->prov.only = 0;
	s->prov.mapped = NULL;
	if (s->prov.is_settled)
		*place = k;
}

void
watch_read(struct dt *s)
{
	struct epoll_event all = { .events = EPOLLIN | EPOLLONESHOT };
	struct watch *w = s->watch;
	const bool was_busy = w != NULL && w->is_busy;

	if (w == NULL)
		return;
	w->is_busy = false;
	if (mapped_read(w->mapped, on_mapped, w))
		match_list_again(s);		/* some were lost: look everywhere */
	if (was_busy && !w->is_busy)
		(void)epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, w->epoll_fd, &all);
}
