/* Speculations by number; of each perhaps a few uses at a time, most often one. */
#include "run/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/vec.h"

/* One use of a number, from speculation() on. Records lie one after the other, each behind its
 * size in 8 bytes. */
struct use {
	struct rec_spec spec;
	struct buf data;
};

/* The last end of a use that was read. */
struct ended {
	uint32_t word;			/* 0: none */
	bool is_commit;
};

struct specs {
	uint32_t n;
	uint64_t bytes, drops;
	vec(struct use) use;
	struct ended *ended;		/* n, by number - 1 */
};

struct specs *
specs_new(uint32_t n, uint64_t bytes)
{
	struct specs *s = calloc(1, sizeof(*s));

	if (s == NULL)
		BUG("out of memory");
	s->n = n;
	s->bytes = bytes;
	s->ended = calloc(n + 1, sizeof(*s->ended));
	if (s->ended == NULL)
		BUG("out of memory");
	return s;
}

void
specs_free(struct specs *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->use.n; i++)
		buf_fini(&s->use.v[i].data);
	vec_fini(&s->use);
	free(s->ended);
	free(s);
}

static void
use_remove(struct specs *s, size_t i)
{
	buf_fini(&s->use.v[i].data);
	s->use.v[i] = s->use.v[--s->use.n];
}

/* Words grow, and may come around. */
static bool
is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* Gives s->use.n when it holds nothing. An end can be lost, with its record: what is two uses back
 * is over. */
static size_t
use_find(struct specs *s, struct rec_spec spec)
{
	size_t found = s->use.n;

	for (size_t i = 0; i < s->use.n;) {
		struct rec_spec other = s->use.v[i].spec;

		if (other.id == spec.id && is_before(other.word, spec.word - 2)) {
			use_remove(s, i);
			found = s->use.n;
			i = 0;
			continue;
		}
		if (other.id == spec.id && other.word == spec.word)
			found = i;
		i++;
	}
	return found;
}

bool
specs_add(struct specs *s, struct rec_spec spec, const void *record, size_t bytes)
{
	const uint64_t size = bytes;
	const struct ended *ended;
	struct buf *b;
	size_t i;

	if (spec.id == 0 || spec.id > s->n)
		return false;
	ended = &s->ended[spec.id - 1];
	if (ended->word == spec.word)
		return ended->is_commit;
	if (ended->word != 0 && is_before(spec.word, ended->word))
		return false;
	i = use_find(s, spec);
	if (i == s->use.n)
		vec_push(&s->use, ((struct use){ .spec = spec, .data = BUF_INIT }));
	b = &s->use.v[i].data;
	if (b->n + bytes > s->bytes) {
		s->drops++;
		return false;
	}
	buf_add(b, (const char *)&size, sizeof(size));
	buf_add(b, record, bytes);
	return false;
}

int
specs_end(struct specs *s, struct rec_spec spec, bool is_commit,
    int (*show)(void *self, const void *record, size_t bytes), void *self)
{
	struct buf data;
	uint64_t size;
	int err = 0;
	size_t i;

	if (spec.id == 0 || spec.id > s->n)
		return 0;
	s->ended[spec.id - 1] = (struct ended){ spec.word, is_commit };
	i = use_find(s, spec);
	if (i == s->use.n)
		return 0;
	data = s->use.v[i].data;
	s->use.v[i].data = (struct buf)BUF_INIT;
	use_remove(s, i);
	for (size_t at = 0; is_commit && err == 0 && at < data.n; at += size) {
		memcpy(&size, data.p + at, sizeof(size));
		at += sizeof(size);
		err = show(self, data.p + at, size);
	}
	buf_fini(&data);
	return err;
}

uint64_t
specs_drops(struct specs *s)
{
	uint64_t n = s->drops;

	s->drops = 0;
	return n;
}
