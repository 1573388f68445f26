/*
 * Names of the linker's stubs: code that jumps to where a word of the object says, which the dynamic
 * linker fills in with the address of a function, so that the word's relocation has its name.
 */
#include "os/elf_private.h"

#include <string.h>

/* Is the address in a section of stubs? */
static bool
is_stub(struct elf *e, uint64_t addr)
{
	static const char *const name[] = { ".plt", ".plt.sec", ".plt.got" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		GElf_Shdr sh;

		if (elf_next_section(e, NULL, SHT_PROGBITS, name[i], &sh) != NULL
		    && addr - sh.sh_addr < sh.sh_size)
			return true;
	}
	return false;
}

static const char *
symbol_name(struct elf *e, GElf_Word symtab, size_t idx)
{
	Elf_Scn *scn = elf_getscn(e->elf, symtab);
	Elf_Data *data = scn != NULL ? elf_getdata(scn, NULL) : NULL;
	GElf_Shdr sh;
	GElf_Sym sym;
	const char *name;

	if (data == NULL || idx > SYMBOLS_MAX || gelf_getshdr(scn, &sh) == NULL
	    || gelf_getsym(data, (int)idx, &sym) == NULL)
		return NULL;
	name = elf_strptr(e->elf, sh.sh_link, sym.st_name);
	return name != NULL && *name != '\0' ? name : NULL;
}

/* Of what symbol is the word at an address to get the value? */
static const char *
relocation_name(struct elf *e, uint64_t addr)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_next_section(e, scn, SHT_RELA, NULL, &sh)) != NULL) {
		Elf_Data *data = sh.sh_size <= RELA_MAX && (sh.sh_flags & SHF_ALLOC)
		    ? elf_getdata(scn, NULL) : NULL;
		size_t n = data != NULL && sh.sh_entsize > 0 ? data->d_size / sh.sh_entsize : 0;
		GElf_Rela r;

		for (size_t i = 0; i < n && gelf_getrela(data, (int)i, &r) != NULL; i++)
			if (r.r_offset == addr)
				return symbol_name(e, sh.sh_link, GELF_R_SYM(r.r_info));
	}
	return NULL;
}

/* [endbr64] [bnd] jmp *disp(%rip): the place of the word; 0: it is something else. */
static uint64_t
word_of_stub(const struct elf *e, uint64_t addr)
{
	static const unsigned char endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	unsigned char code[16];
	size_t at = 0;
	int32_t disp;

	if (!elf_read(e, addr, code, sizeof(code)))
		return 0;
	if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
		at += sizeof(endbr64);
	if (code[at] == 0xf2)
		at++;
	if (code[at] != 0xff || code[at + 1] != 0x25)
		return 0;
	memcpy(&disp, code + at + 2, sizeof(disp));
	return addr + at + 6 + (uint64_t)(int64_t)disp;
}

const char *
elf_plt_at(struct elf *e, uint64_t addr, uint64_t *start)
{
	/* stubs are of 16 bytes, but for those of .plt.got */
	static const uint64_t size[] = { 16, 8 };

	if (!is_stub(e, addr))
		return NULL;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		uint64_t word;
		const char *name;

		*start = addr & -size[i];
		word = word_of_stub(e, *start);
		name = word != 0 ? relocation_name(e, word) : NULL;
		if (name != NULL)
			return name;
	}
	return NULL;
}
