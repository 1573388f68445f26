/*
 * /proc/kallsyms: "ffffffff81000000 T _text", and behind a tab "[module]". It has no sizes: a symbol
 * reaches to the next one, but not farther than a function can be long.
 */
#include "os/ksym.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/vec.h"

enum { REACH = 1 << 20 };

struct symbol {
	uint64_t addr;
	const char *name, *mod;
	bool is_global;
	bool is_offset;		/* in per-CPU memory: no address */
};

struct ksyms {
	bool is_read;
	struct buf text;		/* names point into it */
	vec(struct symbol) symbol;	/* by address */
	vec(struct symbol) offset;	/* of per-CPU memory; as they stand */
	bool is_hidden;			/* there are symbols, but not their addresses */
};

static const char VMLINUX[] = "vmlinux";

struct ksyms *
ksyms_new(void)
{
	struct ksyms *k = calloc(1, sizeof(*k));

	if (k == NULL)
		BUG("out of memory");
	return k;
}

void
ksyms_free(struct ksyms *k)
{
	if (k == NULL)
		return;
	buf_fini(&k->text);
	vec_fini(&k->symbol);
	vec_fini(&k->offset);
	free(k);
}

/* One line, without its newline. What is absolute is no address, and an address of 0 is one that we
 * may not see. */
static void
parse_line(struct ksyms *k, char *line)
{
	char *p, *type, *name, *mod;
	struct symbol s = { .mod = VMLINUX };

	s.addr = strtoull(line, &p, 16);
	if (p == line || *p != ' ')
		return;
	type = p + 1;
	if (type[0] == '\0' || type[1] != ' ')
		return;
	s.is_offset = type[0] == 'a' || type[0] == 'A';
	k->is_hidden |= s.addr == 0 && !s.is_offset;
	if (s.addr == 0 && !s.is_offset)
		return;
	s.is_global = type[0] >= 'A' && type[0] <= 'Z';
	name = type + 2;
	mod = strchr(name, '\t');
	if (mod != NULL) {
		*mod++ = '\0';
		if (*mod++ != '[')
			return;
		mod[strcspn(mod, "]")] = '\0';
		s.mod = mod;
	}
	if (*name == '\0')
		return;
	s.name = name;
	if (s.is_offset)
		vec_push(&k->offset, s);
	else
		vec_push(&k->symbol, s);
}

/* By address; of several at one, global ones last, which is preferred; then as they stand. */
static int
compare(const void *pa, const void *pb)
{
	const struct symbol *a = pa, *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->is_global != b->is_global)
		return a->is_global ? 1 : -1;
	return a->name > b->name ? -1 : a->name < b->name;
}

static void
parse(struct ksyms *k, char *text)
{
	char *next;

	k->is_read = true;
	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		parse_line(k, line);
	}
	if (k->symbol.n > 0)
		qsort(k->symbol.v, k->symbol.n, sizeof(*k->symbol.v), compare);
}

struct ksyms *
ksyms_parse(char *text)
{
	struct ksyms *k = ksyms_new();

	parse(k, text);
	return k;
}

static void
read_all(struct ksyms *k)
{
	_cleanup_file_ FILE *f = fopen("/proc/kallsyms", "re");
	char chunk[1 << 16];
	size_t n;

	k->is_read = true;
	if (f == NULL)
		return;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&k->text, chunk, n);
	if (k->text.n > 0)
		parse(k, k->text.p);
}

bool
ksym_find(struct ksyms *k, uint64_t addr, struct ksym *found)
{
	size_t lo = 0, hi;
	const struct symbol *s;

	if (!k->is_read)
		read_all(k);
	hi = k->symbol.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->symbol.v[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return false;
	s = &k->symbol.v[lo - 1];
	if (addr - s->addr >= REACH)
		return false;
	*found = (struct ksym){ s->mod, s->name, s->addr };
	return true;
}

static bool
is_named(const struct symbol *s, const char *mod, const char *name)
{
	return strcmp(s->name, name) == 0 && (mod == NULL || strcmp(s->mod, mod) == 0);
}

int
ksym_lookup(struct ksyms *k, const char *mod, const char *name, struct ksym_place *found)
{
	const struct symbol *s = NULL;

	if (!k->is_read)
		read_all(k);
	for (size_t i = 0; i < k->symbol.n && s == NULL; i++)
		if (is_named(&k->symbol.v[i], mod, name))
			s = &k->symbol.v[i];
	for (size_t i = 0; i < k->offset.n && s == NULL; i++)
		if (is_named(&k->offset.v[i], mod, name))
			s = &k->offset.v[i];
	if (s == NULL)
		return k->symbol.n == 0 && k->is_hidden ? -EACCES : -ENOENT;
	*found = (struct ksym_place){ s->addr, s->mod, s->is_offset };
	return 0;
}

void
ksym_each(struct ksyms *k, void (*fn)(void *self, const struct ksym *, uint64_t end), void *self)
{
	if (!k->is_read)
		read_all(k);
	for (size_t i = 0; i + 1 < k->symbol.n; i++) {
		const struct symbol *s = &k->symbol.v[i];
		const uint64_t next = s[1].addr;

		fn(self, &(struct ksym){ s->mod, s->name, s->addr },
		    next - s->addr < REACH ? next : s->addr + REACH);
	}
}

bool
ksym_module(struct ksyms *k, const char *mod, uint64_t *start)
{
	for (size_t i = 0; i < k->symbol.n; i++) {
		if (strcmp(k->symbol.v[i].mod, mod) == 0) {
			*start = k->symbol.v[i].addr;
			return true;
		}
	}
	return false;
}
