/* Objects that gcc makes with <sys/sdt.h>, what readelf says of them, and damaged copies. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/elf.h"
#include "test/unit/tap.h"

static const char source[] =
    "#define _SDT_HAS_SEMAPHORES 1\n"
    "#include <sys/sdt.h>\n"
    "__extension__ unsigned short app_start__it_semaphore\n"
    "    __attribute__((section(\".probes\")));\n"
    "#define app_plain_semaphore app_start__it_semaphore\n"
    "long counter = 7;\n"
    "static long twice;\n"
    "__attribute__((noinline)) void work(long a, char *b)\n"
    "{ STAP_PROBE2(app, start__it, a, b); twice++; }\n"
    "__attribute__((noinline)) void more(int i)\n"
    "{ STAP_PROBE1(app, start__it, i); STAP_PROBE(app, plain); }\n"
    "int main(void) { work(counter, \"x\"); more((int)twice); return 0; }\n";

static char dir[] = "/tmp/elf_test.XXXXXX";

/* Compile the source; gives: an fd of the object. */
static int
compile(const char *flags, const char *name)
{
	char path[256], cmd[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t.c", dir);
	f = fopen(path, "w");
	fputs(source, f);
	fclose(f);
	snprintf(cmd, sizeof(cmd), "gcc -O1 -w %s -o %s/%s %s", flags, dir, name, path);
	if (system(cmd) != 0)
		exit(1);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, O_RDONLY);
}

static int
show_sdt(void *self, const struct elf_sdt *s)
{
	buf_printf(self, "%s %s 0x%016" PRIx64 " 0x%016" PRIx64 " 0x%016" PRIx64 " %s\n", s->prov,
	    s->name, s->pc, s->base, s->semaphore, s->args);
	return 0;
}

static void
show_bad(void *self, const char *why)
{
	buf_printf(self, "bad: %s\n", why);
}

/* The notes of an object, a line each, as readelf(1) tells them. */
static void
readelf(const char *name, struct buf *b)
{
	char cmd[1024], line[512];
	FILE *f;

	snprintf(cmd, sizeof(cmd), "LC_ALL=C readelf -n %s/%s | tr -d ',' | awk "
	    "'/^ *Provider:/ { p = $2 } /^ *Name:/ { n = $2 } "
	    "/^ *Location:/ { l = $2 \" \" $4 \" \" $6 } "
	    "/^ *Arguments:/ { sub(/^ *Arguments: */, \"\"); print p, n, l, $0 }'", dir, name);
	f = popen(cmd, "r");
	while (fgets(line, sizeof(line), f) != NULL)
		buf_puts(b, line);
	pclose(f);
}

static void
test_notes(const char *flags, const char *name, bool is_dyn)
{
	struct buf got = BUF_INIT, want = BUF_INIT;
	int fd = compile(flags, name);
	char err[256] = "";
	struct elf *e = elf_open(fd, err, sizeof(err));

	CHECK_STR(err, "");
	close(fd);		/* the object has its own */
	CHECK(elf_each_sdt(e, show_sdt, show_bad, &got) == 0);
	readelf(name, &want);
	CHECK(want.n > 100);
	CHECK_STR(buf_str(&got), buf_str(&want));
	CHECK_INT(elf_is_dyn(e), is_dyn);
	CHECK_INT(elf_machine(e), EM_X86_64);
	elf_free(e);
	buf_fini(&got);
	buf_fini(&want);
}

static int
take_first(void *self, const struct elf_sdt *s)
{
	*(struct elf_sdt *)self = *s;
	return 1;
}

static int
count_sdt(void *self, const struct elf_sdt *s)
{
	(void)s;
	++*(int *)self;
	return 0;
}

static void
no_bad(void *self, const char *why)
{
	(void)self, (void)why;
}

static void
test_places(void)
{
	int fd = compile("-no-pie", "places");
	char err[256];
	struct elf *e = elf_open(fd, err, sizeof(err));
	struct elf_sdt f;
	uint64_t off, addr, sym;
	unsigned char nop[1], raw[1];
	const char *func;

	CHECK_INT(elf_each_sdt(e, take_first, no_bad, &f), 1);
	CHECK(elf_file_offset(e, f.pc, true, &off));
	CHECK(pread(fd, raw, 1, (off_t)off) == 1 && raw[0] == 0x90);
	CHECK(elf_read(e, f.pc, nop, 1) && nop[0] == 0x90);
	func = elf_symbol_at(e, f.pc, &sym);
	CHECK_STR(func, "work");
	CHECK(sym <= f.pc);
	/* a semaphore is data: found, but in no executable segment */
	CHECK(elf_file_offset(e, f.semaphore, false, &off));
	CHECK(!elf_file_offset(e, f.semaphore, true, &off));
	CHECK(!elf_file_offset(e, 0x10, false, &off));
	CHECK(!elf_file_offset(e, UINT64_MAX, false, &off));
	CHECK(!elf_read(e, UINT64_MAX, nop, 1));
	CHECK(!elf_read(e, f.pc, nop, SIZE_MAX));
	CHECK_INT(elf_symbol_find(e, "counter", &addr), 0);
	CHECK(elf_read(e, addr, nop, 1) && nop[0] == 7);
	CHECK_INT(elf_symbol_find(e, "twice", &addr), 0);
	CHECK_INT(elf_symbol_find(e, "no such", &addr), -ENOENT);
	CHECK(elf_symbol_at(e, 0, NULL) == NULL);
	CHECK(elf_symbol_at(e, UINT64_MAX, NULL) == NULL);
	elf_free(e);
	close(fd);
}

static int
memfd_of(const void *bytes, size_t n)
{
	int fd = memfd_create("elf_test", MFD_CLOEXEC);

	return write(fd, bytes, n) == (ssize_t)n ? fd : -1;
}

static size_t
slurp(int fd, unsigned char **p)
{
	struct stat st;

	fstat(fd, &st);
	*p = malloc((size_t)st.st_size);
	return (size_t)pread(fd, *p, (size_t)st.st_size, 0);
}

static unsigned char *
find_bytes(unsigned char *p, size_t n, const char *what, size_t len)
{
	return memmem(p, n, what, len);
}

/* Prelink moves a library and leaves the notes: make it look as if the notes came from an image
 * 0x1000 below. */
static void
test_prelinked(void)
{
	int fd = compile("-shared -fPIC", "prelinked.so"), moved;
	struct elf_sdt was, is;
	unsigned char *p, *note;
	char err[256];
	size_t n = slurp(fd, &p);
	struct elf *e = elf_open(fd, err, sizeof(err));

	CHECK_INT(elf_each_sdt(e, take_first, no_bad, &was), 1);
	note = find_bytes(p, n, "\3\0\0\0stapsdt", 12);
	for (int i = 0; i < 3; i++) {
		uint64_t v;

		memcpy(&v, note + 12 + 8 * i, 8);
		v -= 0x1000;
		memcpy(note + 12 + 8 * i, &v, 8);
	}
	elf_free(e);
	moved = memfd_of(p, n);
	e = elf_open(moved, err, sizeof(err));
	CHECK_INT(elf_each_sdt(e, take_first, no_bad, &is), 1);
	CHECK(is.base == was.base - 0x1000);
	CHECK(is.pc == was.pc && is.semaphore == was.semaphore);
	elf_free(e);
	close(moved);
	close(fd);
	free(p);
}

/* One bad note is told, and the others are found. */
static void
test_bad_note(void)
{
	int fd = compile("-shared -fPIC", "bad.so"), bad;
	struct buf b = BUF_INIT;
	unsigned char *p, *note;
	char err[256];
	size_t n = slurp(fd, &p);
	struct elf *e;
	int count = 0;

	note = find_bytes(p, n, "\3\0\0\0stapsdt", 12);
	/* the first note's strings run into its end: no NUL */
	memset(note + 12 + 24, 'x', *(uint32_t *)(void *)(note - 4) - 24);
	bad = memfd_of(p, n);
	e = elf_open(bad, err, sizeof(err));
	CHECK_INT(elf_each_sdt(e, count_sdt, no_bad, &count), 0);
	CHECK_INT(count, 2);
	elf_each_sdt(e, show_sdt, show_bad, &b);
	CHECK(strstr(buf_str(&b),
	    "bad: probe note at offset 0 of .note.stapsdt: a string in it has no end\n") != NULL);
	elf_free(e);
	close(bad);
	close(fd);
	buf_fini(&b);
	free(p);
}

/* Ask everything of an object that may be damaged. */
static void
exercise(int fd)
{
	char err[256], byte[8];
	struct elf *e = elf_open(fd, err, sizeof(err));
	uint64_t x;
	int n = 0;

	if (e == NULL)
		return;
	elf_each_sdt(e, count_sdt, no_bad, &n);
	elf_symbol_at(e, elf_entry(e), &x);
	elf_symbol_find(e, "counter", &x);
	elf_file_offset(e, elf_entry(e), true, &x);
	elf_read(e, elf_entry(e), byte, sizeof(byte));
	elf_free(e);
}

static void
test_damage(void)
{
	int fd = compile("-shared -fPIC", "damaged.so");
	unsigned char *p;
	size_t n = slurp(fd, &p);
	unsigned seed = 1;

	for (size_t cut = 0; cut < n; cut += n / 97) {
		int m = memfd_of(p, cut);

		exercise(m);
		close(m);
	}
	for (int i = 0; i < 500; i++) {
		unsigned char *copy = malloc(n);
		int m;

		memcpy(copy, p, n);
		for (int k = 0; k < 20; k++) {	/* headers are what hurts */
			size_t at = (size_t)rand_r(&seed) % (k < 10 ? 1024 : n);

			copy[k % 2 ? at : n - 1 - at] = (unsigned char)rand_r(&seed);
		}
		m = memfd_of(copy, n);
		exercise(m);
		close(m);
		free(copy);
	}
	CHECK(1);
	close(fd);
	free(p);
}

static void
test_refused(void)
{
	char err[256] = "";
	int fd = open("/etc/passwd", O_RDONLY), null = open("/dev/null", O_RDONLY);

	CHECK(elf_open(fd, err, sizeof(err)) == NULL);
	CHECK_STR(err, "not an ELF object");
	CHECK(elf_open(null, err, sizeof(err)) == NULL);
	CHECK_STR(err, "not a regular file");
	CHECK(elf_open(-1, err, sizeof(err)) == NULL);
	CHECK(fcntl(0, F_GETFD) >= 0);	/* and no descriptor that isn't ours was closed */
	close(fd);
	close(null);
}

int
main(void)
{
	char cmd[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	test_notes("-no-pie", "exec", false);
	test_notes("-fPIE -pie", "pie", true);
	test_notes("-shared -fPIC -s", "stripped.so", true);
	test_places();
	test_prelinked();
	test_bad_note();
	test_damage();
	test_refused();
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd) != 0 || tap_done();
}
