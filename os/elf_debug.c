/* What an object has for those who look at it while it runs: symbols, their files, how to unwind. */
#include "os/elf_private.h"

#include <stdio.h>

bool
elf_has_symtab(struct elf *e)
{
	GElf_Shdr sh;

	return elf_next_section(e, NULL, SHT_SYMTAB, NULL, &sh) != NULL;
}

bool
elf_build_id(struct elf *e, char id[ELF_BUILD_ID_BYTES])
{
	GElf_Shdr sh;
	Elf_Scn *scn = elf_next_section(e, NULL, SHT_NOTE, ".note.gnu.build-id", &sh);
	Elf_Data *data = scn != NULL && sh.sh_size <= NOTE_SECTION_MAX ? elf_getdata(scn, NULL)
	    : NULL;
	size_t name_off, desc_off;
	const unsigned char *desc;
	GElf_Nhdr nh;

	if (data == NULL || data->d_buf == NULL
	    || gelf_getnote(data, 0, &nh, &name_off, &desc_off) == 0
	    || nh.n_descsz < 2 || nh.n_descsz > (ELF_BUILD_ID_BYTES - 1) / 2)
		return false;
	desc = (const unsigned char *)data->d_buf + desc_off;
	for (size_t i = 0; i < nh.n_descsz; i++)
		snprintf(id + 2 * i, 3, "%02x", desc[i]);
	return true;
}

bool
elf_eh_frame(struct elf *e, const void **bytes_at, size_t *bytes, uint64_t *addr)
{
	static const GElf_Word type[] = { SHT_PROGBITS, SHT_X86_64_UNWIND };
	Elf_Scn *scn = NULL;
	Elf_Data *data;
	GElf_Shdr sh;

	for (size_t i = 0; i < sizeof(type) / sizeof(type[0]) && scn == NULL; i++)
		scn = elf_next_section(e, NULL, type[i], ".eh_frame", &sh);
	if (scn == NULL || sh.sh_size > EH_FRAME_MAX)
		return false;
	data = elf_rawdata(scn, NULL);
	if (data == NULL || data->d_buf == NULL)
		return false;
	*bytes_at = data->d_buf;
	*bytes = data->d_size;
	*addr = sh.sh_addr;
	return true;
}
