/*
 * The maps of aggregations, as their consumer sees them: a key is the CPU and the tuple, however
 * the map finds it (rec/aggr.def).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "rec/aggr.h"
#include "run/session.h"

static void *
must_alloc(size_t n, size_t bytes)
{
	void *p = calloc(n, bytes);

	if (p == NULL)
		BUG("out of memory");
	return p;
}

/* Strings of a value's tuple get zeros behind their end. */
static void
give_tuple(const struct var *v, const uint8_t *from, uint8_t *tuple)
{
	for (uint32_t i = 0; i < v->nkey; i++) {
		uint32_t room = tuple_elem_bytes(v->key[i]);
		bool is_string = type_is_string(v->key[i]);

		memcpy(tuple, from, is_string ? strnlen((const char *)from, room - 1) : room);
		tuple += room;
		from += room;
	}
}

/* The consumer's key. */
static void
give_key(const struct var *v, const uint8_t *map_key, const uint8_t *value, uint8_t *key)
{
	const uint32_t bytes = tuple_bytes(v);

	memset(key, 0, AGGR_KEY_TUPLE + bytes);
	memcpy(key + AGGR_KEY_CPU, map_key, sizeof(uint32_t));
	if (aggr_form(v) == AGGR_EXACT)
		memcpy(key + AGGR_KEY_TUPLE, map_key + AGGR_KEY_TUPLE, bytes);
	else if (aggr_form(v) == AGGR_DIGESTED)
		give_tuple(v, value, key + AGGR_KEY_TUPLE);
}

/* The map's key; the caller frees it. */
static uint8_t *
take_key(const struct dt *s, const struct var *v, const uint8_t *key)
{
	uint8_t *map_key = must_alloc(1, aggr_key_bytes(v));
	uint64_t digest[2];

	memcpy(map_key, key + AGGR_KEY_CPU, sizeof(uint32_t));
	if (aggr_form(v) == AGGR_EXACT) {
		memcpy(map_key + AGGR_KEY_TUPLE, key + AGGR_KEY_TUPLE, tuple_bytes(v));
	} else if (aggr_form(v) == AGGR_DIGESTED) {
		aggr_digest(v, s->gen->opts.seed, key + AGGR_KEY_TUPLE, digest);
		memcpy(map_key + AGGR_KEY_DIGEST, digest, sizeof(digest));
	}
	return map_key;
}

static bool
is_used(const struct var *v, const uint8_t *value)
{
	uint64_t used;

	memcpy(&used, value + AGGR_USED, sizeof(used));
	return aggr_form(v) != AGGR_BY_CPU || used != 0;
}

static int
source_each(void *self, const struct var *v,
    int (*fn)(void *arg, const void *key, const void *value), void *arg)
{
	const struct dt *s = self;
	const uint32_t bytes = aggr_key_bytes(v);
	int fd = s->map_fd.v[v->map], err;
	_cleanup_free_ uint8_t *map_key = must_alloc(2, bytes);
	_cleanup_free_ uint8_t *value = must_alloc(1, aggr_value_bytes(v));
	_cleanup_free_ uint8_t *key = must_alloc(1, AGGR_KEY_TUPLE + tuple_bytes(v));
	void *last = NULL;

	while ((err = sysbpf_map_next_key(fd, last, map_key + bytes)) == 0) {
		memcpy(map_key, map_key + bytes, bytes);
		last = map_key;
		if (sysbpf_map_lookup(fd, map_key, value) != 0 || !is_used(v, value))
			continue;
		give_key(v, map_key, value, key);
		err = fn(arg, key, value + aggr_words_off(v));
		if (err != 0)
			break;
	}
	return err == -ENOENT ? 0 : err;
}

static int
source_remove(void *self, const struct var *v, const void *key)
{
	struct dt *s = self;
	_cleanup_free_ uint8_t *map_key = take_key(s, v, key);
	_cleanup_free_ uint8_t *unused = must_alloc(1, aggr_value_bytes(v));

	if (aggr_form(v) == AGGR_BY_CPU)
		return sysbpf_map_update(s->map_fd.v[v->map], map_key, unused);
	return sysbpf_map_delete(s->map_fd.v[v->map], map_key);
}

static int
source_write(void *self, const struct var *v, const void *key, const void *words)
{
	struct dt *s = self;
	const uint64_t used = 1;
	_cleanup_free_ uint8_t *map_key = take_key(s, v, key);
	_cleanup_free_ uint8_t *value = must_alloc(1, aggr_value_bytes(v));

	if (aggr_form(v) == AGGR_BY_CPU)
		memcpy(value + AGGR_USED, &used, sizeof(used));
	else if (aggr_form(v) == AGGR_DIGESTED)
		memcpy(value, (const uint8_t *)key + AGGR_KEY_TUPLE, tuple_bytes(v));
	memcpy(value + aggr_words_off(v), words, aggr_words(v) * 8);
	return sysbpf_map_update(s->map_fd.v[v->map], map_key, value);
}

struct aggr_source
aggr_map_source(struct dt *s)
{
	return (struct aggr_source){
		.self = s, .ncpu = s->ncpu, .each = source_each, .remove = source_remove, .write = source_write,
	};
}
