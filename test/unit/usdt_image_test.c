/* The images of libusdt, as the tracer's own reader sees them. */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/elf.h"
#include "test/unit/tap.h"
#include "usdt/image.h"

struct seen {
	struct elf *elf;
	const struct image *image;
	size_t n;
	bool ok;
	size_t nbad, nbytes;
	char why[128];
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

/* The note of types says what the probe was made of. */
static int
on_usdt(void *self, const struct elf_usdt *usdt)
{
	struct seen *s = self;

	s->ok = s->ok && usdt->pc == image_stub(s->image, s->n) && usdt->narg == s->want->nargs;
	for (unsigned i = 0; i < s->want->nargs && s->ok; i++) {
		const char *name = s->want->arg_name[i];
		s->ok = strcmp(usdt->type[i], image_type_name(s->want->type[i])) == 0 &&
		    strcmp(usdt->name[i], name != NULL ? name : "") == 0;
	}
	s->n++;
	return 0;
}

static int
count_usdt(void *self, const struct elf_usdt *usdt)
{
	struct seen *s = self;

	for (uint32_t i = 0; i < usdt->narg; i++)
		s->nbytes += strlen(usdt->type[i]) + strlen(usdt->name[i]);
	s->n++;
	return 0;
}

static void
count_bad(void *self, const char *why)
{
	struct seen *s = self;

	if (s->nbad++ == 0)
		snprintf(s->why, sizeof(s->why), "%s", why);
}

/* Notes whose bytes are anything: each is read, or refused with a sentence. */
static void
test_damage(struct image *image, int fd)
{
	static const struct {
		size_t off;			/* in the note */
		uint32_t word;
		const char *why;
	} row[] = {
		{ 36, 13, "probe note at offset 0 of .note.usdt: "
		    "it has more arguments than there can be" },
		{ 36, UINT32_MAX, "probe note at offset 0 of .note.usdt: "
		    "it has more arguments than there can be" },
		{ 36, 11, "probe note at offset 0 of .note.usdt: something follows its last string" },
		{ 4, 16, "probe note at offset 0 of .note.usdt: it is too short" },
		{ 4, 28, "probe note at offset 0 of .note.usdt: a string in it has no end" },
		{ 4, UINT32_MAX, "probe note at offset 0 of .note.usdt: it ends outside of it" },
		{ 8, 2, "" },			/* of a type that may come */
	};
	static const char owner[] = "\1\0\0\0usdt";
	unsigned char *note = memmem(image->bytes, image->nbytes, owner, sizeof(owner));
	char err[256];

	CHECK(note != NULL);
	const size_t at = (size_t)(note - image->bytes) - 8;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct seen seen = { .image = image };
		CHECK(pwrite(fd, image->bytes + at, 64, (off_t)at) == 64);
		CHECK(pwrite(fd, &row[i].word, 4, (off_t)(at + row[i].off)) == 4);
		seen.elf = elf_open(fd, err, sizeof(err));
		elf_each_usdt(seen.elf, count_usdt, count_bad, &seen);
		CHECK_STR(seen.why, row[i].why);
		elf_free(seen.elf);
	}
	for (size_t i = 0; i < 120; i++) {
		struct seen seen = { .image = image };
		CHECK(pwrite(fd, image->bytes + at, 200, (off_t)at) == 200);
		CHECK(pwrite(fd, &(char){ (char)(i * 37 + 128) }, 1, (off_t)(at + i)) == 1);
		seen.elf = elf_open(fd, err, sizeof(err));
		elf_each_usdt(seen.elf, count_usdt, count_bad, &seen);
		CHECK(seen.nbad > 0 || seen.n == 1 || (i >= 8 && i < 20));
		elf_free(seen.elf);
	}
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
	seen.n = 0;
	seen.want = probe;
	elf_each_usdt(seen.elf, on_usdt, on_bad, &seen);
	CHECK_INT(seen.n, n);
	CHECK(seen.ok);
	elf_free(seen.elf);
	if (n == 1)
		test_damage(&image, fd);
	close(fd);
	image_fini(&image);
	free(name);
	free(list);
	free(probe);
}

/* A number that is the same in every run. */
static unsigned
pick(unsigned below)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return (x >> 8) % below;
}

/* What readelf -nW prints of these probes. */
static void
expect_notes(struct buf *b, const struct image *image, const struct image_probe *probe, size_t n)
{
	static const struct { int type; const char *size; } size[] = {
		{ USDT_UINT8, "1" }, { USDT_INT8, "-1" }, { USDT_UINT16, "2" }, { USDT_INT16, "-2" },
		{ USDT_UINT32, "4" }, { USDT_INT32, "-4" }, { USDT_UINT64, "8" },
		{ USDT_INT64, "-8" }, { USDT_STRING, "8" }, { USDT_DOUBLE, "8" },
	};
	static const char *const place[USDT_MAX_ARGS] = {
		"%rdi", "%rsi", "%rdx", "%rcx", "%r8", "%r9", "8(%rsp)", "16(%rsp)", "24(%rsp)",
		"32(%rsp)", "40(%rsp)", "48(%rsp)",
	};

	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "Provider: prov\nName: %s\nLocation: 0x%016zx, Semaphore: 0x%016zx\n"
		    "Arguments:", probe[i].name, image_stub(image, i), image_semaphore(image, i));
		for (unsigned j = 0; j < probe[i].nargs; j++)
			for (size_t k = 0; k < sizeof(size) / sizeof(*size); k++)
				if (size[k].type == probe[i].type[j])
					buf_printf(b, " %s@%s", size[k].size, place[j]);
		buf_puts(b, "\n");
	}
}

/* The same lines of what it does print; it must have nothing to complain of. */
static void
read_notes(struct buf *b, int fd)
{
	char command[256], line[512];
	FILE *f;

	snprintf(command, sizeof(command), "readelf -nW /proc/%d/fd/%d 2>&1 | sed -n -e "
	    "'s/^  stapsdt .*Provider/Provider/; s/Base: [^,]*, //; s/^ *//; s/ *$//' -e "
	    "'/^Provider:\\|^Name:\\|^Location:\\|^Arguments:\\|[Ww]arning\\|[Ee]rror/p'",
	    getpid(), fd);
	f = popen(command, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		buf_puts(b, line);
	if (f != NULL)
		pclose(f);
}

/* Images of any probes, as another reader sees them. */
static void
test_readelf(void)
{
	enum { MANY = 40 };
	static const int types[] = {
		1, -1, 2, -2, 4, -4, 8, -8, USDT_STRING, USDT_DOUBLE,
	};
	struct image_probe probe[MANY];
	const struct image_probe *list[MANY];
	char name[MANY][72];
	struct image image;

	for (int turn = 0; turn < 12; turn++) {
		struct buf want = BUF_INIT, got = BUF_INIT;
		const size_t n = 1 + pick(MANY);
		for (size_t i = 0; i < n; i++) {
			const unsigned length = 1 + pick(60);
			for (unsigned j = 0; j < length; j++)
				name[i][j] = (char)('a' + (int)pick(26));
			name[i][length] = '\0';
			probe[i] = (struct image_probe){ .name = name[i], .nargs = pick(13) };
			for (unsigned j = 0; j < probe[i].nargs; j++)
				probe[i].type[j] = types[pick(10)];
			list[i] = &probe[i];
		}
		CHECK_INT(image_build(&image, "prov", list, n, pick(2) ? IMAGE_NOP5 : IMAGE_NOP1), 0);
		int fd = memfd_create("image", MFD_CLOEXEC);
		CHECK(write(fd, image.bytes, image.nbytes) == (ssize_t)image.nbytes);
		expect_notes(&want, &image, probe, n);
		read_notes(&got, fd);
		CHECK_STR(buf_str(&got), buf_str(&want));
		buf_fini(&want);
		buf_fini(&got);
		close(fd);
		image_fini(&image);
	}
}

int
main(void)
{
	test_image(1);
	test_image(1000);
	test_readelf();
	return tap_done();
}
