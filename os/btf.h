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

/* Look members of one structure up, all at once; those that are not direct members (of an
 * unnamed structure inside, bit-fields) are not found. */
void btf_member_offsets(const char *struct_name, struct btf_member_query *, size_t n);

/* All types of the kernel proper, for more than one question. NULL: the kernel has none. */
struct btf_types;
struct btf_types *btf_types_open(void);
void btf_types_close(struct btf_types *);

/* fn(self, name, id) for each function, until it gives something else than 0. */
int btf_each_function(const struct btf_types *, int (*fn)(void *, const char *name, uint32_t id),
    void *self);
uint32_t btf_find_function(const struct btf_types *, const char *name);		/* 0: none */
/* The type that the kernel has for the hook of a tracepoint: "btf_trace_NAME". */
uint32_t btf_find_tracepoint(const struct btf_types *, const char *name);

/* A parameter or result. Programs find it in `slot` words of 8 bytes. */
struct btf_arg {
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
