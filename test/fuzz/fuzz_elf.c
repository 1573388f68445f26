/* Objects in memory, damaged in any way: questions get answers, inside of the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "interp/cpython.h"
#include "interp/handler.h"
#include "interp/image.h"
#include "os/cfi.h"
#include "os/elf.h"

struct seen {
	struct elf *elf;
	size_t n;
};

static int
on_sdt(void *self, const struct elf_sdt *s)
{
	struct seen *seen = self;
	char insn[5];
	uint64_t x;
	const char *func = elf_symbol_at(seen->elf, s->pc, &x);

	seen->n += strlen(s->prov) + strlen(s->name) + strlen(s->args);
	seen->n += func != NULL ? strlen(func) : 0;
	elf_file_offset(seen->elf, s->pc, true, &x);
	elf_file_offset(seen->elf, s->semaphore, false, &x);
	elf_read(seen->elf, s->pc, insn, sizeof(insn));
	return seen->n > 1 << 20;
}

static int
on_usdt(void *self, const struct elf_usdt *u)
{
	struct seen *seen = self;

	for (uint32_t i = 0; i < u->narg; i++)
		seen->n += strlen(u->type[i]) + strlen(u->name[i]);
	return seen->n > 1 << 20;
}

static void
on_bad(void *self, const char *why)
{
	((struct seen *)self)->n += strlen(why);
}

static void
on_relative(void *self, uint64_t at, const uint64_t *value)
{
	((struct seen *)self)->n += at + (value != NULL ? *value : 0);
}

/* Names and bounds, of the functions that there are and of the addresses around them. */
static void
ask_functions(struct elf *elf, struct seen *seen)
{
	struct elf_func f;
	uint64_t x, begin, end;
	const char *name;

	for (size_t i = 0; i < 64 && elf_func(elf, i, &f); i++) {
		for (uint64_t at = f.addr - 1; at != f.addr + 2; at++) {
			name = elf_symbol_at(elf, at, &x);
			if (name != NULL && elf_function_bytes(elf, at) == 0)
				BUG("%s has no bytes", name);
			if (elf_frame_bounds(elf, at, &begin, &end) && (at < begin || at >= end))
				BUG("bounds of something else");
		}
		seen->n += strlen(f.name) + elf_skip_endbr(elf, f.addr);
		elf_symbol_find(elf, f.name, &x);
	}
}

/* What tells how to unwind, and which file has the symbols. */
static void
ask_tables(struct elf *elf, struct seen *seen)
{
	char id[ELF_BUILD_ID_BYTES];
	size_t n;
	uint64_t addr, off;

	free(cfi_read(elf, &n));
	if (elf_build_id(elf, id))
		seen->n += strlen(id);
	seen->n += elf_has_symtab(elf) + (size_t)elf_machine(elf);
	elf_each_relative(elf, on_relative, seen);
	for (off = 0; off < 1 << 16; off += 4095)
		if (elf_address(elf, off, &addr))
			elf_file_offset(elf, addr, false, &addr);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int fd = memfd_create("fuzz_elf", MFD_CLOEXEC);
	char err[256] = "";
	static struct handlers handlers;
	static uint64_t table[256];
	struct cpython py;
	struct image image;
	struct seen seen = {0};
	uint64_t x, end;

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		return 0;
	seen.elf = elf_open(fd, err, sizeof(err));
	close(fd);
	if (seen.elf == NULL) {
		if (*err == '\0')
			BUG("refused without a reason");
		return 0;
	}
	elf_each_sdt(seen.elf, on_sdt, on_bad, &seen);
	elf_each_usdt(seen.elf, on_usdt, on_bad, &seen);
	elf_symbol_find(seen.elf, "main", &x);
	elf_symbol_at(seen.elf, elf_entry(seen.elf), NULL);
	elf_frame_bounds(seen.elf, elf_entry(seen.elf), &x, &end);
	ask_functions(seen.elf, &seen);
	ask_tables(seen.elf, &seen);
	if (image_read(&image, seen.elf))
		handler_table(&image, table);
	image_fini(&image);
	cpython_read(seen.elf, &py, &handlers);
	elf_free(seen.elf);
	return 0;
}
