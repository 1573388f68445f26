/*
 * A look into /sys/kernel/btf/vmlinux: type records one after the other, then strings.
 *
 *     header: u16 magic, u8 version, u8 flags, u32 hdr_len, type_off, type_len, str_off, str_len
 *     record: u32 name_off, info, size | type; then as many bytes as its kind says
 *
 * Records have no index, so that they are walked from the first one to the one that is wanted,
 * which for old structures is near. Newer kernels let the file be mapped: then only the pages that
 * are looked at cost anything. Only who asks more than one question gets an index, of the place of
 * each record by its number.
 */
#include "os/btf.h"

#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* str_from: offsets of names below it are of the image that this one continues. */
struct image {
	const uint8_t *base;	/* a mapping of `bytes` bytes */
	size_t bytes;
	const uint8_t *type, *type_end;
	const char *str;
	uint32_t str_bytes;	/* the last one is NUL */
	uint32_t str_from;
};

#define VMLINUX BTF_DIRECTORY "/vmlinux"

/* Bytes that follow a record of the kind, and of each of its vlen elements. */
static const uint8_t kind_bytes[][2] = {
	[BTF_KIND_INT] = { 4, 0 },
	[BTF_KIND_PTR] = { 0, 0 },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum) },
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_DECL_TAG] = { sizeof(struct btf_decl_tag), 0 },
	[BTF_KIND_ENUM64] = { 0, sizeof(struct btf_enum64) },
};

static bool
image_map(struct image *m, const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0)
		return false;
	m->bytes = (size_t)st.st_size;
	void *p = mmap(NULL, m->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		p = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
		if (p == MAP_FAILED)
			return false;
		for (size_t done = 0; done < m->bytes;) {
			ssize_t n = read(fd, (char *)p + done, m->bytes - done);
			if (n <= 0) {
				munmap(p, m->bytes);
				return false;
			}
			done += (size_t)n;
		}
	}
	m->base = p;
	return true;
}

static bool
image_parse(struct image *m)
{
	const struct btf_header *h = (const void *)m->base;
	if (m->bytes < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > m->bytes ||
	    h->hdr_len % 4 != 0 || h->type_off % 4 != 0)
		return false;
	size_t room = m->bytes - h->hdr_len;
	if (h->type_off > room || h->type_len > room - h->type_off ||
	    h->str_off > room || h->str_len > room - h->str_off || h->str_len == 0)
		return false;
	m->type = m->base + h->hdr_len + h->type_off;
	m->type_end = m->type + h->type_len;
	m->str = (const char *)m->base + h->hdr_len + h->str_off;
	m->str_bytes = h->str_len;
	return m->str[m->str_bytes - 1] == '\0';
}

static bool
name_is(const struct image *m, uint32_t off, const char *name)
{
	return off < m->str_bytes && strcmp(m->str + off, name) == 0;
}

/* The length of the record at p, which is inside of the image; 0: the end, or not understood. */
static size_t
record_bytes(const struct image *m, const uint8_t *p)
{
	const struct btf_type *t = (const void *)p;
	if ((size_t)(m->type_end - p) < sizeof(*t))
		return 0;
	uint32_t kind = BTF_INFO_KIND(t->info);
	if (kind >= sizeof(kind_bytes) / sizeof(kind_bytes[0]))
		return 0;
	size_t bytes = sizeof(*t) + kind_bytes[kind][0] +
	    (size_t)kind_bytes[kind][1] * BTF_INFO_VLEN(t->info);
	return bytes <= (size_t)(m->type_end - p) ? bytes : 0;
}

/* The record of the structure, with its members inside of the image; or NULL. */
static const struct btf_type *
find_struct(const struct image *m, const char *name)
{
	size_t bytes;

	for (const uint8_t *p = m->type; (bytes = record_bytes(m, p)) > 0; p += bytes) {
		const struct btf_type *t = (const void *)p;
		if (BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT && name_is(m, t->name_off, name))
			return t;
	}
	return NULL;
}

/* The structure or union with a number, or NULL. */
static const struct btf_type *
find_number(const struct image *m, uint32_t number)
{
	uint32_t i = 1;
	size_t bytes;

	for (const uint8_t *p = m->type; (bytes = record_bytes(m, p)) > 0; p += bytes, i++) {
		const struct btf_type *t = (const void *)p;
		uint32_t kind = BTF_INFO_KIND(t->info);
		if (i == number)
			return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION ? t : NULL;
	}
	return NULL;
}

/* depth: how many unnamed structures may be inside of each other. */
static bool
member_find(const struct image *m, const struct btf_type *t, const char *name, int depth,
    uint32_t *off)
{
	const struct btf_member *member = (const void *)(t + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		bool is_unnamed = name_is(m, member[i].name_off, "");
		if (!is_unnamed && !name_is(m, member[i].name_off, name))
			continue;
		uint32_t bits = member[i].offset, inner = 0;
		if (BTF_INFO_KFLAG(t->info) && BTF_MEMBER_BITFIELD_SIZE(bits) != 0) {
			if (is_unnamed)
				continue;
			return false;
		}
		if (BTF_INFO_KFLAG(t->info))
			bits = BTF_MEMBER_BIT_OFFSET(bits);
		if (is_unnamed) {
			const struct btf_type *in = depth > 0 ? find_number(m, member[i].type)
			    : NULL;
			if (in == NULL || !member_find(m, in, name, depth - 1, &inner))
				continue;
		}
		*off = bits / 8 + inner;
		return true;
	}
	return false;
}

static uint32_t
member_offset(const struct image *m, const struct btf_type *t, const char *name)
{
	enum { UNNAMED_DEPTH = 2 };
	uint32_t off = 0;

	return member_find(m, t, name, UNNAMED_DEPTH, &off) ? off : 0;
}

void
btf_member_offsets(const char *struct_name, struct btf_member_query *q, size_t n)
{
	struct image m = { 0 };

	for (size_t i = 0; i < n; i++)
		q[i].off = 0;
	if (!image_map(&m, VMLINUX))
		return;
	const struct btf_type *t = image_parse(&m) ? find_struct(&m, struct_name) : NULL;
	for (size_t i = 0; t != NULL && i < n; i++)
		q[i].off = member_offset(&m, t, q[i].name);
	munmap((void *)m.base, m.bytes);
}

/* A module's types continue those of the kernel proper: their numbers, and names. */
struct btf_types {
	struct image image;
	const struct btf_types *base;	/* NULL: they are the kernel's */
	uint32_t first;		/* number of the first record */
	uint32_t *off;		/* by id - first: of the record, from image.type */
	uint32_t n;		/* id of the last + 1 */
};

/* requires: the image is fine. false: no memory. */
static bool
make_index(struct btf_types *b)
{
	const struct image *m = &b->image;
	size_t n = 0, cap = 0, bytes;

	for (const uint8_t *p = m->type; (bytes = record_bytes(m, p)) > 0; p += bytes) {
		if (n >= cap) {
			cap = cap == 0 ? (m->bytes >> 5) + 16 : 2 * cap;
			uint32_t *off = realloc(b->off, cap * sizeof(*off));
			if (off == NULL)
				return false;
			b->off = off;
		}
		b->off[n++] = (uint32_t)(p - m->type);
	}
	b->n = b->first + (uint32_t)n;
	return true;
}

struct btf_types *
btf_types_open(const char *path, const struct btf_types *base)
{
	struct btf_types *b = calloc(1, sizeof(*b));

	if (b == NULL || !image_map(&b->image, path)) {
		free(b);
		return NULL;
	}
	b->base = base;
	b->first = base != NULL ? base->n : 1;	/* id 0 is void, which has no record */
	b->image.str_from = base != NULL ? base->image.str_bytes : 0;
	if (image_parse(&b->image) && make_index(b))
		return b;
	btf_types_close(b);
	return NULL;
}

void
btf_types_close(struct btf_types *b)
{
	if (b == NULL)
		return;
	munmap((void *)b->image.base, b->image.bytes);
	free(b->off);
	free(b);
}

static const struct btf_type *
type_at(const struct btf_types *b, uint32_t id)
{
	while (b->base != NULL && id < b->first)
		b = b->base;
	return id >= b->first && id < b->n ?
	    (const void *)(b->image.type + b->off[id - b->first]) : NULL;
}

const struct btf_type *
btf_record(const struct btf_types *b, uint32_t id)
{
	return type_at(b, id);
}

uint32_t
btf_first(const struct btf_types *b)
{
	return b->first;
}

uint32_t
btf_end(const struct btf_types *b)
{
	return b->n;
}

static const char *
name_at(const struct btf_types *b, uint32_t off)
{
	while (b->base != NULL && off < b->image.str_from)
		b = b->base;
	off -= b->image.str_from;
	return off < b->image.str_bytes ? b->image.str + off : "";
}

const char *
btf_name(const struct btf_types *b, uint32_t off)
{
	return name_at(b, off);
}

static uint32_t
find(const struct btf_types *b, uint32_t kind, const char *name)
{
	for (uint32_t id = b->first; id < b->n; id++) {
		const struct btf_type *t = type_at(b, id);
		if (BTF_INFO_KIND(t->info) == kind && strcmp(name_at(b, t->name_off), name) == 0)
			return id;
	}
	return 0;
}

int
btf_each_function(const struct btf_types *b, int (*fn)(void *, const char *name, uint32_t id),
    void *self)
{
	int err = 0;

	for (uint32_t id = b->first; id < b->n && err == 0; id++) {
		const struct btf_type *t = type_at(b, id);
		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC)
			err = fn(self, name_at(b, t->name_off), id);
	}
	return err;
}

uint32_t
btf_find(const struct btf_types *b, uint32_t kind, const char *name)
{
	return find(b, kind, name);
}

uint32_t
btf_find_function(const struct btf_types *b, const char *name)
{
	return find(b, BTF_KIND_FUNC, name);
}

uint32_t
btf_find_tracepoint(const struct btf_types *b, const char *name)
{
	char typedef_name[256];

	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	return find(b, BTF_KIND_TYPEDEF, typedef_name);
}

/* Without names and qualifiers; NULL: void. */
static const struct btf_type *
real_type(const struct btf_types *b, uint32_t id)
{
	for (int depth = 0; depth < 32; depth++) {
		const struct btf_type *t = type_at(b, id);
		switch (t != NULL ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			break;
		default:
			return t;
		}
	}
	return NULL;
}

/* As C spells it; what has no name there is "void". */
static void
spell(const struct btf_types *b, uint32_t id, char *to, size_t bytes)
{
	char stars[9] = "";
	const char *tag = "";
	size_t nstar = 0;
	const struct btf_type *t = type_at(b, id);

	for (int depth = 0; t != NULL && depth < 32; depth++) {
		uint32_t kind = BTF_INFO_KIND(t->info);
		if (kind == BTF_KIND_PTR && nstar < sizeof(stars) - 1)
			stars[nstar++] = '*';
		else if (kind != BTF_KIND_CONST && kind != BTF_KIND_VOLATILE &&
		    kind != BTF_KIND_RESTRICT && kind != BTF_KIND_TYPE_TAG)
			break;
		t = type_at(b, t->type);
	}
	const char *name = t != NULL ? name_at(b, t->name_off) : "";
	uint32_t kind = t != NULL ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN;
	if (kind == BTF_KIND_STRUCT || (kind == BTF_KIND_FWD && !BTF_INFO_KFLAG(t->info)))
		tag = "struct ";
	else if (kind == BTF_KIND_UNION || kind == BTF_KIND_FWD)
		tag = "union ";
	else if (kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64)
		tag = "enum ";
	if (*name == '\0')
		tag = "", name = "void";
	snprintf(to, bytes, "%s%s%s%s", tag, name, nstar > 0 ? " " : "", stars);
}

static void
describe(const struct btf_types *b, uint32_t id, struct btf_arg *a)
{
	const struct btf_type *t = real_type(b, id);

	*a = (struct btf_arg){ .id = id };
	spell(b, id, a->type, sizeof(a->type));
	if (t == NULL)
		return;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		a->size_bytes = 8;
		a->is_scalar = true;
		break;
	case BTF_KIND_INT:
		a->is_signed = BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_SIGNED;
		/* fallthrough */
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		a->size_bytes = t->size;
		a->is_scalar = t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8;
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		a->size_bytes = t->size;
		break;
	}
}

/* A function's record names its prototype; a tracepoint's typedef is of a pointer to one. */
static const struct btf_type *
find_prototype(const struct btf_types *b, uint32_t id, bool *is_tracepoint)
{
	const struct btf_type *t = type_at(b, id);

	*is_tracepoint = t != NULL && BTF_INFO_KIND(t->info) == BTF_KIND_TYPEDEF;
	if (t != NULL)
		t = type_at(b, t->type);
	if (*is_tracepoint && t != NULL && BTF_INFO_KIND(t->info) == BTF_KIND_PTR)
		t = type_at(b, t->type);
	return t != NULL && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

bool
btf_prototype(const struct btf_types *b, uint32_t id, struct btf_prototype *p)
{
	bool is_tracepoint;
	const struct btf_type *t = find_prototype(b, id, &is_tracepoint);

	*p = (struct btf_prototype){ 0 };
	if (t == NULL)
		return false;
	const struct btf_param *param = (const void *)(t + 1);
	for (uint32_t i = is_tracepoint; i < BTF_INFO_VLEN(t->info) && p->narg < BTF_ARGS; i++) {
		struct btf_arg *a = &p->arg[p->narg];
		describe(b, param[i].type, a);
		if (a->size_bytes == 0)		/* "...": nothing after it can be had */
			break;
		a->slot = p->nslot;
		p->nslot += (a->size_bytes + 7) / 8;
		p->narg++;
	}
	describe(b, t->type, &p->result);
	p->result.slot = p->nslot;
	return true;
}
