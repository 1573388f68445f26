/*
 * Handlers of opcodes: the table among other tables, the registers, the instruction to which a
 * place slides; in an image made by hand, and in the interpreters that are here.
 */
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "interp/cpython.h"
#include "interp/handler.h"
#include "interp/image.h"
#include "interp/x86.h"
#include "os/elf.h"
#include "test/unit/tap.h"

enum {
	CODE = 0x1000, CODE_BYTES = 0x4000, DATA = 0x8000, DATA_BYTES = 0x2000, EACH = 0x20,
	RESUME = 151, CHECK_RESUME = 150, RETURN = 83, YIELD = 86, CLEAR = CODE + 0x3000,
	UNWIND = CODE + 0x3100, EVAL = CODE + 0x3200, THROW = CODE + 0x3300,
};

static const struct cpython_layout layout = {
	.resume = { RESUME, CHECK_RESUME }, .leave = { RETURN }, .yield = { YIELD },
	.frame_instr = 56,
};

static uint8_t code[CODE_BYTES], data[DATA_BYTES];
static struct image image = {
	.segment = { { CODE, CODE_BYTES, true, code }, { DATA, DATA_BYTES, false, data } }, .n = 2,
};

static uint64_t
handler(unsigned op)
{
	return CODE + EACH * (op + 1);
}

static void
put(uint64_t addr, const char *bytes, size_t n)
{
	memcpy(code + (addr - CODE), bytes, n);
}
#define PUT(ADDR, BYTES) put(ADDR, BYTES, sizeof(BYTES) - 1)

static void
put_call(uint64_t addr, uint64_t to)
{
	int32_t rel = (int32_t)(to - addr - 5);

	code[addr - CODE] = 0xe8;
	memcpy(code + (addr - CODE) + 1, &rel, 4);
}

static void
put_table(uint64_t addr, unsigned n, unsigned nknown)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t to = i % 256 < nknown ? handler(i % 256) : handler(255);

		memcpy(data + (addr - DATA) + 8 * i, &to, 8);
	}
}

static void
make_image(void)
{
	memset(code, 0xcc, sizeof(code));
	memset(data, 0, sizeof(data));
	put_table(DATA + 8, 256, 200);
	/* endbr64; mov %r10,0x38(%rbx); cmp %rax,(%rdi); jne +1; ret; ret */
	PUT(handler(RESUME), "\xf3\x0f\x1e\xfa\x4c\x89\x53\x38\x48\x39\x07\x75\x01\xc3\xc3");
	/* mov %r10,0x38(%rbx); test %eax,%eax; je +1 */
	PUT(handler(CHECK_RESUME), "\x4c\x89\x53\x38\x85\xc0\x74\x01\xc3\xc3");
	/* mov %r10,0x38(%rbx); mov %rbx,%rsi; mov 8(%rbx),%rbx; call CLEAR */
	PUT(handler(RETURN), "\x4c\x89\x53\x38\x48\x89\xde\x48\x8b\x5b\x08");
	put_call(handler(RETURN) + 11, CLEAR);
	/* mov %r10,0x38(%rbx); mov 8(%rbx),%rbx; movq $0,8(%rbp); jmp +0 */
	PUT(handler(YIELD), "\x4c\x89\x53\x38\x48\x8b\x5b\x08\x48\xc7\x45\x08\0\0\0\0\xeb\x00\xc3");
	put_call(UNWIND, CLEAR);
	/* push %rbx; mov %rsi,%rbx; mov %edx,0xc(%rsp); cmpl $0,0xc(%rsp); jne THROW */
	PUT(EVAL, "\x53\x48\x89\xf3\x89\x54\x24\x0c\x83\x7c\x24\x0c\x00\x0f\x85\xed\x00\x00\x00\xc3");
	PUT(THROW, "\xc3");
}

static const struct handler_place *
find(const struct handlers *h, uint64_t from, uint64_t bytes)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (h->place[i].addr - from < bytes)
			return &h->place[i];
	return NULL;
}

static void
test_places(void)
{
	static struct handlers h;
	const struct handler_place *p;

	make_image();
	CHECK(handlers_find(&image, &layout, EVAL, &h));
	CHECK_INT(h.n, 6);
	CHECK(h.has_throw && h.has_unwind);
	p = find(&h, handler(RESUME), EACH);
	CHECK(p != NULL && p->addr == handler(RESUME) + 11 && !p->is_stepped && !p->is_return);
	CHECK(p != NULL && p->frame == X86_BX && p->instr == -1 && p->is_resume);
	p = find(&h, handler(RETURN), EACH);
	CHECK(p != NULL && p->addr == handler(RETURN) + 11 && p->frame == X86_SI && p->is_return);
	p = find(&h, handler(YIELD), EACH);
	CHECK(p != NULL && p->frame == X86_BP && p->why == CPYTHON_YIELD && !p->is_stepped);
	p = find(&h, UNWIND, 1);
	CHECK(p != NULL && p->only_if_raised && p->frame == X86_SI && p->tstate == X86_DI);
	p = find(&h, THROW, 1);
	CHECK(p != NULL && !p->is_return && p->why == CPYTHON_RAISE && p->frame == X86_BX);
}

/* A jump into the middle: what comes by there must not be counted again. */
static void
test_joined(void)
{
	static struct handlers h;
	const struct handler_place *p;

	make_image();
	/* CHECK_RESUME: je to RESUME's comparison, one handler on */
	PUT(handler(CHECK_RESUME) + 6, "\x74\x20");
	CHECK_INT(handler(CHECK_RESUME) + 8 + 0x20, handler(RESUME) + 8);
	CHECK(handlers_find(&image, &layout, 0, &h));
	p = find(&h, handler(RESUME), EACH);
	CHECK(p != NULL && p->addr == handler(RESUME) + 4 && p->is_stepped);
	CHECK(p != NULL && p->frame == X86_BX && p->instr == 10);
	CHECK(!h.has_throw);
}

static void
test_table(void)
{
	static struct handlers h;
	uint64_t table[256];

	make_image();
	CHECK_INT(handler_table(&image, table), 0);
	CHECK_INT(table[RETURN], handler(RETURN));
	put_table(DATA + 8, 257, 200);
	CHECK_INT(handler_table(&image, table), -1);
	CHECK(!handlers_find(&image, &layout, 0, &h) && strstr(h.why, "table") != NULL);
	memset(data, 0, sizeof(data));
	put_table(DATA, 256, 30);
	CHECK_INT(handler_table(&image, table), -1);
	put_table(DATA, 256, 200);
	put_table(DATA + 8 * 300, 256, 180);
	CHECK_INT(handler_table(&image, table), -1);	/* two: which? */
	memset(data, 0, sizeof(data));
	put_table(DATA, 512, 200);
	put_table(DATA, 256, 20);			/* 3.15: the one for tracing before */
	CHECK_INT(handler_table(&image, table), 0);
	CHECK_INT(table[RETURN], handler(RETURN));
}

static void
test_strange(void)
{
	static struct handlers h;

	make_image();
	PUT(handler(RETURN), "\xc3");
	CHECK(!handlers_find(&image, &layout, 0, &h) && strstr(h.why, "83") != NULL);
	make_image();
	PUT(handler(RESUME), "\xeb\xfe");		/* a jump to itself */
	CHECK(!handlers_find(&image, &layout, 0, &h));
	PUT(handler(RESUME), "\xe9\x00\x00\x00\x70");	/* out of the image */
	CHECK(!handlers_find(&image, &layout, 0, &h));
}

static void
test_real(const char *path)
{
	static struct handlers h;
	struct cpython py;
	char err[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct elf *elf = fd >= 0 ? elf_open(fd, err, sizeof(err)) : NULL;

	if (elf != NULL && cpython_read(elf, &py, &h) && py.layout != NULL && !py.is_true && !py.layout->is_object) {
		printf("# %s\n", path);
		CHECK_STR(py.why, "");
		CHECK(h.has_throw && h.has_unwind);
		CHECK(h.n >= 5);
		CHECK(py.tls != CPYTHON_TLS_NONE);
		for (uint32_t i = 0; i < h.n; i++) {
			CHECK(h.place[i].frame >= 0);
			CHECK(!h.place[i].is_resume || py.layout->code_monitored == 0 ||
			    h.place[i].tstate >= 0);
		}
	}
	elf_free(elf);
	if (fd >= 0)
		close(fd);
}

int
main(void)
{
	static const char *const pattern[] = {
		"~/.pyenv/versions/3.1[1-5].*/lib/libpython3.1?.so.1.0",
		"build/root/*/usr/bin/python3.1?",
		"build/root/*/python",
		"build/root/*/libpython3.1*.so.1.0",
		"/usr/bin/python3.1?",
	};

	test_places();
	test_joined();
	test_table();
	test_strange();
	for (size_t i = 0; i < sizeof(pattern) / sizeof(pattern[0]); i++) {
		glob_t g;

		if (glob(pattern[i], GLOB_TILDE, NULL, &g) == 0)
			for (size_t k = 0; k < g.gl_pathc; k++)
				test_real(g.gl_pathv[k]);
		globfree(&g);
	}
	return tap_done();
}
