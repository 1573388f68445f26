/* The kernel's own types: where a member is in a structure. */
#ifndef OS_BTF_H
#define OS_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf_member_query {
	const char *name;
	uint32_t off;		/* in bytes; gives: 0 when the kernel does not say */
};

/* Look members of one structure up, all at once; those that are not direct members (of an
 * unnamed structure inside, bit-fields) are not found. */
void btf_member_offsets(const char *struct_name, struct btf_member_query *, size_t n);

#endif
