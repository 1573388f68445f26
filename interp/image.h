/* The bytes of an ELF object as they will be in memory, but for where it is put: code to walk,
 * and tables of addresses with their relocations done. */
#ifndef INTERP_IMAGE_H
#define INTERP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf;

enum { IMAGE_SEGMENTS = 16 };

struct image_segment {
	uint64_t addr, bytes;
	bool is_exec;
	uint8_t *data;
};

struct image {
	struct image_segment segment[IMAGE_SEGMENTS];
	size_t n;
};

/* false: out of memory, or larger than any interpreter is. image_fini() it anyway. */
bool image_read(struct image *, struct elf *);
void image_fini(struct image *);

/* What is at an address, and how many bytes from there on; NULL: nothing. */
const uint8_t *image_at(const struct image *, uint64_t addr, size_t *n);
bool image_is_code(const struct image *, uint64_t addr);

#endif
