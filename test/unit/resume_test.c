/* Where a RESUME has the thread state: in a register, on the stack; and free-threaded builds'
 * number of the copy of the code. Code as compilers make it. */
#include <string.h>

#include "interp/image.h"
#include "interp/resume.h"
#include "interp/x86.h"
#include "test/unit/tap.h"

enum { CODE = 0x1000, CODE_BYTES = 0x80 };

static const struct cpython_layout layout_3_12 = {
	.tstate_interp = 16, .interp_monitored = 48, .code_monitored = 160,
}, layout_3_13 = {
	.tstate_breaker = 24, .tstate_tracing = 60, .code_monitored = 168,
}, layout_3_14t = {
	.is_free_threaded = true, .frame_copy = 72, .tstate_breaker = 24, .code_monitored = 184,
};

static struct resume_thread
look(const struct cpython_layout *l, const char *bytes, size_t n)
{
	uint8_t code[CODE_BYTES];
	const struct image image = { .segment = { { CODE, sizeof(code), true, code } }, .n = 1 };

	memset(code, 0xc3, sizeof(code));
	memcpy(code, bytes, n);
	return resume_find_thread(&image, CODE, X86_BX, l);
}
#define LOOK(LAYOUT, BYTES) look(LAYOUT, BYTES, sizeof(BYTES) - 1)

static void
test_register(void)
{
	/* mov %r10,0x38(%rbx); mov 0x18(%r12),%rax */
	struct resume_thread t = LOOK(&layout_3_13, "\x4c\x89\x53\x38\x49\x8b\x44\x24\x18");

	CHECK_INT(t.reg, 12);
	CHECK(!t.is_spilled);
	CHECK_INT(t.copy, 0);
	t = LOOK(&layout_3_13, "\x41\x83\x7c\x24\x3c\x00");	/* cmpl $0,0x3c(%r12) */
	CHECK_INT(t.reg, 12);
	t = LOOK(&layout_3_13, "\x48\x8b\x43\x18");		/* mov 0x18(%rbx): the frame's */
	CHECK_INT(t.reg, -1);
	/* mov (%rbx),%rax; mov 0x18(%rax),%rcx: the code's */
	t = LOOK(&layout_3_13, "\x48\x8b\x03\x48\x8b\x48\x18");
	CHECK_INT(t.reg, -1);
}

static void
test_spilled(void)
{
	/* mov (%rsp),%rax; mov 0x3c(%rax),%esi */
	struct resume_thread t = LOOK(&layout_3_13, "\x48\x8b\x04\x24\x8b\x70\x3c");

	CHECK_INT(t.reg, X86_SP);
	CHECK(t.is_spilled);
	CHECK_INT(t.disp, 0);
	/* mov 8(%rsp),%rax; mov 0x10(%rax),%rsi; mov 0x30(%rsi),%rax */
	t = LOOK(&layout_3_12, "\x48\x8b\x44\x24\x08\x48\x8b\x70\x10\x48\x8b\x46\x30");
	CHECK_INT(t.reg, X86_SP);
	CHECK(t.is_spilled);
	CHECK_INT(t.disp, 8);
}

static void
test_copy(void)
{
	/* mov 0x3ca0(%r13),%eax; cmp %eax,0x48(%rbx) */
	struct resume_thread t = LOOK(&layout_3_14t, "\x41\x8b\x85\xa0\x3c\0\0\x39\x43\x48");

	CHECK_INT(t.reg, 13);
	CHECK_INT(t.copy, 0x3ca0);
	/* mov -0x248(%rbp),%rax; mov 0x3ca0(%rax),%eax; cmp %eax,0x48(%rbx) */
	t = LOOK(&layout_3_14t, "\x48\x8b\x85\xb8\xfd\xff\xff\x8b\x80\xa0\x3c\0\0\x39\x43\x48");
	CHECK_INT(t.reg, X86_BP);
	CHECK(t.is_spilled);
	CHECK_INT(t.disp, -0x248);
	CHECK_INT(t.copy, 0x3ca0);
	/* mov 0x48(%rbx),%eax; cmp %eax,0x3ca0(%r13) */
	t = LOOK(&layout_3_14t, "\x8b\x43\x48\x41\x39\x85\xa0\x3c\0\0");
	CHECK_INT(t.reg, 13);
	CHECK_INT(t.copy, 0x3ca0);
	t = LOOK(&layout_3_14t, "\x41\x8b\x85\xa0\x3c\0\0\x39\x43\x4c");	/* of another member */
	CHECK_INT(t.reg, -1);
	t = LOOK(&layout_3_14t, "\xeb\xfe");					/* for ever */
	CHECK_INT(t.reg, -1);
}

int
main(void)
{
	test_register();
	test_spilled();
	test_copy();
	return tap_done();
}
