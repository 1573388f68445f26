/* Any set of probes becomes an image that is read back the same, note by note. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/elf.h"
#include "usdt/image.h"
#include "usdt/name.h"

enum { MANY = 300 };

struct input {
	const uint8_t *at, *end;
};

static unsigned
take(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* A name that the library would accept from anybody: see USDT_ANY_NAME. */
static void
take_name(struct input *in, char *to)
{
	size_t n = take(in) % 64 + 1;

	for (size_t i = 0; i < n; i++) {
		unsigned c = take(in);
		to[i] = (char)(c < ' ' || c == ':' || c == 0x7f ? 'x' : c);
	}
	to[n] = '\0';
}

static const int types[] = {
	USDT_UINT8, USDT_INT8, USDT_UINT16, USDT_INT16, USDT_UINT32, USDT_INT32, USDT_UINT64,
	USDT_INT64, USDT_STRING, USDT_DOUBLE,
};

struct check {
	struct elf *elf;
	const struct image *image;
	const struct image_probe *probe;
	const char *provider;
	size_t n;
};

static void
check_args(const struct image_probe *p, const char *args)
{
	for (unsigned i = 0; i < p->nargs; i++) {
		int bytes = p->type[i] < 0 ? p->type[i] : p->type[i] & 15;
		char *end;
		if (strtol(args, &end, 10) != bytes || *end != '@')
			BUG("argument %u", i);
		args = strchr(end, ' ');
		if ((args == NULL) != (i + 1 == p->nargs))
			BUG("not %u arguments", p->nargs);
		args++;
	}
}

static int
on_sdt(void *self, const struct elf_sdt *sdt)
{
	struct check *c = self;
	const struct image_probe *p = &c->probe[c->n];
	const unsigned char *stub = c->image->bytes + sdt->pc;
	uint64_t off;

	if (strcmp(sdt->prov, c->provider) != 0 || strcmp(sdt->name, p->name) != 0)
		BUG("names");
	if (sdt->pc != image_stub(c->image, c->n) || sdt->semaphore != image_semaphore(c->image, c->n))
		BUG("places");
	if (!elf_file_offset(c->elf, sdt->pc, true, &off) || off != sdt->pc ||
	    !elf_file_offset(c->elf, sdt->semaphore, false, &off) || off != sdt->semaphore)
		BUG("segments");
	if (sdt->pc % IMAGE_STUB != 0 || (*stub != IMAGE_NOP1_BYTE && *stub != IMAGE_NOP5_BYTE) ||
	    memcmp(c->image->bytes + sdt->semaphore, "\0", 2) != 0)
		BUG("bytes");
	if (elf_symbol_at(c->elf, sdt->pc, NULL) == NULL)
		BUG("symbol");
	check_args(p, sdt->args);
	c->n++;
	return 0;
}

static int
on_usdt(void *self, const struct elf_usdt *usdt)
{
	struct check *c = self;
	const struct image_probe *p = &c->probe[c->n];

	if (usdt->pc != image_stub(c->image, c->n) || usdt->narg != p->nargs)
		BUG("note of types");
	for (unsigned i = 0; i < p->nargs; i++)
		if (strcmp(usdt->type[i], image_type_name(p->type[i])) != 0 ||
		    strcmp(usdt->name[i], p->arg_name[i] != NULL ? p->arg_name[i] : "") != 0)
			BUG("type or name of argument %u", i);
	c->n++;
	return 0;
}

static void
on_bad(void *self, const char *why)
{
	(void)self;
	BUG("%s", why);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static char name[MANY][72], arg[MANY][USDT_MAX_ARGS][72];
	static struct image_probe probe[MANY];
	const struct image_probe *list[MANY];
	struct input in = { data, data + bytes };
	char provider[72], err[256] = "";
	struct image image;

	size_t n = (take(&in) + 256 * (take(&in) % 2)) % MANY + 1;
	enum image_nop nop = take(&in) % 2 != 0 ? IMAGE_NOP5 : IMAGE_NOP1;
	take_name(&in, provider);
	for (size_t i = 0; i < n; i++) {
		take_name(&in, name[i]);
		probe[i] = (struct image_probe){ .name = name[i], .nargs = take(&in) % 13 };
		for (unsigned j = 0; j < probe[i].nargs; j++) {
			probe[i].type[j] = types[take(&in) % 10];
			take_name(&in, arg[i][j]);
			probe[i].arg_name[j] = take(&in) % 2 != 0 ? arg[i][j] : NULL;
		}
		list[i] = &probe[i];
	}
	if (image_build(&image, provider, list, n, nop) != 0)
		BUG("not built");
	int fd = memfd_create("fuzz_image", MFD_CLOEXEC);
	if (fd < 0 || write(fd, image.bytes, image.nbytes) != (ssize_t)image.nbytes)
		BUG("not written");
	struct check check = { .image = &image, .probe = probe, .provider = provider };
	check.elf = elf_open(fd, err, sizeof(err));
	close(fd);
	if (check.elf == NULL)
		BUG("not opened: %s", err);
	elf_each_sdt(check.elf, on_sdt, on_bad, &check);
	if (check.n != n)
		BUG("%zu of %zu probes", check.n, n);
	check.n = 0;
	elf_each_usdt(check.elf, on_usdt, on_bad, &check);
	if (check.n != n)
		BUG("%zu of %zu notes of types", check.n, n);
	elf_free(check.elf);
	image_fini(&image);
	return 0;
}
