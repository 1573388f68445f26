/*
 * The ELF image that makes probes known: what a compiler and linker would have made of static
 * probes. Built in memory, from names and types alone, so that the same probes give the same bytes.
 *
 *	offset = address
 *	0         headers, build-id, .hash .dynsym .dynstr .stapsdt.base	PT_LOAD r
 *	text      a stub for each probe, 16 bytes, one page or more		PT_LOAD r-x
 *	dynamic   .dynamic, a page						PT_LOAD rw-
 *	sem       a 16-bit semaphore for each probe, nothing else in its pages	  "
 *	notes     .note.stapsdt .note.usdt .shstrtab, section headers		not loaded
 *
 * Text and semaphores have pages of their own, because they are mapped anew when a process forks or
 * unloads (segment.c).
 *
 * .note.usdt holds what the standard note can't say: a note for each probe, owner "usdt", type 1,
 * in the byte order and word size of the object:
 *
 *	u64 pc		the same as in the probe's note of .note.stapsdt
 *	u64 base	likewise (.stapsdt.base)
 *	u32 nargs
 *	then for each argument two strings, each ended by a zero byte:
 *	type		as in C: "uint8_t" … "int64_t", "char *" (a string), "double"
 *	name		empty: none
 */
#ifndef USDT_IMAGE_H
#define USDT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "include/usdt.h"

enum { IMAGE_STUB = 16, IMAGE_ID = 20 };

/* What the rest of the library has to know of the machine: how large a page can be, and the first
 * bytes of the sites that nobody has changed. */
#if defined(__x86_64__)
enum { IMAGE_PAGE_MAX = 4096, IMAGE_NOP1_BYTE = 0x90, IMAGE_NOP5_BYTE = 0x0f };
#elif defined(__aarch64__)
enum { IMAGE_PAGE_MAX = 65536, IMAGE_NOP1_BYTE = 0x1f, IMAGE_NOP5_BYTE = IMAGE_NOP1_BYTE };
#else
#error "libusdt: add this machine here and in image.c"
#endif

struct image_probe {
	const char *name;
	unsigned nargs;
	int type[USDT_MAX_ARGS];		/* enum usdt_type */
	const char *arg_name[USDT_MAX_ARGS];	/* NULL: none */
};

struct image {
	unsigned char *bytes;		/* owned */
	size_t nbytes;
	size_t text, text_bytes;	/* whole pages */
	size_t sem, sem_bytes;		/* whole pages */
	size_t loaded_bytes;		/* up to the end of the last page of a segment */
	unsigned char id[IMAGE_ID];	/* build-id: a hash of everything */
};

/* What a site is made of. Where instructions have one size, both are the same. */
enum image_nop { IMAGE_NOP1, IMAGE_NOP5 };

/* requires: n > 0; valid types. gives: 0, or USDT_E_MEMORY. */
int image_build(struct image *, const char *provider, const struct image_probe *const *probe,
    size_t n, enum image_nop);
void image_fini(struct image *);

/* Where the stub and the semaphore of the i-th probe are. */
size_t image_stub(const struct image *, size_t i);
size_t image_semaphore(const struct image *, size_t i);

/* The code of a stub, IMAGE_STUB bytes. Constant. */
const unsigned char *image_stub_code(enum image_nop);

/* "uint8_t" …; NULL: no such type. */
const char *image_type_name(int type);

#endif
