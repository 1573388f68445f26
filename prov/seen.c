/* A hash table in the arena, which forgets by the number of the pass. */
#include "prov/seen.h"

#include <string.h>

struct seen {
	struct seen_file *file;
	uint32_t n, cap;		/* of this pass; cap is a power of two */
	uint32_t pass;
};

static uint32_t
place_of(const struct seen *s, const struct proc_map *m)
{
	uint64_t h = m->inode * 0x9e3779b97f4a7c15 ^ (uint64_t)m->dev_major << 20 ^ m->dev_minor;

	return (uint32_t)(h >> 32 ^ h) & (s->cap - 1);
}

static bool
is_file(const struct seen_file *f, const struct proc_map *m)
{
	return f->inode == m->inode && f->dev_major == m->dev_major &&
	    f->dev_minor == m->dev_minor;
}

static struct seen_file *
find(const struct seen *s, const struct proc_map *m)
{
	uint32_t i = place_of(s, m);

	while (s->file[i].pass == s->pass && !is_file(&s->file[i], m))
		i = (i + 1) & (s->cap - 1);
	return &s->file[i];
}

static void
grow(struct prov_env *env, struct seen *s)
{
	const struct seen old = *s;

	s->cap = old.cap != 0 ? 4 * old.cap : 1024;
	s->file = arena_alloc(env->arena, s->cap * sizeof(*s->file));
	for (uint32_t i = 0; i < old.cap; i++) {
		const struct seen_file *f = &old.file[i];
		const struct proc_map m = { .dev_major = f->dev_major, .dev_minor = f->dev_minor,
		    .inode = f->inode };

		if (f->pass == s->pass)
			*find(s, &m) = *f;
	}
}

struct seen_file *
seen_get(struct prov_env *env, const struct proc_map *m)
{
	static const char key[] = "seen";
	struct seen *s = map_get(&env->cache, key);
	struct seen_file *f;

	if (s == NULL) {
		s = arena_new(env->arena, struct seen);
		map_put(&env->cache, key, s);
	}
	if (s->pass != env->pass) {
		s->pass = env->pass;
		s->n = 0;
	}
	if (2 * s->n >= s->cap)
		grow(env, s);
	f = find(s, m);
	if (f->pass != s->pass) {
		s->n++;
		*f = (struct seen_file){ .dev_major = m->dev_major, .dev_minor = m->dev_minor,
		    .inode = m->inode, .pass = s->pass };
	}
	return f;
}
