/*
 * BTF → struct type. Records refer to each other by number; each becomes one type, once, but for
 * qualifiers, which make no record's type their own. Structures, unions and enumerations are made
 * empty and filled when somebody looks into them: what hangs together through pointers would be
 * nearly all of the kernel.
 *
 * A tag that a program names is a type of the table of tags; it gets what the record's type has.
 *
 * Nothing in the files is trusted: numbers that lead nowhere, or in a circle, are void.
 */
#include "os/ktype.h"

#include <dirent.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"

enum { DEPTH_MAX = 64, MODULES_MAX = 255, PARAMS_MAX = 32, ID_BITS = 24, NAME_MAX_BYTES = 256 };

/* The types of a file. */
struct module {
	char *name;
	struct btf_types *btf;		/* NULL: there is no such file */
	const struct type **made;	/* by id - first */
};

struct ktypes {
	struct type_source source;	/* first */
	struct types *types;
	const char *const *dir;
	struct module vmlinux;
	vec(struct module) module;	/* number in source_id: index + 1 */
	struct map name;		/* of a typedef → type */
	struct map no_name;		/* names that are none's */
	bool is_open, has_all_modules;
};

static const struct type *make(struct ktypes *, uint32_t module, uint32_t id, int depth);

/* ---- files ---- */

static const char *
directory(const struct ktypes *k)
{
	return *k->dir != NULL ? *k->dir : BTF_DIRECTORY;
}

static struct module
module_open(struct ktypes *k, const char *name, const struct btf_types *base)
{
	struct module m = { .name = strdup(name) };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory(k), name);
	m.btf = btf_types_open(path, base);
	if (m.btf != NULL && btf_end(m.btf) >= 1u << ID_BITS) {
		btf_types_close(m.btf);
		m.btf = NULL;
	}
	if (m.btf != NULL)
		m.made = calloc(btf_end(m.btf) - btf_first(m.btf) + 1, sizeof(*m.made));
	if (m.name == NULL || (m.btf != NULL && m.made == NULL))
		BUG("out of memory");
	return m;
}

static void
module_close(struct module *m)
{
	free(m->name);
	btf_types_close(m->btf);
	free(m->made);
}

static struct module *
module_at(struct ktypes *k, uint32_t number)
{
	if (!k->is_open) {
		k->is_open = true;
		k->vmlinux = module_open(k, "vmlinux", NULL);
	}
	return number == 0 ? &k->vmlinux : &k->module.v[number - 1];
}

/* The number of a module; UINT32_MAX: it has no types. */
static uint32_t
module_find(struct ktypes *k, const char *name, size_t n)
{
	const struct btf_types *base = ktypes_btf(k);
	char text[NAME_MAX_BYTES];

	if (base == NULL || n >= sizeof(text) || memchr(name, '/', n) != NULL || n == 0)
		return UINT32_MAX;
	snprintf(text, sizeof(text), "%.*s", (int)n, name);
	if (strcmp(text, "vmlinux") == 0)
		return 0;
	for (uint32_t i = 0; i < k->module.n; i++)
		if (strcmp(k->module.v[i].name, text) == 0)
			return k->module.v[i].btf != NULL ? i + 1 : UINT32_MAX;
	if (k->module.n == MODULES_MAX)
		return UINT32_MAX;
	vec_push(&k->module, module_open(k, text, base));
	return k->module.v[k->module.n - 1].btf != NULL ? (uint32_t)k->module.n : UINT32_MAX;
}

static void
open_all_modules(struct ktypes *k)
{
	DIR *d = k->has_all_modules ? NULL : opendir(directory(k));
	struct dirent *e;

	k->has_all_modules = true;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			(void)module_find(k, e->d_name, strlen(e->d_name));
	if (d != NULL)
		closedir(d);
}

void
ktypes_free(struct ktypes *k)
{
	if (k == NULL)
		return;
	module_close(&k->vmlinux);
	for (size_t i = 0; i < k->module.n; i++)
		module_close(&k->module.v[i]);
	vec_fini(&k->module);
	map_fini(&k->name);
	map_fini(&k->no_name);
	free(k);
}

const struct btf_types *
ktypes_btf(struct ktypes *k)
{
	return module_at(k, 0)->btf;
}

/* ---- records → types ---- */

static const struct type *
make_int(struct ktypes *k, const struct btf_type *r, const char *name)
{
	struct types *ts = k->types;
	const uint32_t coding = BTF_INT_ENCODING(*(const uint32_t *)(r + 1));
	const bool is_signed = coding & BTF_INT_SIGNED;
	const struct type *t = type_find(ts, name);

	if (t != NULL && type_is_int(t) && type_real(t)->size_bytes == r->size)
		return t;
	switch (r->size) {
	case 1:
		return is_signed ? ts->t_schar : ts->t_uchar;
	case 2:
		return is_signed ? ts->t_short : ts->t_ushort;
	case 4:
		return is_signed ? ts->t_int : ts->t_uint;
	case 8:
		return is_signed ? ts->t_long : ts->t_ulong;
	default:	/* __int128 */
		return type_array(ts, ts->t_ulong, r->size <= 64 ? r->size / 8 : 0);
	}
}

static const struct type *
make_float(struct ktypes *k, const struct btf_type *r)
{
	return r->size == 4 ? k->types->t_float : r->size == 8 ? k->types->t_double :
	    k->types->t_ldouble;
}

static const struct type *
make_array(struct ktypes *k, uint32_t module, const struct btf_type *r, int depth)
{
	const struct btf_array *a = (const void *)(r + 1);
	const struct type *of = make(k, module, a->type, depth + 1);
	uint64_t size = type_real(of)->size_bytes;
	bool fits = a->nelems <= TYPE_SIZE_MAX && size * a->nelems <= TYPE_SIZE_MAX;

	if (type_real(of)->kind == TYPE_VOID || type_real(of)->kind == TYPE_FUNC)
		of = k->types->t_char;
	return type_array(k->types, of, fits ? a->nelems : 0);
}

static bool
is_scalar_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* A structure, union or enumeration, or only its name. */
static struct type *
make_tag(struct ktypes *k, uint32_t module, uint32_t id, enum type_kind kind, uint32_t size,
    const char *name)
{
	struct type *t = arena_new(k->types->arena, struct type);

	t->kind = kind;
	t->name = *name != '\0' ? name : NULL;
	t->is_foreign = true;
	t->source = &k->source;
	t->source_id = id != 0 ? module << ID_BITS | id : 0;
	t->is_complete = id != 0;
	t->size_bytes = size <= TYPE_SIZE_MAX ? size : 0;
	t->align_bytes = 1;
	if (kind == TYPE_ENUM) {
		t->base = k->types->t_int;
		t->size_bytes = is_scalar_size(size) ? size : t->base->size_bytes;
		t->align_bytes = t->size_bytes;
	}
	return t;
}

/* As compilers have it: one without negative values is unsigned. Only newer kernels say so. */
static const struct type *
make_enum(struct ktypes *k, uint32_t module, uint32_t id, const struct btf_type *r,
    const char *name)
{
	struct type *t = make_tag(k, module, id, TYPE_ENUM, r->size, name);
	const struct btf_enum *e = (const void *)(r + 1);

	t->is_signed = BTF_INFO_KFLAG(r->info);
	for (uint32_t i = 0; BTF_INFO_KIND(r->info) == BTF_KIND_ENUM && i < BTF_INFO_VLEN(r->info);
	    i++)
		t->is_signed |= e[i].val < 0;
	return t;
}

static const struct type *
make_func(struct ktypes *k, uint32_t module, const struct btf_type *r, int depth)
{
	const struct btf_types *b = module_at(k, module)->btf;
	const struct btf_param *from = (const void *)(r + 1);
	struct type *t = arena_new(k->types->arena, struct type);
	uint32_t n = BTF_INFO_VLEN(r->info);
	struct type_member *m;

	t->kind = TYPE_FUNC;
	t->is_complete = true;
	t->align_bytes = 1;
	t->base = make(k, module, r->type, depth + 1);
	t->is_variadic = n > PARAMS_MAX || (n > 0 && from[n - 1].type == 0);
	n = n > PARAMS_MAX ? PARAMS_MAX : n - t->is_variadic;
	m = arena_alloc(k->types->arena, (n + 1) * sizeof(*m));
	for (uint32_t i = 0; i < n; i++) {
		const char *name = btf_name(b, from[i].name_off);

		m[i].name = *name != '\0' ? name : NULL;
		m[i].type = make(k, module, from[i].type, depth + 1);
	}
	t->member = m;
	t->nmember = n;
	return t;
}

static const struct type *
make_record(struct ktypes *k, uint32_t module, uint32_t id, const struct btf_type *r, int depth)
{
	const char *name = btf_name(module_at(k, module)->btf, r->name_off);
	const struct type *of;

	switch (BTF_INFO_KIND(r->info)) {
	case BTF_KIND_INT:
		return make_int(k, r, name);
	case BTF_KIND_FLOAT:
		return make_float(k, r);
	case BTF_KIND_PTR:
		return type_ptr(k->types, make(k, module, r->type, depth + 1));
	case BTF_KIND_ARRAY:
		return make_array(k, module, r, depth);
	case BTF_KIND_STRUCT:
		return make_tag(k, module, id, TYPE_STRUCT, r->size, name);
	case BTF_KIND_UNION:
		return make_tag(k, module, id, TYPE_UNION, r->size, name);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return make_enum(k, module, id, r, name);
	case BTF_KIND_FWD:
		return make_tag(k, module, 0, BTF_INFO_KFLAG(r->info) ? TYPE_UNION : TYPE_STRUCT, 0,
		    name);
	case BTF_KIND_TYPEDEF:
		of = make(k, module, r->type, depth + 1);
		return type_alias(k->types, name, of);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
		return type_qualified(k->types, make(k, module, r->type, depth + 1),
		    BTF_INFO_KIND(r->info) == BTF_KIND_CONST,
		    BTF_INFO_KIND(r->info) == BTF_KIND_VOLATILE);
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		return make(k, module, r->type, depth + 1);
	case BTF_KIND_FUNC_PROTO:
		return make_func(k, module, r, depth);
	}
	return k->types->t_void;
}

static const struct type *
make(struct ktypes *k, uint32_t module, uint32_t id, int depth)
{
	struct module *m = module_at(k, module);
	const struct btf_type *r;
	const struct type **made;

	if (module != 0 && id < btf_first(m->btf))
		return make(k, 0, id, depth);
	r = btf_record(m->btf, id);
	if (r == NULL || depth > DEPTH_MAX)
		return k->types->t_void;
	made = &m->made[id - btf_first(m->btf)];
	if (*made == NULL) {
		*made = k->types->t_void;	/* for one that is made of itself */
		*made = make_record(k, module, id, r, depth);
	}
	return *made;
}

const struct type *
ktypes_by_id(struct ktypes *k, uint32_t id)
{
	return ktypes_btf(k) == NULL ? k->types->t_void : make(k, 0, id, 0);
}

/* ---- what types have inside ---- */

/* Bytes of the scalar that decides how a record is aligned; only as many steps as `left` says. */
static uint32_t
alignment(const struct btf_types *b, uint32_t id, int depth, int *left)
{
	const struct btf_type *r = depth < DEPTH_MAX && --*left > 0 ? btf_record(b, id) : NULL;
	const struct btf_member *m = r != NULL ? (const void *)(r + 1) : NULL;
	uint32_t max = 1;

	switch (r == NULL ? BTF_KIND_UNKN : BTF_INFO_KIND(r->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		return is_scalar_size(r->size) || r->size == 16 ? r->size : 1;
	case BTF_KIND_PTR:
		return 8;
	case BTF_KIND_ARRAY:
		return alignment(b, ((const struct btf_array *)(r + 1))->type, depth + 1, left);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return alignment(b, r->type, depth + 1, left);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; i < BTF_INFO_VLEN(r->info) && max < 8; i++) {
			const uint32_t align = alignment(b, m[i].type, depth + 1, left);
			const bool has_kflag = BTF_INFO_KFLAG(r->info);

			if (has_kflag ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) == 0 &&
			    BTF_MEMBER_BIT_OFFSET(m[i].offset) % (8 * align) != 0 :
			    m[i].offset % (8 * align) != 0)
				return 1;
			max = align > max ? align : max;
		}
		return r->size % max == 0 ? max : 1;	/* else it is packed */
	}
	return 1;
}

static void
fill_members(struct ktypes *k, uint32_t module, struct type *t, const struct btf_type *r)
{
	const struct btf_types *b = module_at(k, module)->btf;
	const struct btf_member *from = (const void *)(r + 1);
	const uint32_t n = BTF_INFO_VLEN(r->info);
	struct type_member *m = arena_alloc(k->types->arena, (n + 1) * sizeof(*m));
	int left = 1 << 16;

	for (uint32_t i = 0; i < n; i++) {
		const char *name = btf_name(b, from[i].name_off);

		m[i].name = *name != '\0' ? name : NULL;
		m[i].type = make(k, module, from[i].type, 0);
		m[i].off_bits = from[i].offset;
		if (BTF_INFO_KFLAG(r->info)) {
			m[i].bits = BTF_MEMBER_BITFIELD_SIZE(from[i].offset);
			m[i].off_bits = BTF_MEMBER_BIT_OFFSET(from[i].offset);
		}
		if (m[i].bits > 64 || !type_is_int(m[i].type))
			m[i].bits = 0;
		if (m[i].off_bits / 8 > t->size_bytes)
			m[i].off_bits = 0;
	}
	t->member = m;
	t->nmember = n;
	t->align_bytes = alignment(b, t->source_id & ((1u << ID_BITS) - 1), 0, &left);
}

static void
fill_enumerators(struct ktypes *k, uint32_t module, struct type *t, const struct btf_type *r)
{
	const struct btf_types *b = module_at(k, module)->btf;
	const bool is_wide = BTF_INFO_KIND(r->info) == BTF_KIND_ENUM64;
	const uint32_t n = BTF_INFO_VLEN(r->info);
	struct type_enumerator *e = arena_alloc(k->types->arena, (n + 1) * sizeof(*e));

	for (uint32_t i = 0; i < n; i++) {
		const struct btf_enum *narrow = (const struct btf_enum *)(r + 1) + i;
		const struct btf_enum64 *wide = (const struct btf_enum64 *)(r + 1) + i;

		e[i].name = btf_name(b, is_wide ? wide->name_off : narrow->name_off);
		e[i].value = is_wide ? (int64_t)((uint64_t)wide->val_hi32 << 32 | wide->val_lo32) :
		    narrow->val;
	}
	t->enumerator = e;
	t->nenumerator = n;
}

static void
fill_record(struct ktypes *k, struct type *t)
{
	const uint32_t module = t->source_id >> ID_BITS;
	const struct btf_type *r = btf_record(module_at(k, module)->btf,
	    t->source_id & ((1u << ID_BITS) - 1));

	if (t->kind == TYPE_ENUM)
		fill_enumerators(k, module, t, r);
	else
		fill_members(k, module, t, r);
}

/* ---- names ---- */

static const struct type *
find_in(struct ktypes *k, uint32_t module, const unsigned *kinds, const char *name)
{
	const struct btf_types *b = module_at(k, module)->btf;

	for (; b != NULL && *kinds != BTF_KIND_UNKN; kinds++) {
		uint32_t id = btf_find(b, *kinds, name);

		if (id != 0)
			return make(k, module, id, 0);
	}
	return NULL;
}

/* "name", "module`name"; without a module in the kernel proper, then, if it matters, in all. */
static const struct type *
find(struct ktypes *k, const unsigned *kinds, const char *name, bool in_all)
{
	const char *tick = strchr(name, '`');
	const struct type *t;
	uint32_t module;

	if (tick != NULL && tick != name) {
		module = module_find(k, name, (size_t)(tick - name));
		return module == UINT32_MAX ? NULL : find_in(k, module, kinds, tick + 1);
	}
	name = tick != NULL ? tick + 1 : name;
	t = find_in(k, 0, kinds, name);
	if (t != NULL || !in_all)
		return t;
	open_all_modules(k);
	for (uint32_t i = 1; i <= k->module.n && t == NULL; i++)
		t = find_in(k, i, kinds, name);
	return t;
}

/* A tag that was only named gets what the kernel's has. */
static void
fill_named(struct ktypes *k, struct type *t)
{
	static const unsigned structs[] = { BTF_KIND_STRUCT, BTF_KIND_UNKN };
	static const unsigned unions[] = { BTF_KIND_UNION, BTF_KIND_UNKN };
	static const unsigned enums[] = { BTF_KIND_ENUM, BTF_KIND_ENUM64, BTF_KIND_UNKN };
	const struct type *from;

	if (t->name == NULL)
		return;
	from = find(k, t->kind == TYPE_STRUCT ? structs : t->kind == TYPE_UNION ? unions : enums,
	    t->name, true);
	if (from == NULL)
		return;
	from = type_filled(from);
	*t = *from;
}

static void
fill(struct type_source *source, struct type *t)
{
	struct ktypes *k = (struct ktypes *)source;

	if (t->source_id != 0)
		fill_record(k, t);
	else
		fill_named(k, t);
}

static const struct type *
find_typedef(struct type_source *source, const char *name)
{
	static const unsigned kinds[] = { BTF_KIND_TYPEDEF, BTF_KIND_UNKN };
	struct ktypes *k = (struct ktypes *)source;
	const struct type *t = map_get(&k->name, name);

	if (t != NULL || map_get(&k->no_name, name) != NULL)
		return t;
	t = find(k, kinds, name, false);
	map_put(t != NULL ? &k->name : &k->no_name, arena_strdup(k->types->arena, name),
	    t != NULL ? (void *)(uintptr_t)t : k);
	return t;
}

static bool
has_enumerator(const struct btf_types *b, const struct btf_type *r, const char *name)
{
	const size_t step = BTF_INFO_KIND(r->info) == BTF_KIND_ENUM ? sizeof(struct btf_enum) :
	    sizeof(struct btf_enum64);
	const char *e = (const char *)(r + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(r->info); i++, e += step)
		if (strcmp(btf_name(b, *(const uint32_t *)(const void *)e), name) == 0)
			return true;
	return false;
}

static bool
find_enumerator(struct type_source *source, const char *name, int64_t *value)
{
	struct ktypes *k = (struct ktypes *)source;
	const struct btf_types *b = ktypes_btf(k);

	for (uint32_t id = 1; b != NULL && id < btf_end(b); id++) {
		const struct btf_type *r = btf_record(b, id);
		const uint32_t kind = BTF_INFO_KIND(r->info);
		const struct type *t;

		if (kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
			continue;
		if (!has_enumerator(b, r, name))
			continue;
		t = type_filled(make(k, 0, id, 0));
		for (uint32_t i = 0; i < t->nenumerator; i++)
			if (strcmp(t->enumerator[i].name, name) == 0)
				*value = t->enumerator[i].value;
		return true;
	}
	return false;
}

static bool
is_in_percpu(const struct btf_types *b, uint32_t id)
{
	const struct btf_type *r = btf_record(b, btf_find(b, BTF_KIND_DATASEC, ".data..percpu"));
	const struct btf_var_secinfo *v = r != NULL ? (const void *)(r + 1) : NULL;

	for (uint32_t i = 0; r != NULL && i < BTF_INFO_VLEN(r->info); i++)
		if (v[i].type == id)
			return true;
	return false;
}

const struct type *
ktypes_symbol(struct ktypes *k, const char *mod, const char *name, bool *is_percpu)
{
	const uint32_t module = module_find(k, mod, strlen(mod));
	const struct btf_types *b = module != UINT32_MAX ? module_at(k, module)->btf : NULL;
	uint32_t id = b != NULL ? btf_find(b, BTF_KIND_VAR, name) : 0;

	*is_percpu = id != 0 && is_in_percpu(b, id);
	if (id == 0 && b != NULL)
		id = btf_find(b, BTF_KIND_FUNC, name);
	return id != 0 ? make(k, module, id, 0) : NULL;
}

struct ktypes *
ktypes_new(struct types *types, const char *const *dir)
{
	struct ktypes *k = calloc(1, sizeof(*k));

	if (k == NULL)
		BUG("out of memory");
	k->source = (struct type_source){
		.fill = fill, .find_typedef = find_typedef, .find_enumerator = find_enumerator,
	};
	k->types = types;
	k->dir = dir;
	types->source = &k->source;
	return k;
}
