/*
 * Bounds of code from .eh_frame_hdr, which the unwinder of exceptions searches: a table of where
 * each function begins, sorted. It is found as a segment, so that objects without sections and
 * symbols have it, too.
 *
 *	u8 version = 1, eh_frame_ptr_enc, fde_count_enc, table_enc
 *	eh_frame_ptr, fde_count, then for each: s32 begin, s32 where its entry is
 */
#include <elf.h>
#include <string.h>

#include "os/elf.h"

/* How linkers write it: 4 bytes each, the table relative to its own beginning. */
enum { ENC_COUNT = 0x03, ENC_TABLE = 0x3b, HEAD = 12, ENTRY = 8 };

static uint64_t
entry_begin(const struct elf *e, uint64_t hdr, uint32_t i)
{
	int32_t rel;

	return elf_read(e, hdr + HEAD + (uint64_t)i * ENTRY, &rel, sizeof(rel)) ?
	    hdr + (uint64_t)(int64_t)rel : UINT64_MAX;
}

bool
elf_frame_bounds(struct elf *e, uint64_t addr, uint64_t *begin, uint64_t *end)
{
	uint64_t hdr, bytes;
	unsigned char enc[4];
	uint32_t n, lo = 0, hi;

	if (!elf_frame_hdr(e, &hdr, &bytes) || bytes < HEAD ||
	    !elf_read(e, hdr, enc, sizeof(enc)) || !elf_read(e, hdr + 8, &n, sizeof(n)) ||
	    enc[0] != 1 || enc[2] != ENC_COUNT || enc[3] != ENC_TABLE || n > (bytes - HEAD) / ENTRY)
		return false;
	/* the last that begins at or before addr */
	for (hi = n; lo < hi;) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (entry_begin(e, hdr, mid) <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0 || lo == n)		/* where the last one ends is not told */
		return false;
	*begin = entry_begin(e, hdr, lo - 1);
	*end = entry_begin(e, hdr, lo);
	return *begin <= addr && addr < *end && *end != UINT64_MAX;
}
