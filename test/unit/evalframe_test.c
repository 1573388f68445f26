/*
 * The evaluation loop up to 3.10, by what it does to the chain of frames; in an image made by hand,
 * and in the interpreters that are here.
 */
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "interp/cpython.h"
#include "interp/evalframe.h"
#include "interp/image.h"
#include "interp/x86.h"
#include "os/elf.h"
#include "test/unit/tap.h"

enum { CODE = 0x1000, CODE_BYTES = 0x100, EVAL = CODE + 0x10, END = CODE + 0x40, AGAIN = CODE + 0x60 };

static const struct cpython_layout layout_3_8 = {
	.version = 0x0308, .is_object = true, .tstate_frame = 24, .frame_previous = 24,
}, layout_3_9 = {
	.version = 0x0309, .is_object = true, .tstate_frame = 24, .frame_previous = 24,
};

static uint8_t code[CODE_BYTES];
static const struct image image = { .segment = { { CODE, CODE_BYTES, true, code } }, .n = 1 };

static void
put(uint64_t addr, const char *bytes, size_t n)
{
	memcpy(code + (addr - CODE), bytes, n);
}
#define PUT(ADDR, BYTES) put(ADDR, BYTES, sizeof(BYTES) - 1)

static void
make_image(void)
{
	memset(code, 0xcc, sizeof(code));
	/* endbr64; push %rbx; mov %rsi,%rbx; mov 0x30(%rdi),%eax; mov %rbx,0x18(%rdi);
	 * test %eax,%eax; je +0x80 */
	PUT(EVAL, "\xf3\x0f\x1e\xfa\x53\x48\x89\xf3\x8b\x47\x30\x48\x89\x5f\x18\x85\xc0\x74\x10");
	/* mov 0x18(%rbx),%rax; mov %r15,%rdx; mov %rax,0x18(%rdi); call; pop %rbx; ret */
	PUT(END, "\x48\x8b\x43\x18\x4c\x89\xfa\x48\x89\x47\x18\xe8\0\0\0\0\x5b\xc3");
}

static bool
look(const struct cpython_layout *l, struct handlers *h)
{
	return evalframe_find(&image, l, EVAL, CODE + CODE_BYTES - EVAL, h);
}

static void
test_places(void)
{
	static struct handlers h;

	make_image();
	CHECK(look(&layout_3_9, &h));
	CHECK_INT(h.n, 2);
	CHECK(!h.place[0].is_return && h.place[1].is_return);
	CHECK_INT(h.place[0].addr, EVAL + 17);
	CHECK_INT(h.place[0].frame, X86_BX);
	CHECK_INT(h.place[0].tstate, X86_DI);
	CHECK_INT(h.place[1].addr, END + 11);
	CHECK_INT(h.place[1].frame, X86_BX);
	CHECK_INT(h.place[1].tstate, X86_DI);
	CHECK(!h.place[0].is_stepped && !h.place[1].is_stepped);
}

/* The frame's register is needed for the load: the place is there. And a second end. */
static void
test_overwritten(void)
{
	static struct handlers h;

	make_image();
	/* mov 0x18(%rbx),%rbx; mov %rbx,0x18(%rbp); test %r15,%r15; je to ret; … */
	PUT(AGAIN, "\x48\x8b\x5b\x18\x48\x89\x5d\x18\x4d\x85\xff\x74\x02\xff\xe0\xc3");
	CHECK(look(&layout_3_9, &h));
	CHECK_INT(h.n, 3);
	CHECK_INT(h.place[2].addr, AGAIN);
	CHECK_INT(h.place[2].frame, X86_BX);
	CHECK_INT(h.place[2].tstate, X86_BP);
	CHECK(h.place[2].is_stepped && h.place[2].is_return);
}

/* A jump to between the load and the call. */
static void
test_joined(void)
{
	static struct handlers h;

	make_image();
	PUT(AGAIN, "\xeb\xe5");			/* jmp END + 7 */
	CHECK_INT(AGAIN + 2 - 27, END + 7);
	CHECK(look(&layout_3_9, &h));
	CHECK_INT(h.place[1].addr, END);
	CHECK(h.place[1].is_stepped);
}

static void
test_strange(void)
{
	static struct handlers h;

	make_image();
	CHECK(!look(&layout_3_8, &h));		/* its frame is the first argument */
	CHECK(h.why[0] != '\0');
	PUT(END + 17, "\xff\xe0");		/* no end: jmp *%rax */
	CHECK(!look(&layout_3_9, &h));
	make_image();
	PUT(EVAL + 4, "\xc3");
	CHECK(!look(&layout_3_9, &h));
	CHECK(!evalframe_find(&image, &layout_3_9, 0, 0, &h));
	CHECK(!evalframe_find(&image, &layout_3_9, CODE + CODE_BYTES - 1, 1 << 20, &h));
}

static void
test_real(const char *path)
{
	static struct handlers h;
	struct cpython py;
	char err[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct elf *elf = fd >= 0 ? elf_open(fd, err, sizeof(err)) : NULL;

	if (elf != NULL && cpython_read(elf, &py, &h) && py.layout != NULL &&
	    py.layout->is_object && !py.is_true) {
		printf("# %s\n", path);
		CHECK_STR(py.why, "");
		CHECK(h.n >= 2);
		for (uint32_t i = 0; i < h.n; i++)
			CHECK(h.place[i].frame >= 0 && h.place[i].tstate >= 0);
	}
	elf_free(elf);
	if (fd >= 0)
		close(fd);
}

int
main(void)
{
	static const char *const pattern[] = {
		"~/.pyenv/versions/3.[789].*/lib/libpython3.?*.so.1.0",
		"~/.pyenv/versions/3.10.*/lib/libpython3.10.so.1.0",
		"build/root/*/python",
	};

	test_places();
	test_overwritten();
	test_joined();
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
