/* Rings of perf_event_open(2): records of side-band events, no samples. */
#include "os/mapped.h"

#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/bpf.h"
#include "os/cpu.h"

enum { RING_PAGES = 64, RECORD_MAX = 1 << 16 };

struct ring {
	int fd;
	struct perf_event_mmap_page *page;
	const uint8_t *data;
};

struct mapped {
	struct ring *ring;
	unsigned n;
	size_t page_bytes;
	uint8_t record[RECORD_MAX];	/* one that goes around the end of its ring */
};

/* Behind struct perf_event_header in a PERF_RECORD_MMAP2; then comes the path. */
struct record_mmap2 {
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint32_t prot, flags;
};

static int
ring_open(struct mapped *m, unsigned cpu)
{
	struct ring *r = &m->ring[m->n];
	void *p;

	r->fd = sysbpf_mmaps_open((int)cpu);
	if (r->fd < 0)
		return r->fd;
	p = mmap(NULL, (1 + RING_PAGES) * m->page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
	    r->fd, 0);
	if (p == MAP_FAILED) {
		int err = -errno;

		close(r->fd);
		return err;
	}
	r->page = p;
	r->data = (const uint8_t *)p + m->page_bytes;
	m->n++;
	return 0;
}

static int
rings_open(struct mapped *m)
{
	unsigned ncpu = cpu_possible();

	m->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	m->ring = calloc(ncpu, sizeof(*m->ring));
	if (m->ring == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < ncpu; i++) {
		int err = ring_open(m, i);

		if (err < 0 && err != -ENODEV)	/* a CPU that is off */
			return err;
	}
	return 0;
}

struct mapped *
mapped_open(int *err)
{
	struct mapped *m = calloc(1, sizeof(*m));

	*err = m != NULL ? rings_open(m) : -ENOMEM;
	if (*err == 0)
		return m;
	mapped_free(m);
	return NULL;
}

void
mapped_free(struct mapped *m)
{
	if (m == NULL)
		return;
	for (unsigned i = 0; i < m->n; i++) {
		munmap(m->ring[i].page, (1 + RING_PAGES) * m->page_bytes);
		close(m->ring[i].fd);
	}
	free(m->ring);
	free(m);
}

int
mapped_fd(const struct mapped *m, unsigned i)
{
	return i < m->n ? m->ring[i].fd : -1;
}

/* The record at a position, in one piece. */
static const uint8_t *
record_at(struct mapped *m, const struct ring *r, uint64_t at, size_t bytes)
{
	const size_t ring_bytes = RING_PAGES * m->page_bytes, from = at & (ring_bytes - 1);
	const size_t first = ring_bytes - from < bytes ? ring_bytes - from : bytes;

	if (first == bytes)
		return r->data + from;
	memcpy(m->record, r->data + from, first);
	memcpy(m->record + first, r->data, bytes - first);
	return m->record;
}

static void
give(const uint8_t *p, size_t bytes, void (*fn)(void *, const struct mapped_file *), void *self)
{
	const size_t fixed = sizeof(struct perf_event_header) + sizeof(struct record_mmap2);
	struct record_mmap2 r;
	char path[PATH_MAX];

	if (bytes <= fixed)
		return;
	memcpy(&r, p + sizeof(struct perf_event_header), sizeof(r));
	/* not a file; or a process that our PID namespace doesn't have */
	if (r.ino == 0 || (pid_t)r.pid <= 0 || p[fixed] != '/' || !(r.prot & PROT_EXEC))
		return;
	snprintf(path, sizeof(path), "%.*s", (int)(bytes - fixed), (const char *)p + fixed);
	fn(self, &(struct mapped_file){
		.pid = (pid_t)r.pid,
		.map = {
			.start = r.addr, .end = r.addr + r.len, .off = r.pgoff, .is_exec = true,
			.dev_major = r.maj, .dev_minor = r.min, .inode = r.ino, .path = path,
		},
		.generation = r.ino_generation,
	});
}

static bool
ring_read(struct mapped *m, struct ring *r, void (*fn)(void *, const struct mapped_file *),
    void *self)
{
	uint64_t head = __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = r->page->data_tail;
	bool is_lost = false;

	while (head - tail >= sizeof(struct perf_event_header)) {
		struct perf_event_header h;
		const uint8_t *p = record_at(m, r, tail, sizeof(h));

		memcpy(&h, p, sizeof(h));
		if (h.size < sizeof(h) || h.size > head - tail)
			break;		/* not what the kernel writes: drop what is left */
		p = record_at(m, r, tail, h.size);
		if (h.type == PERF_RECORD_MMAP2)
			give(p, h.size, fn, self);
		is_lost |= h.type == PERF_RECORD_LOST;
		tail += h.size;
	}
	__atomic_store_n(&r->page->data_tail, head, __ATOMIC_RELEASE);
	return is_lost;
}

bool
mapped_read(struct mapped *m, void (*fn)(void *, const struct mapped_file *), void *self)
{
	bool is_lost = false;

	for (unsigned i = 0; i < m->n; i++)
		is_lost |= ring_read(m, &m->ring[i], fn, self);
	return is_lost;
}
