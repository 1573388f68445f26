/*
 * A look into /sys/kernel/btf/vmlinux: type records one after the other, then strings.
 *
 *     header: u16 magic, u8 version, u8 flags, u32 hdr_len, type_off, type_len, str_off, str_len
 *     record: u32 name_off, info, size | type; then as many bytes as its kind says
 *
 * Records have no index, so that they are walked from the first one to the one that is wanted,
 * which for old structures is near. Newer kernels let the file be mapped: then only the pages that
 * are looked at cost anything. Nothing is kept.
 */
#include "os/btf.h"

#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

struct image {
	const uint8_t *base;	/* a mapping of `bytes` bytes */
	size_t bytes;
	const uint8_t *type, *type_end;
	const char *str;
	uint32_t str_bytes;	/* the last one is NUL */
};

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
image_map(struct image *m)
{
	_cleanup_fd_ int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
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
	if (m->bytes < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > m->bytes)
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

/* The record of the structure, with its members inside of the image; or NULL. */
static const struct btf_type *
find_struct(const struct image *m, const char *name)
{
	for (const uint8_t *p = m->type; (size_t)(m->type_end - p) >= sizeof(struct btf_type);) {
		const struct btf_type *t = (const void *)p;
		uint32_t kind = BTF_INFO_KIND(t->info);
		if (kind >= sizeof(kind_bytes) / sizeof(kind_bytes[0]))
			return NULL;	/* of unknown length */
		size_t bytes = sizeof(*t) + kind_bytes[kind][0] +
		    (size_t)kind_bytes[kind][1] * BTF_INFO_VLEN(t->info);
		if (bytes > (size_t)(m->type_end - p))
			return NULL;
		if (kind == BTF_KIND_STRUCT && name_is(m, t->name_off, name))
			return t;
		p += bytes;
	}
	return NULL;
}

static uint32_t
member_offset(const struct image *m, const struct btf_type *t, const char *name)
{
	const struct btf_member *member = (const void *)(t + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		if (!name_is(m, member[i].name_off, name))
			continue;
		uint32_t bits = member[i].offset;
		if (BTF_INFO_KFLAG(t->info) && BTF_MEMBER_BITFIELD_SIZE(bits) != 0)
			return 0;
		if (BTF_INFO_KFLAG(t->info))
			bits = BTF_MEMBER_BIT_OFFSET(bits);
		return bits / 8;
	}
	return 0;
}

void
btf_member_offsets(const char *struct_name, struct btf_member_query *q, size_t n)
{
	struct image m = { 0 };

	for (size_t i = 0; i < n; i++)
		q[i].off = 0;
	if (!image_map(&m))
		return;
	const struct btf_type *t = image_parse(&m) ? find_struct(&m, struct_name) : NULL;
	for (size_t i = 0; t != NULL && i < n; i++)
		q[i].off = member_offset(&m, t, q[i].name);
	munmap((void *)m.base, m.bytes);
}
