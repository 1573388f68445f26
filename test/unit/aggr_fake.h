/* Aggregations without a kernel: a list of entries as the maps would hold them. */
#ifndef TEST_AGGR_FAKE_H
#define TEST_AGGR_FAKE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "rec/aggr.h"
#include "run/aggr.h"

struct fake_entry {
	const struct var *var;
	char *key;			/* CPU and tuple */
	uint64_t *value;
};

struct fake {
	vec(struct fake_entry) entry;
};

static inline uint32_t
fake_key_bytes(const struct var *v)
{
	return AGGR_KEY_TUPLE + tuple_bytes(v);
}

/* Elements: strings for string keys, the number for all others. */
union fake_elem {
	int64_t i;
	const char *s;
};

static inline void
fake_add(struct fake *f, const struct var *v, uint32_t cpu, const union fake_elem *elem,
    const uint64_t *value)
{
	struct fake_entry e = { v, calloc(1, fake_key_bytes(v)),
	    calloc(aggr_words(v), sizeof(uint64_t)) };
	char *p = e.key + AGGR_KEY_TUPLE;

	memcpy(e.key, &cpu, sizeof(cpu));
	for (uint32_t i = 0; i < v->nkey; i++) {
		if (type_is_string(v->key[i]))
			memcpy(p, elem[i].s, strlen(elem[i].s));
		else
			memcpy(p, &elem[i].i, sizeof(elem[i].i));
		p += tuple_elem_bytes(v->key[i]);
	}
	memcpy(e.value, value, aggr_words(v) * sizeof(uint64_t));
	vec_push(&f->entry, e);
}

static inline int
fake_each(void *self, const struct var *v,
    int (*fn)(void *arg, const void *key, const void *value), void *arg)
{
	struct fake *f = self;

	for (size_t i = 0; i < f->entry.n; i++) {
		int err = f->entry.v[i].var == v ?
		    fn(arg, f->entry.v[i].key, f->entry.v[i].value) : 0;

		if (err != 0)
			return err;
	}
	return 0;
}

static inline struct fake_entry *
fake_find(struct fake *f, const struct var *v, const void *key)
{
	for (size_t i = 0; i < f->entry.n; i++) {
		if (f->entry.v[i].var == v && memcmp(f->entry.v[i].key, key,
		    fake_key_bytes(v)) == 0)
			return &f->entry.v[i];
	}
	return NULL;
}

static inline int
fake_remove(void *self, const struct var *v, const void *key)
{
	struct fake *f = self;
	struct fake_entry *e = fake_find(f, v, key);

	if (e == NULL)
		return -ENOENT;
	free(e->key);
	free(e->value);
	*e = f->entry.v[--f->entry.n];
	return 0;
}

static inline int
fake_write(void *self, const struct var *v, const void *key, const void *value)
{
	struct fake_entry *e = fake_find(self, v, key);

	if (e == NULL)
		return -ENOENT;
	memcpy(e->value, value, aggr_words(v) * sizeof(uint64_t));
	return 0;
}

static inline void
fake_fini(struct fake *f)
{
	for (size_t i = 0; i < f->entry.n; i++) {
		free(f->entry.v[i].key);
		free(f->entry.v[i].value);
	}
	vec_fini(&f->entry);
}

static inline struct aggr_source
fake_source(struct fake *f)
{
	return (struct aggr_source){
		.self = f, .ncpu = 3, .each = fake_each, .remove = fake_remove, .write = fake_write,
	};
}

#endif
