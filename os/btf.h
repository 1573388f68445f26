/* The kernel's own types: where a member is in a structure; functions and their parameters. */
#ifndef OS_BTF_H
#define OS_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf_member_query {
	const char *name;
	uint32_t off;		/* in bytes; gives: 0 when the kernel does not say */
};

/* Look members of one structure up, all at once, also in unnamed structures inside; bit-fields are
 * not found. */
void btf_member_offsets(const char *struct_name, struct btf_member_query *, size_t n);

#define BTF_DIRECTORY "/sys/kernel/btf"

/* All types of the kernel proper, or, with these as base, of a module, for more than one question.
 * NULL: the file is not there or not understood. */
struct btf_types;
struct btf_types *btf_types_open(const char *path, const struct btf_types *base);
void btf_types_close(struct btf_types *);

/* Records by number (base's included), with all elements inside of the image; NULL: none, or void. */
struct btf_type;
const struct btf_type *btf_record(const struct btf_types *, uint32_t id);
const char *btf_name(const struct btf_types *, uint32_t off);	/* "" when there is none */
/* Its own records: from first to before end. find: the first of a kind with that name, or 0. */
uint32_t btf_first(const struct btf_types *);
uint32_t btf_end(const struct btf_types *);
uint32_t btf_find(const struct btf_types *, uint32_t kind, const char *name);

/* fn(self, name, id) for each function, until it gives something else than 0. */
int btf_each_function(const struct btf_types *, int (*fn)(void *, const char *name, uint32_t id),
    void *self);
uint32_t btf_find_function(const struct btf_types *, const char *name);		/* 0: none */
/* The type that the kernel has for the hook of a tracepoint: "btf_trace_NAME". */
uint32_t btf_find_tracepoint(const struct btf_types *, const char *name);

/* A parameter or result. Programs find it in `slot` words of 8 bytes. */
struct btf_arg {
	uint32_t id;
	char type[64];		/* in C: "struct file *", "unsigned int", "void" */
	uint32_t size_bytes;	/* 0: void */
	bool is_signed;
	bool is_scalar;		/* an integer, enumeration or pointer */
	uint32_t slot;
};

enum { BTF_ARGS = 12 };		/* the kernel lets no program have more */

struct btf_prototype {
	struct btf_arg arg[BTF_ARGS];
	uint32_t narg, nslot;
	struct btf_arg result;
};

/* Of a function, or of a tracepoint (without its first parameter, which is private). */
bool btf_prototype(const struct btf_types *, uint32_t id, struct btf_prototype *);

#endif
