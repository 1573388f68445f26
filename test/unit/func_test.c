/* Functions of a few bytes: where they may be entered, where they end, and what is refused. */
#include <string.h>

#include "interp/func.h"
#include "test/unit/tap.h"

enum { ADDR = 0x1000, OTHER = 0x2000, CODE_MAX = 40, REFUSED = -1, NONE = -1 };

/* Ends: offset, and 100 for a conditional jump; NONE at the end of the list. */
static const struct {
	const char *text;
	uint8_t code[CODE_MAX];
	size_t n;
	int entry;		/* REFUSED: can't be decoded */
	int end[4];
} row[] = {
	{ "push; pop; ret", { 0x55, 0x5d, 0xc3 }, 3, 0, { 2, NONE } },
	{ "endbr64; push; pop; ret", { 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x5d, 0xc3 }, 7, 4, { 6, NONE } },
	{ "endbr64; mov %rdi,%rax; push …", { 0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x89, 0xf8, 0x55, 0x5d, 0xc3 },
	    10, 7, { 9, NONE } },
	{ "endbr64; mov %rax,%rdi; push …: an argument is lost",
	    { 0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x89, 0xc7, 0x55, 0x5d, 0xc3 }, 10, 0, { 9, NONE } },
	{ "mov (%rdi),%eax; push …: may fail", { 0x8b, 0x07, 0x55, 0x5d, 0xc3 }, 5, 0, { 4, NONE } },
	{ "mov %eax,(%rdi); push …: changes what is pointed to", { 0x89, 0x07, 0x55, 0x5d, 0xc3 }, 5, 0,
	    { 4, NONE } },
	{ "lea 8(%rdi),%rax; push …", { 0x48, 0x8d, 0x47, 8, 0x55, 0x5d, 0xc3 }, 7, 4, { 6, NONE } },
	{ "mov %fs:0x28,%rax; push …", { 0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0, 0x55, 0x5d, 0xc3 },
	    12, 9, { 11, NONE } },
	{ "sub $8,%rsp; call; add; ret", { 0x48, 0x83, 0xec, 8, 0xe8, 0, 0, 0, 0, 0x48, 0x83, 0xc4, 8,
	    0xc3 }, 14, 0, { 13, NONE } },
	{ "endbr64; 1: push; pop; jne 1b; ret: reached twice",
	    { 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x5d, 0x75, 0xfc, 0xc3 }, 9, 0, { 8, NONE } },
	{ "jmp to another function", { 0x31, 0xc0, 0xe9, 0xf9, 0x0f, 0, 0 }, 7, 0, { 2, NONE } },
	{ "je to another function", { 0x85, 0xff, 0x0f, 0x84, 0xf8, 0x0f, 0, 0, 0xc3 }, 9, 0,
	    { 102, 8, NONE } },
	{ "jmp to what nobody knows", { 0xe9, 0xfb, 0x1f, 0, 0 }, 5, 0, { 0, NONE } },
	{ "push; jmp to what nobody knows: a part of it", { 0x55, 0xe9, 0xfa, 0x1f, 0, 0, 0x5d, 0xc3 }, 8,
	    0, { 7, NONE } },
	{ "je to what nobody knows: a part of it", { 0x0f, 0x84, 0xfa, 0x1f, 0, 0, 0xc3 }, 7, 0,
	    { 6, NONE } },
	{ "jmp *%rax", { 0xff, 0xe0 }, 2, 0, { 0, NONE } },
	{ "notrack jmp *%rax: a switch", { 0x3e, 0xff, 0xe0, 0xc3 }, 4, 0, { 3, NONE } },
	{ "add %rdx,%rax; jmp *%rax: a switch", { 0x48, 0x01, 0xd0, 0xff, 0xe0, 0xc3 }, 6, 0, { 5, NONE } },
	{ "jmp *0x18(%rax)", { 0xff, 0x60, 0x18 }, 3, 0, { 0, NONE } },
	{ "push; jmp *0x18(%rax): a computed goto", { 0x55, 0xff, 0x60, 0x18, 0x5d, 0xc3 }, 6, 0,
	    { 5, NONE } },
	{ "jmp *0x3000(,%rdi,8): a table of this function's", { 0xff, 0x24, 0xfd, 0, 0x30, 0, 0, 0xc3 }, 8,
	    0, { 7, NONE } },
	{ "jmp *0x4000(,%rdi,8): of others", { 0xff, 0x24, 0xfd, 0, 0x40, 0, 0, 0xc3 }, 8, 0,
	    { 0, 7, NONE } },
	{ "push %rbp; mov %rsp,%rbp; push; leave; jmp to what nobody knows",
	    { 0x55, 0x48, 0x89, 0xe5, 0x53, 0xc9, 0xe9, 0xf5, 0x1f, 0, 0 }, 11, 0, { 6, NONE } },
	{ "vmovd %esi,%xmm0; push …", { 0xc5, 0xf9, 0x6e, 0xc6, 0x55, 0x5d, 0xc3 }, 7, 4, { 6, NONE } },
	{ "vmovd %xmm0,%esi; push …", { 0xc5, 0xf9, 0x7e, 0xc6, 0x55, 0x5d, 0xc3 }, 7, 0, { 6, NONE } },
	{ "xbegin is no end", { 0xc7, 0xf8, 0xfa, 0x0f, 0, 0, 0xc3 }, 7, 0, { 6, NONE } },
	{ "je over lock", { 0x74, 0x01, 0xf0, 0x48, 0xff, 0x07, 0xc3 }, 7, 0, { 6, NONE } },
	{ "jmp into the middle", { 0xeb, 0x01, 0xb8, 0xc3, 0, 0, 0, 0xc3 }, 8, REFUSED, { NONE } },
	{ "no instruction", { 0xeb, 0x01, 0x06, 0xc3 }, 4, REFUSED, { NONE } },
	{ "cut off", { 0x55, 0x48, 0x89 }, 3, REFUSED, { NONE } },
	{ "mov 0x1(%rip),%eax; ret; data", { 0x8b, 0x05, 1, 0, 0, 0, 0xc3, 1, 0, 0, 0 }, 11, REFUSED,
	    { NONE } },
	{ "lea to its own beginning", { 0x48, 0x8d, 0x05, 0xf9, 0xff, 0xff, 0xff, 0x55, 0x5d, 0xc3 }, 10,
	    7, { 9, NONE } },
};

static enum func_beyond
beyond(void *self, uint64_t target)
{
	(void)self;
	return target == OTHER ? FUNC_ELSEWHERE : FUNC_UNKNOWN;
}

static bool
word(void *self, uint64_t addr, uint64_t *value)
{
	(void)self;
	*value = addr == 0x3000 ? ADDR + 7 : OTHER;
	return addr == 0x3000 || addr == 0x4000;
}

struct ends {
	int end[8];
	size_t n;
};

static void
on_end(void *self, const struct func_end *e)
{
	struct ends *s = self;

	if (s->n < 7)
		s->end[s->n++] = (int)e->off + (e->condition >= 0 ? 100 : 0);
	s->end[s->n] = NONE;
}

static void
check_row(size_t i)
{
	const struct func_ask ask = { .beyond = beyond, .word = word };
	struct func f = { .addr = ADDR, .code = row[i].code, .n = row[i].n };
	struct ends got = { .end = { NONE } };
	const char *why = func_decode(&f);

	printf("# %s\n", row[i].text);
	CHECK_INT(why != NULL, row[i].entry == REFUSED);
	if (why == NULL) {
		CHECK_INT(func_entry(&f), row[i].entry);
		func_each_end(&f, &ask, on_end, &got);
		for (size_t k = 0; k <= got.n; k++)
			CHECK_INT(got.end[k], row[i].end[k]);
	}
	func_fini(&f);
}

/* What is seldom executed lies elsewhere: its ends are the function's, and its jumps lead there. */
static void
check_parts(void)
{
	static const uint8_t main_code[] = { 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x5d,
	    0x0f, 0x84, 0xf4, 0x0f, 0, 0, 0xc3 };	/* je OTHER */
	static const uint8_t cold_code[] = { 0xe9, 0xff, 0xef, 0xff, 0xff, 0xc3 };	/* jmp ADDR + 4 */
	const struct func_ask ask = { .beyond = beyond, .word = word };
	struct func f = { .addr = ADDR, .code = main_code, .n = sizeof(main_code) };
	struct func cold = { .addr = OTHER, .code = cold_code, .n = sizeof(cold_code), .part = &f };
	struct ends got = { .end = { NONE } };

	CHECK(func_decode(&f) == NULL);
	CHECK_INT(func_entry(&f), 4);
	CHECK(func_decode(&cold) == NULL);
	f.part = &cold;
	CHECK_INT(func_entry(&f), 0);
	func_each_end(&f, &ask, on_end, &got);
	CHECK_INT(got.end[0], 12);
	CHECK_INT(got.end[1], NONE);
	func_each_end(&cold, &ask, on_end, &got);
	CHECK_INT(got.end[1], 5);
	CHECK_INT(got.n, 2);
	func_fini(&f);
	func_fini(&cold);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		check_row(i);
	check_parts();
	return tap_done();
}
