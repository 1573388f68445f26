/*
 * A child of fork() inherits the memory of its parent, not what the kernel knows of it:
 *
 *  - semaphores keep their counts though nobody may trace the child, who would pay for that;
 *  - a five-byte nop that Linux 6.18 has turned into a call stays a call, but the trampoline that
 *    is called is not inherited: the child would die;
 *
 * so that what was written into both has to go, by mapping them from the file again; the kernel
 * then sets up, in the new mapping, what a tracer of the child asked for. The order matters: while
 * semaphores are exchanged, no site of the file may be mapped, else the kernel takes back counts
 * that the new ones don't have, and gives up the breakpoint ("ref_ctr going negative"). Hence
 *
 *	park:	1. a copy over the sites	2. zeros over the semaphores
 *	arm:	1. semaphores from the file	2. sites from the file
 *
 * and a child parks and arms. Everything is a system call with fixed addresses, which replaces a
 * mapping at once for other threads, and may be done in a signal handler.
 */
#include "usdt/segment.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "usdt/process.h"

/* Where libc has none, as in programs that are linked statically, we map the file ourselves, and
 * only debuggers don't find it. */
#pragma weak dlopen
#pragma weak dlclose
#pragma weak dlinfo
#pragma weak dlerror

/* In an epoch: somebody is mapping it anew for this epoch. */
#define MOVING	(1ull << 63)

enum { COPIES = 1000, TRIES = 1000 };

static struct segment *all;	/* of this process, under process_lock() */

static bool
is_in_use(const struct place *place)
{
	for (const struct segment *s = all; s != NULL; s = s->next)
		if (s->place.dev == place->dev && s->place.ino == place->ino)
			return true;
	/* By another copy of this library, which may be in libstapsdt.so.0. */
	void *handle = dlopen != NULL ? dlopen(place->path, RTLD_LAZY | RTLD_NOLOAD) : NULL;
	if (handle != NULL)
		dlclose(handle);
	return handle != NULL;
}

static bool
map_part(unsigned char *at, size_t bytes, int prot, int fd, size_t off)
{
	return mmap(at, bytes, prot, MAP_PRIVATE | MAP_FIXED, fd, (off_t)off) == at;
}

static bool
map_ourselves(struct segment *s)
{
	const struct image *image = &s->image;
	unsigned char *base = mmap(NULL, image->loaded_bytes, PROT_READ, MAP_PRIVATE,
	    s->place.fd, 0);

	if (base == MAP_FAILED)
		return false;
	if (!map_part(base + image->sem, image->sem_bytes, PROT_READ | PROT_WRITE, s->place.fd,
	    image->sem) || !map_part(base + image->text, image->text_bytes, PROT_READ | PROT_EXEC,
	    s->place.fd, image->text)) {
		int err = errno;
		munmap(base, image->loaded_bytes);
		errno = err;
		return false;
	}
	s->base = base;
	return true;
}

/* By the dynamic linker if there is one, so that debuggers find it. */
static bool
map(struct segment *s, struct why *why)
{
	struct link_map *link;

	s->handle = dlopen != NULL ? dlopen(s->place.path, RTLD_LAZY | RTLD_LOCAL) : NULL;
	if (s->handle != NULL && dlinfo(s->handle, RTLD_DI_LINKMAP, &link) == 0) {
		s->base = (unsigned char *)link->l_addr;
		return true;
	}
	if (dlerror != NULL)
		dlerror();
	if (map_ourselves(s))
		return true;
	why_add(why, s->place.path, errno == EPERM || errno == EACCES ?
	    "execution is not allowed there (noexec?)" : strerror(errno));
	return false;
}

/* The first kind of place, from the one of an earlier try on, that takes the image and lets it be
 * mapped. */
static bool
place_and_map(struct segment *s, const struct image *image, const struct segment_plan *plan,
    unsigned kind, struct why *why)
{
	for (s->copy = 0; s->copy < COPIES; s->copy++) {
		if (!place_image(&s->place, kind, image, plan->provider, s->copy, why))
			return false;
		if (!is_in_use(&s->place))
			break;
		place_fini(&s->place);
	}
	s->kind = kind;
	if (s->copy < COPIES && map(s, why))
		return true;
	place_fini(&s->place);
	return false;
}

static int
place_anywhere(struct segment *s, const struct image *image, const struct segment_plan *plan,
    struct why *why)
{
	if ((plan->flags & USDT_MEMFD) != 0 && place_and_map(s, image, plan, PLACE_MEMFD, why))
		return 0;
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++) {
		bool is_memfd = kind == PLACE_MEMFD;
		if (is_memfd && (plan->flags & (USDT_NO_MEMFD | USDT_MEMFD)) != 0)
			continue;
		if (place_and_map(s, image, plan, kind, why))
			return 0;
	}
	return USDT_E_PLACE;
}

static enum image_nop
choose_nop(unsigned flags)
{
	const char *chosen = secure_getenv("USDT_NOP5");

	if (chosen != NULL && strcmp(chosen, "1") == 0)
		flags |= USDT_NOP5;
	bool is_wanted = (flags & USDT_NOP5) != 0 && (flags & SEGMENT_NOP1) == 0;
	return is_wanted && process_epoch_is_sure() ? IMAGE_NOP5 : IMAGE_NOP1;
}

int
segment_new(const struct segment_plan *plan, struct segment **out, struct why *why)
{
	struct segment *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return USDT_E_MEMORY;
	s->nop = choose_nop(plan->flags);
	s->n = plan->n;
	int err = image_build(&s->image, plan->provider, plan->probe, plan->n, s->nop);
	if (err == 0)
		err = place_anywhere(s, &s->image, plan, why);
	free(s->image.bytes);
	s->image.bytes = NULL;
	if (err != 0) {
		free(s);
		return err;
	}
	if (!s->place.is_memfd) {
		close(s->place.fd);
		s->place.fd = -1;
	}
	s->is_armed = true;
	s->epoch = process_epoch();
	s->next = all;
	all = s;
	*out = s;
	return 0;
}

unsigned char *
segment_stub(const struct segment *s, size_t i)
{
	return s->base + image_stub(&s->image, i);
}

const volatile uint16_t *
segment_semaphore(const struct segment *s, size_t i)
{
	return (const volatile uint16_t *)(void *)(s->base + image_semaphore(&s->image, i));
}

/* A clean copy of the sites. false: where memory can't be made executable, they stay mapped. */
static bool
park_sites(struct segment *s)
{
	size_t bytes = s->image.text_bytes;
	unsigned char *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return false;
	for (size_t i = 0; i < s->n; i++)
		memcpy(copy + i * IMAGE_STUB, image_stub_code(s->nop), IMAGE_STUB);
	if (mprotect(copy, bytes, PROT_READ | PROT_EXEC) == 0 &&
	    mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
	    s->base + s->image.text) != MAP_FAILED)
		return true;
	munmap(copy, bytes);
	return false;
}

static bool
park_semaphores(struct segment *s)
{
	return mmap(s->base + s->image.sem, s->image.sem_bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static bool
arm(struct segment *s, int fd)
{
	const struct image *image = &s->image;

	return map_part(s->base + image->sem, image->sem_bytes, PROT_READ | PROT_WRITE, fd,
	    image->sem) && map_part(s->base + image->text, image->text_bytes,
	    PROT_READ | PROT_EXEC, fd, image->text);
}

static bool
arm_again(struct segment *s)
{
	int fd = place_reopen(&s->place);

	if (fd < 0)
		return false;
	bool ok = arm(s, fd);
	close(fd);
	return ok;
}

/* Becomes the one who maps it; waits until nobody else does. false: that takes forever, for a
 * signal handler has interrupted the one. */
static bool
move_begin(struct segment *s)
{
	uint64_t moving = process_epoch() | MOVING;

	for (int i = 0; i < TRIES; i++) {
		uint64_t epoch = __atomic_load_n(&s->epoch, __ATOMIC_ACQUIRE);
		if (epoch != moving && __atomic_compare_exchange_n(&s->epoch, &epoch, moving, false,
		    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
		sched_yield();
	}
	return false;
}

static void
move_end(struct segment *s)
{
	__atomic_store_n(&s->epoch, process_epoch(), __ATOMIC_RELEASE);
}

int
segment_park(struct segment *s)
{
	if (!s->is_armed)
		return 0;
	if (!move_begin(s))
		return USDT_E_BUSY;
	/* Sites that stay visible are run by nobody, for their semaphores are gone. */
	park_sites(s);
	int err = park_semaphores(s) ? 0 : USDT_E_MEMORY;
	if (err == 0)
		s->is_armed = false;
	move_end(s);
	return err;
}

/* The file may have been removed in the meantime: then there will be another one. */
static int
replace(struct segment *s, const struct segment_plan *plan, struct why *why)
{
	struct image image;
	int err = image_build(&image, plan->provider, plan->probe, plan->n, s->nop);

	if (err != 0)
		return err;
	struct place place;
	err = USDT_E_PLACE;
	if (place_image(&place, s->kind, &image, plan->provider, s->copy, why)) {
		place_fini(&s->place);
		s->place = place;
		err = arm(s, place.fd) ? 0 : USDT_E_LOAD;
		if (!place.is_memfd) {
			close(place.fd);
			s->place.fd = -1;
		}
	}
	image_fini(&image);
	return err;
}

int
segment_arm(struct segment *s, const struct segment_plan *plan, struct why *why)
{
	if (s->is_armed)
		return 0;
	if (!move_begin(s))
		return USDT_E_BUSY;
	int err = arm_again(s) ? 0 : replace(s, plan, why);
	s->is_armed = err == 0;
	if (err != 0) {
		park_sites(s);
		park_semaphores(s);
	}
	move_end(s);
	return err;
}

bool
segment_enter(struct segment *s)
{
	uint64_t now = process_epoch();
	uint64_t epoch = __atomic_load_n(&s->epoch, __ATOMIC_ACQUIRE);

	if (__builtin_expect(epoch == now, 1))
		return true;
	if (epoch == (now | MOVING) || !__atomic_compare_exchange_n(&s->epoch, &epoch,
	    now | MOVING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return false;
	int err = errno;
	bool is_clean = park_sites(s);
	bool ok = park_semaphores(s);
	/* Without its file the probes of this child are not seen, but it lives. */
	if (ok && s->is_armed && arm_again(s))
		is_clean = true;
	errno = err;
	/* What could not be made this process's own must not be run; the next call tries again. */
	ok = ok && is_clean;
	__atomic_store_n(&s->epoch, ok ? now : epoch, __ATOMIC_RELEASE);
	return ok;
}

void
segment_free(struct segment *s)
{
	if (s == NULL)
		return;
	for (struct segment **at = &all; *at != NULL; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	if (s->handle != NULL)
		dlclose(s->handle);
	else
		munmap(s->base, s->image.loaded_bytes);
	place_fini(&s->place);
	free(s);
}
