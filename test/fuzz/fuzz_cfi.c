/*
 * Any bytes as .eh_frame: the table is sorted, says nothing twice, and has only rules that there
 * are. The input is copied to the end of an allocation of its own size.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/cfi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *section = malloc(size > 0 ? size : 1);
	struct cfi_row *row;
	size_t n;

	if (section == NULL)
		return 0;
	memcpy(section, data, size);
	row = cfi_compile(section, size, 0x401000, &n);
	for (size_t i = 0; i < n; i++) {
		const uint32_t kind = row[i].rule & ((1 << CFI_KIND_BITS) - 1);

		if (i > 0 && (row[i].pc <= row[i - 1].pc || row[i].rule == row[i - 1].rule))
			abort();
		if (kind > CFI_SIGNAL || (kind <= CFI_END && row[i].rule != kind))
			abort();
	}
	free(row);
	free(section);
	return 0;
}
