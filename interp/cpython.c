/* Facts about CPython, read from its ELF file; no process is touched. */
#include "interp/cpython.h"

#include <string.h>

#include "os/elf.h"

enum { VERSION_3_11 = 0x030B };

/* Py_Version is 0xMMmmppRR; the interpreter exports it from 3.11 on. */
static bool
is_3_11(struct elf *elf)
{
	uint64_t addr;
	uint32_t version;

	return elf_symbol_find(elf, "Py_Version", &addr) == 0
	    && elf_read(elf, addr, &version, sizeof(version))
	    && version >> 16 == VERSION_3_11;
}

static int
find_line(void *self, const struct elf_sdt *n)
{
	uint64_t *semaphore = self;

	if (strcmp(n->prov, "python") != 0 || strcmp(n->name, "line") != 0)
		return 0;
	*semaphore = n->semaphore;
	return 1;
}

static void
ignore(void *self, const char *why)
{
	(void)self;
	(void)why;
}

bool
cpython_needs_line(struct elf *elf, uint64_t *off, uint64_t *semaphore_off)
{
	uint64_t cold, semaphore = 0;

	if (!is_3_11(elf))
		return false;
	elf_each_sdt(elf, find_line, ignore, &semaphore);
	return semaphore != 0
	    && elf_symbol_find(elf, "Py_FinalizeEx", &cold) == 0
	    && elf_file_offset(elf, elf_skip_endbr(elf, cold), true, off)
	    && elf_file_offset(elf, semaphore, false, semaphore_off);
}
