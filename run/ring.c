/* The ring buffer's reader; see ring.h for how order is kept. */
#include "run/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "rec/rec.h"
#include "rec/state.h"

struct entry {
	uint64_t timestamp;
	size_t off;			/* in ring->data */
	uint32_t bytes;
};

struct ring {
	uint64_t *consumer_pos;		/* a page that we write */
	const uint64_t *producer_pos;	/* a page, then the data */
	const uint8_t *mem;		/* once: a second mapping behind it, as the kernel
					 * offers, would double our resident memory */
	size_t bytes, page_bytes;
	const uint8_t *state;
	size_t state_map_bytes;
	uint32_t nstate, state_bytes;
	struct buf data;		/* records taken out and not yet due */
	vec(struct entry) entry;	/* of data, in order of time stamps */
};

static size_t
page_round(size_t n, size_t page)
{
	return (n + page - 1) / page * page;
}

struct ring *
ring_new(int ring_fd, size_t bytes, int state_fd, uint32_t n, uint32_t state_bytes)
{
	struct ring *r = calloc(1, sizeof(*r));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *cons, *prod, *state;

	if (r == NULL)
		return NULL;
	r->bytes = bytes;
	r->page_bytes = page;
	r->nstate = n;
	r->state_bytes = (state_bytes + 7) & ~7u;
	r->state_map_bytes = page_round((size_t)n * r->state_bytes, page);
	cons = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, 0);
	prod = mmap(NULL, page + bytes, PROT_READ, MAP_SHARED, ring_fd, (off_t)page);
	state = mmap(NULL, r->state_map_bytes, PROT_READ, MAP_SHARED, state_fd, 0);
	r->consumer_pos = cons == MAP_FAILED ? NULL : cons;
	r->producer_pos = prod == MAP_FAILED ? NULL : prod;
	r->state = state == MAP_FAILED ? NULL : state;
	if (cons == MAP_FAILED || prod == MAP_FAILED || state == MAP_FAILED) {
		int err = errno;

		ring_free(r);
		errno = err;
		return NULL;
	}
	r->mem = (const uint8_t *)prod + page;
	return r;
}

void
ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	if (r->consumer_pos != NULL)
		munmap(r->consumer_pos, r->page_bytes);
	if (r->producer_pos != NULL)
		munmap((void *)(uintptr_t)r->producer_pos, r->page_bytes + r->bytes);
	if (r->state != NULL)
		munmap((void *)(uintptr_t)r->state, r->state_map_bytes);
	buf_fini(&r->data);
	vec_fini(&r->entry);
	free(r);
}

/* Firings that may still send a record are not older than this; UINT64_MAX: there are none. */
static uint64_t
oldest_running(const struct ring *r)
{
	uint64_t oldest = UINT64_MAX;

	for (uint32_t i = 0; i < r->nstate; i++) {
		const uint8_t *s = r->state + (size_t)i * r->state_bytes;
		uint32_t busy = __atomic_load_n((const uint32_t *)(const void *)(s + STATE_busy),
		    __ATOMIC_ACQUIRE);
		uint64_t ts;

		if (busy != STATE_BUSY_RECORDS)
			continue;
		ts = __atomic_load_n((const uint64_t *)(const void *)(s + STATE_timestamp),
		    __ATOMIC_RELAXED);
		if (ts < oldest)
			oldest = ts;
	}
	return oldest;
}

bool
ring_is_busy(const struct ring *r)
{
	return oldest_running(r) != UINT64_MAX;
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Keep entries sorted: a new one nearly always belongs at the end. Equal stamps keep the order
 * of the ring: clauses of one firing. */
static void
entry_add(struct ring *r, struct entry e)
{
	size_t i;

	vec_push(&r->entry, e);
	for (i = r->entry.n - 1; i > 0 && r->entry.v[i - 1].timestamp > e.timestamp; i--)
		r->entry.v[i] = r->entry.v[i - 1];
	r->entry.v[i] = e;
}

/* A copy of a record; it may go on at the beginning of the ring. */
static void
copy_out(struct ring *r, uint64_t pos, uint32_t len)
{
	size_t off = pos & (r->bytes - 1);
	size_t first = r->bytes - off < len ? r->bytes - off : len;

	buf_add(&r->data, r->mem + off, first);
	buf_add(&r->data, r->mem, len - first);
	buf_fill(&r->data, 0, -len & 7u);	/* the next one aligned */
}

/* Copy all finished records out and free their room. gives: false when one is still being
 * written: what stands behind it is not known yet. */
static bool
drain(struct ring *r, size_t *taken)
{
	uint64_t cons = *r->consumer_pos;
	uint64_t prod = __atomic_load_n(r->producer_pos, __ATOMIC_ACQUIRE);
	bool whole = true;

	*taken = 0;
	while (cons < prod) {
		const uint8_t *p = r->mem + (cons & (r->bytes - 1));
		uint32_t word = __atomic_load_n((const uint32_t *)(const void *)p, __ATOMIC_ACQUIRE);
		uint32_t len = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		struct entry e = { .off = r->data.n, .bytes = len };

		if (word & BPF_RINGBUF_BUSY_BIT) {
			whole = false;
			break;
		}
		if (len > r->bytes - BPF_RINGBUF_HDR_SZ)
			break;		/* not a ring that the kernel wrote */
		if (!(word & BPF_RINGBUF_DISCARD_BIT) && len >= sizeof(struct rec_hdr)) {
			copy_out(r, cons + BPF_RINGBUF_HDR_SZ, len);
			memcpy(&e.timestamp, r->data.p + e.off, sizeof(e.timestamp));
			entry_add(r, e);
		}
		cons += (len + BPF_RINGBUF_HDR_SZ + 7) & ~UINT64_C(7);
		*taken += len + BPF_RINGBUF_HDR_SZ;
	}
	__atomic_store_n(r->consumer_pos, cons, __ATOMIC_RELEASE);
	return whole;
}

/* Forget the first n entries; move the bytes of the others to the front. */
static void
compact(struct ring *r, size_t n)
{
	struct buf rest = BUF_INIT;

	for (size_t i = n; i < r->entry.n; i++) {
		struct entry e = r->entry.v[i];

		r->entry.v[i - n] = (struct entry){ e.timestamp, rest.n, e.bytes };
		buf_add(&rest, r->data.p + e.off, (e.bytes + 7) & ~7u);
	}
	r->entry.n -= n;
	if (r->entry.n == 0) {
		buf_clear(&r->data);	/* the usual case keeps its memory */
		buf_fini(&rest);
		return;
	}
	buf_fini(&r->data);
	r->data = rest;
}

int
ring_read(struct ring *r, bool is_last, int (*fn)(void *, const void *, size_t), void *self,
    size_t *taken)
{
	uint64_t now = now_ns();
	uint64_t due = oldest_running(r);
	size_t i;
	int err = 0;

	/* A firing that starts after the look above has a later stamp than `now`. */
	if (due > now)
		due = now;
	if (!drain(r, taken) && !is_last)
		return 0;
	for (i = 0; i < r->entry.n && err == 0; i++) {
		struct entry e = r->entry.v[i];

		if (e.timestamp > due && !is_last)
			break;
		err = fn(self, r->data.p + e.off, e.bytes);
	}
	compact(r, i);
	return err;
}
