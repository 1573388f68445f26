/*
 * Tables for unwinding against libdw, which gives the same for one address: at each row of this
 * program, of the C library and of others, and in between.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/cfi.h"
#include "os/elf.h"
#include "test/unit/tap.h"

enum { REG_BP = 6, REG_SP = 7 };

struct count {
	size_t same, unsaid, differ;
};

static uint32_t
rule_at(const struct cfi_row *row, size_t n, uint64_t pc)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (row[mid].pc <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo == 0 ? (uint32_t)CFI_NONE : row[lo - 1].rule;
}

static bool
same_cfa(Dwarf_Op *op, size_t n, enum cfi_kind kind, uint32_t cfa)
{
	switch (kind) {
	case CFI_SP:
		return n == 1 && op[0].atom == DW_OP_bregx && op[0].number == REG_SP
		    && op[0].number2 == 8 * cfa;
	case CFI_BP:
		return n == 1 && op[0].atom == DW_OP_bregx && op[0].number == REG_BP
		    && op[0].number2 == 8 * cfa;
	case CFI_PLT:
		return n > 5 && op[0].atom == DW_OP_breg7;
	case CFI_DEREF_BP:
		return n == 2 && op[0].atom == DW_OP_breg6 && op[0].number == -(uint64_t)cfa * 8
		    && op[1].atom == DW_OP_deref;
	default:
		return false;
	}
}

static bool
same_bp(Dwarf_Frame *frame, uint32_t bp)
{
	Dwarf_Op ops[3], *op;
	size_t n;

	if (dwarf_frame_register(frame, REG_BP, ops, &op, &n) != 0)
		return false;
	if (bp == 0)
		return n == 0 && op == NULL;	/* the same value */
	if (bp == CFI_AT_BP)
		return n >= 1 && op[0].atom == DW_OP_breg6;
	return n == 2 && op[0].atom == DW_OP_call_frame_cfa && op[1].atom == DW_OP_plus_uconst
	    && op[1].number == -(uint64_t)bp * 8;
}

static void
compare(Dwarf_CFI *cfi, uint64_t pc, uint32_t rule, struct count *count)
{
	const enum cfi_kind kind = rule & 15;
	const uint32_t bp = rule >> CFI_KIND_BITS & 255;
	Dwarf_Frame *frame;
	Dwarf_Op *op;
	size_t n;
	bool is_signal;

	if (dwarf_cfi_addrframe(cfi, pc, &frame) != 0)
		return;		/* between functions */
	if (kind == CFI_NONE) {
		count->unsaid++;
		free(frame);
		return;
	}
	dwarf_frame_info(frame, NULL, NULL, &is_signal);
	if (kind == CFI_SIGNAL ? is_signal : kind == CFI_END ? dwarf_frame_cfa(frame, &op, &n) == 0
	    : dwarf_frame_cfa(frame, &op, &n) == 0 && same_cfa(op, n, kind, rule >> 12)
	    && (kind == CFI_PLT || same_bp(frame, bp)))
		count->same++;
	else if (count->differ++ < 5)
		printf("# %" PRIx64 ": rule %x\n", pc, rule);
	free(frame);
}

/* At the first and the last address of every row; how many rows it has. */
static size_t
test_object(const char *path, struct count *count)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct cfi_row *row;
	char err[160];
	struct elf *elf;
	Dwarf_CFI *cfi;
	Elf *e;
	size_t n;

	elf_version(EV_CURRENT);
	*count = (struct count){ 0 };
	if (fd < 0)
		return 0;
	elf = elf_open(fd, err, sizeof(err));
	e = elf_begin(fd, ELF_C_READ, NULL);
	cfi = dwarf_getcfi_elf(e);
	row = elf != NULL ? cfi_read(elf, &n) : NULL;
	for (size_t i = 0; row != NULL && i + 1 < n; i++) {
		if (row[i].pc >= row[i + 1].pc)
			count->differ++;
		compare(cfi, row[i].pc, rule_at(row, n, row[i].pc), count);
		compare(cfi, row[i + 1].pc - 1, rule_at(row, n, row[i + 1].pc - 1), count);
	}
	printf("# %s: %zu rows, %zu the same, %zu without a rule, %zu differ\n", path,
	    n, count->same, count->unsaid, count->differ);
	free(row);
	dwarf_cfi_end(cfi);
	elf_end(e);
	elf_free(elf);
	close(fd);
	return n;
}

/* Nothing of what is there: refused or left out, in bounds. */
static void
test_bad(void)
{
	static const uint8_t bad[][24] = {
		{ 4 }, { 20 }, { 255, 255, 255, 255 }, { 8, 0, 0, 0, 0, 0, 0, 0, 1, 'z' },
		{ 4, 0, 0, 0, 4, 0, 0, 0 }, { 4, 0, 0, 0, 255, 0, 0, 0 },
		{ 16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0x78, 16, 0x0b, 0x0b, 0x0b },
	};
	size_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cfi_row *row = cfi_compile(bad[i], sizeof(bad[i]), 0, &n);

		CHECK_INT(n, 0);
		free(row);
	}
}

int
main(void)
{
	static const char *const path[] = {
		"/proc/self/exe", "/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/python3",
		"/lib/x86_64-linux-gnu/libcrypto.so.3", "/lib/x86_64-linux-gnu/libstdc++.so.6",
	};
	struct count count;

#if !defined(__x86_64__)
	printf("1..0 # SKIP for x86-64\n");
	return 0;
#endif
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		size_t n = test_object(path[i], &count);

		CHECK(i > 1 || n > 100);
		CHECK_INT(count.differ, 0);
		CHECK(count.unsaid <= n / 100);
	}
	test_bad();
	return tap_done();
}
