/*
 * ELF objects (over libelf): notes of probes, symbols, segments. Every byte is untrusted:
 * what does not fit is refused with a sentence; nothing is followed outside the file.
 */
#ifndef OS_ELF_H
#define OS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf;	/* an open object; one owner */

/* gives: an object, or NULL and a sentence in err. The fd stays the caller's (may be closed). */
struct elf *elf_open(int fd, char *err, size_t err_bytes);
void elf_free(struct elf *);

int elf_machine(const struct elf *);		/* EM_X86_64 … */
uint64_t elf_entry(const struct elf *);
bool elf_is_dyn(const struct elf *);

/* Link-time address → offset in the file through PT_LOAD; false: in no segment. is_exec:
 * the segment must be executable (probe sites); else (semaphores) what the last page of a segment
 * has beyond its bytes of the file counts too, for it is mapped from the file. */
bool elf_file_offset(const struct elf *, uint64_t addr, bool is_exec, uint64_t *off);

/* The other way round: what an offset in the file is mapped as. */
bool elf_address(const struct elf *, uint64_t off, uint64_t *addr);

/* A probe of .note.stapsdt, addresses already corrected by .stapsdt.base. */
struct elf_sdt {
	const char *prov, *name, *args;	/* owned by the object */
	uint64_t pc, base, semaphore;	/* link-time addresses; base as in the note */
};

/* Calls fn for each note; a note that can't be read calls bad(self, sentence) and the rest go
 * on. fn returns non-zero to stop. */
int elf_each_sdt(struct elf *, int (*fn)(void *self, const struct elf_sdt *),
    void (*bad)(void *self, const char *why), void *self);

/* What libusdt says of a probe in .note.usdt: see usdt/image.h. */
enum { ELF_USDT_ARGS = 12 };
struct elf_usdt {
	uint64_t pc;			/* that of the probe's elf_sdt */
	uint32_t narg;
	const char *type[ELF_USDT_ARGS], *name[ELF_USDT_ARGS];	/* any text; "": none */
};

/* The same for each of these notes. */
int elf_each_usdt(struct elf *, int (*fn)(void *self, const struct elf_usdt *),
    void (*bad)(void *self, const char *why), void *self);

/* The function symbol that encloses an address (.symtab, else .dynsym), or NULL. */
const char *elf_symbol_at(struct elf *, uint64_t addr, uint64_t *sym_addr);
/* How many bytes of that function there are from the address on; 0: there is none. */
uint64_t elf_function_bytes(struct elf *, uint64_t addr);
/* A symbol that is a function. */
struct elf_func {
	uint64_t addr, bytes;
	const char *name;		/* owned by the object */
	bool is_ifunc;			/* gives the address of the function when it is called */
};
/* The i-th of them by address (.symtab, else .dynsym), of several at one address the one with the
 * best name last; false: no more. */
bool elf_func(struct elf *, size_t i, struct elf_func *);
/* Where .eh_frame_hdr is. With it: where the code of the entry that covers an address begins, and
 * where the next begins: bounds of functions that may have no symbols. false: not told. */
bool elf_frame_hdr(const struct elf *, uint64_t *addr, uint64_t *bytes);
bool elf_frame_bounds(struct elf *, uint64_t addr, uint64_t *begin, uint64_t *end);
/* The link-time address of a defined symbol by name. -ENOENT: none; -EEXIST: several places
 * have that name; -ENOTSUP: it is thread-local or absolute. */
int elf_symbol_find(struct elf *, const char *name, uint64_t *addr);
/* `n` bytes of the file at a link-time address; false: outside. */
bool elf_read(const struct elf *, uint64_t addr, void *to, size_t n);

/* The i-th loaded segment, as far as the file has bytes of it; false: no more. */
bool elf_segment(const struct elf *, size_t i, uint64_t *addr, uint64_t *bytes, bool *is_exec);
/* Calls fn for each word that the dynamic linker only moves with the object: its place, and the
 * link-time address that it will hold (NULL: it is in the file, at that place). */
void elf_each_relative(struct elf *, void (*fn)(void *self, uint64_t at, const uint64_t *value),
    void *self);

/* The name of the function that the linker's stub at an address jumps to, and where the stub begins;
 * NULL: there is none. */
const char *elf_plt_at(struct elf *, uint64_t addr, uint64_t *start);

/* Has it all symbols, not only those that others link to? */
bool elf_has_symtab(struct elf *);
/* The build ID in hex; false: it has none. */
enum { ELF_BUILD_ID_BYTES = 2 * 64 + 1 };
bool elf_build_id(struct elf *, char id[ELF_BUILD_ID_BYTES]);

/* The section .eh_frame and its link-time address; false: there is none. */
bool elf_eh_frame(struct elf *, const void **data, size_t *bytes, uint64_t *addr);

/* The address behind an endbr64 at this one, else the address: a probe on endbr64 can't be
 * emulated by the kernel and costs many times as much. */
uint64_t elf_skip_endbr(const struct elf *, uint64_t addr);

#endif
