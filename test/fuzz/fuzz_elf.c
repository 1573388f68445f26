/* Objects in memory, damaged in any way: questions get answers, inside of the file. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "interp/cpython.h"
#include "interp/handler.h"
#include "interp/image.h"
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
	struct elf_func func;
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
	for (size_t i = 0; elf_func(seen.elf, i, &func); i++)
		seen.n += strlen(func.name);
	elf_frame_bounds(seen.elf, elf_entry(seen.elf), &x, &end);
	if (image_read(&image, seen.elf))
		handler_table(&image, table);
	image_fini(&image);
	cpython_read(seen.elf, &py, &handlers);
	elf_free(seen.elf);
	return 0;
}
