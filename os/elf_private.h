/* What the files of elf.h share. */
#ifndef OS_ELF_PRIVATE_H
#define OS_ELF_PRIVATE_H

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "os/elf.h"

/* Beyond these an object is not taken seriously. */
enum {
	LOADS_MAX = 1024,
	SECTIONS_MAX = 1 << 16,
	NOTES_MAX = 1 << 18,
	NOTE_SECTION_MAX = 64 << 20,
	SYMBOLS_MAX = 1 << 24,
	EH_FRAME_MAX = 256 << 20,
	RELA_MAX = 128 << 20, RELR_MAX = 8 << 20,	/* bytes */
};

struct symbol {
	uint64_t addr, bytes;
	const char *name;
	unsigned char bind;
	bool is_ifunc;
};

struct elf {
	int fd;
	Elf *elf;
	GElf_Ehdr ehdr;
	GElf_Phdr *load;		/* PT_LOAD only */
	size_t nload;
	uint64_t frame_hdr, frame_hdr_bytes;	/* PT_GNU_EH_FRAME; 0: none */
	bool has_base;			/* .stapsdt.base */
	uint64_t base;
	struct symbol *func;		/* by address; read at the first question */
	size_t nfunc;
	bool has_func;
	struct map by_name;		/* → struct symbol *; read at the first question */
	struct symbol *symbol;
	bool has_by_name;
};

/* The next section of a type, after `scn`; name may be NULL: any. */
Elf_Scn *elf_next_section(struct elf *, Elf_Scn *, GElf_Word type, const char *name, GElf_Shdr *);

#endif
