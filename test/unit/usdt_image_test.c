/* The images of libusdt, as the tracer's own reader sees them. */
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/elf.h"
#include "test/unit/tap.h"
#include "usdt/image.h"

struct seen {
	struct elf *elf;
	const struct image *image;
	size_t n;
	bool ok;
	const struct image_probe *want;
	char args[USDT_MAX_ARGS * 16];
};

static int
on_sdt(void *self, const struct elf_sdt *sdt)
{
	struct seen *s = self;
	char name[32];
	uint64_t off;

	snprintf(name, sizeof(name), "probe_%zu", s->n);
	s->ok = s->ok && strcmp(sdt->prov, "prov") == 0 && strcmp(sdt->name, name) == 0 &&
	    sdt->pc == image_stub(s->image, s->n) && sdt->pc % 16 == 0 &&
	    sdt->semaphore == image_semaphore(s->image, s->n) &&
	    elf_file_offset(s->elf, sdt->pc, true, &off) && off == sdt->pc &&
	    elf_file_offset(s->elf, sdt->semaphore, false, &off) && off == sdt->semaphore;
	const char *func = elf_symbol_at(s->elf, sdt->pc, NULL);
	s->ok = s->ok && func != NULL && strcmp(func, name) == 0;
	snprintf(s->args, sizeof(s->args), "%s", sdt->args);
	s->n++;
	return 0;
}

static void
on_bad(void *self, const char *why)
{
	((struct seen *)self)->ok = false;
	printf("# %s\n", why);
}

static void
test_image(size_t n)
{
	struct image image;
	struct image_probe *probe = calloc(n, sizeof(*probe));
	const struct image_probe **list = calloc(n, sizeof(*list));
	char (*name)[32] = calloc(n, sizeof(*name)), err[256] = "";

	for (size_t i = 0; i < n; i++) {
		snprintf(name[i], sizeof(name[i]), "probe_%zu", i);
		probe[i] = (struct image_probe){
			.name = name[i], .nargs = 12, .type = { 1, -1, 2, -2, 4, -4, 8, -8,
			    USDT_STRING, USDT_DOUBLE, 8, 8 }, .arg_name = { "one", [11] = "last" },
		};
		list[i] = &probe[i];
	}
	CHECK_INT(image_build(&image, "prov", list, n, IMAGE_NOP1), 0);
	int fd = memfd_create("image", MFD_CLOEXEC);
	CHECK(write(fd, image.bytes, image.nbytes) == (ssize_t)image.nbytes);
	struct seen seen = { .image = &image, .ok = true };
	seen.elf = elf_open(fd, err, sizeof(err));
	CHECK_STR(err, "");
	elf_each_sdt(seen.elf, on_sdt, on_bad, &seen);
	CHECK_INT(seen.n, n);
	CHECK(seen.ok);
	CHECK_STR(seen.args, "1@%rdi -1@%rsi 2@%rdx -2@%rcx 4@%r8 -4@%r9 8@8(%rsp) -8@16(%rsp) "
	    "8@24(%rsp) 8@32(%rsp) 8@40(%rsp) 8@48(%rsp)");
	elf_free(seen.elf);
	close(fd);
	image_fini(&image);
	free(name);
	free(list);
	free(probe);
}

int
main(void)
{
	test_image(1);
	test_image(1000);
	return tap_done();
}
