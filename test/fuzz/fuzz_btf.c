/*
 * Any bytes as the types of a kernel, and of a module of it: each becomes a type of D, with all that
 * is in it, its spelling, and a value of it in C's syntax.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/ktype.h"
#include "type/spell.h"
#include "type/value.h"

enum { IDS = 100, VALUE_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fwrite(data, 1, size, f) != size)
		abort();
	fclose(f);
}

static void
look_at(struct arena *a, const struct type *t, uint8_t byte)
{
	struct buf b = BUF_INIT;
	uint8_t value[VALUE_BYTES];
	uint32_t off;

	memset(value, byte, sizeof(value));
	t = type_filled(t);
	(void)type_spell(a, t);
	(void)type_member(t, "next", &off);
	for (uint32_t i = 0; i < t->nmember && i < IDS; i++)
		(void)type_spell(a, t->member[i].type);
	value_spell(&b, t, value, sizeof(value), 0, true);
	buf_fini(&b);
}

static void
look_at_all(struct ktypes *k, struct types *ts)
{
	static const char *const names[] = {
		"node", "`node", "mod`node", "vmlinux`color", "no`node", "`", "",
	};
	const struct btf_types *b = ktypes_btf(k);
	struct btf_prototype p;
	int64_t value;
	bool is_percpu;

	for (uint32_t id = 0; b != NULL && id < btf_end(b) && id < IDS; id++) {
		look_at(ts->arena, ktypes_by_id(k, id), (uint8_t)id);
		(void)btf_prototype(b, id, &p);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct type *t = type_find_typedef(ts, names[i]);

		if (t != NULL)
			look_at(ts->arena, t, 1);
		look_at(ts->arena, type_tag(ts, TYPE_STRUCT, names[i]), 2);
		look_at(ts->arena, type_tag(ts, TYPE_ENUM, names[i]), 3);
		(void)type_find_enumerator(ts, names[i], &value);
		(void)ktypes_symbol(k, "vmlinux", names[i], &is_percpu);
		(void)ktypes_symbol(k, "mod", names[i], &is_percpu);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char dir[] = "/dev/shm/fuzz_btf.XXXXXX", vmlinux[64], mod[64];
	const char *path = dir;
	struct arena a;
	struct intern in;
	struct types ts;
	struct ktypes *k;

	if (size == 0)
		return 0;
	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", dir);
	snprintf(mod, sizeof(mod), "%s/mod", dir);
	put_file(vmlinux, data, size);
	put_file(mod, data, size);
	arena_init(&a);
	intern_init(&in, &a);
	types_init(&ts, &a, &in, 16);
	k = ktypes_new(&ts, &path);
	look_at_all(k, &ts);
	ktypes_free(k);
	types_fini(&ts);
	intern_fini(&in);
	arena_fini(&a);
	unlink(vmlinux);
	unlink(mod);
	rmdir(dir);
	return 0;
}
