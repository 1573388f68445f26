/* Argument strings: what gcc and clang write, and what nobody should. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "prov/argspec.h"
#include "test/unit/tap.h"

static struct arena arena;

/* An argument in one line: "i4 reg 80", "u8 mem base 32 index 40<<2 + -20", "bad: why". */
static void
show_arg(struct buf *b, const struct arg *a)
{
	static const char *const kind[] = { "const", "reg", "mem", "bad" };

	buf_printf(b, "%c%d %s", a->is_float ? 'f' : a->is_signed ? 'i' : 'u', a->size_bytes,
	    kind[a->kind]);
	if (a->kind == ARG_REG)
		buf_printf(b, " %d%s", a->reg, a->is_high_byte ? "h" : "");
	if (a->kind == ARG_MEM && a->base >= 0)
		buf_printf(b, " base %d", a->base);
	if (a->kind == ARG_MEM && a->index >= 0)
		buf_printf(b, " index %d:%d%s<<%d", a->index, a->index_bytes,
		    a->is_index_signed ? "s" : "", a->scale_shift);
	if (a->is_addr32)
		buf_puts(b, " addr32");
	if (a->is_pc_relative)
		buf_puts(b, " pc");
	if (a->symbol != NULL)
		buf_printf(b, " sym %s", a->symbol);
	if (a->kind == ARG_CONST || (a->kind == ARG_MEM && a->val != 0))
		buf_printf(b, " %" PRId64, (int64_t)a->val);
	if (a->kind == ARG_BAD && a->why == NULL)
		buf_puts(b, " WITHOUT REASON");
}

static const char *
show(int machine, const char *text)
{
	static struct buf b;
	struct argspec *s = argspec_parse(&arena, machine, text);

	buf_clear(&b);
	for (uint32_t i = 0; i < s->narg; i++) {
		buf_puts(&b, i > 0 ? "; " : "");
		show_arg(&b, &s->arg[i]);
	}
	return buf_str(&b);
}

static const struct { const char *text, *want; } x86[] = {
	/* Debian's python3.11, libc, libstdc++ */
	{ "8@%rbx 8@%r15", "u8 reg 40; u8 reg 0" },
	{ "-4@112(%rsp)", "i4 mem base 152 112" },
	{ "8@%r14 8@%rax -4@%ebp", "u8 reg 8; u8 reg 80; i4 reg 32" },
	{ "8@%rdi -4@%esi 8@%rdx -4@$0", "u8 reg 112; i4 reg 104; u8 reg 96; i4 const 0" },
	{ "-4@-228(%rbp)", "i4 mem base 32 -228" },
	{ "", "" },
	/* registers of every width */
	{ "1@%al -1@%ah 2@%ax 4@%eax 8@%rax",
	    "u1 reg 80; i1 reg 80h; u2 reg 80; u4 reg 80; u8 reg 80" },
	{ "1@%bh 1@%ch 1@%dh", "u1 reg 40h; u1 reg 88h; u1 reg 96h" },
	{ "1@%sil 2@%di 1@%bpl 1@%spl 8@%rsp",
	    "u1 reg 104; u2 reg 112; u1 reg 32; u1 reg 152; u8 reg 152" },
	{ "1@%r8b 2@%r9w 4@%r10d 8@%r11 1@%r12b 2@%r13w 4@%r14d 8@%r15",
	    "u1 reg 72; u2 reg 64; u4 reg 56; u8 reg 48; "
	    "u1 reg 24; u2 reg 16; u4 reg 8; u8 reg 0" },
	/* the width before @ governs */
	{ "-2@%eax 4@%rdi 8@%r8d", "i2 reg 80; u4 reg 112; u8 reg 72" },
	/* constants */
	{ "8@$20015998343868 -4@$-3 8@$0x10", "u8 const 20015998343868; i4 const -3; u8 const 16" },
	{ "8@$2147483648 8@$18446744073709551615 -8@$-9223372036854775808",
	    "u8 const 2147483648; u8 const -1; i8 const -9223372036854775808" },
	{ "8@$18446744073709551616 8@$-9223372036854775809", "u8 bad; u8 bad" },
	/* memory */
	{ "-1@(%rdi) 8@8(%rsp) 4@-0x10(%rbp)",
	    "i1 mem base 112; u8 mem base 152 8; u4 mem base 32 -16" },
	{ "-4@(%rdi,%rdx,4) 8@-8(%rbx,%r12,8)",
	    "i4 mem base 112 index 96:8<<2; u8 mem base 40 index 24:8<<3 -8" },
	{ "8@(%rax,%rbx) 8@(%rax,%rbx,1)",
	    "u8 mem base 80 index 40:8<<0; u8 mem base 80 index 40:8<<0" },
	{ "8@(,%rcx,2) 8@1000(,%rcx,8)", "u8 mem index 88:8<<1; u8 mem index 88:8<<3 1000" },
	{ "4@8(%eax) 4@(%eax,%ebx,2)",
	    "u4 mem base 80 addr32 8; u4 mem base 80 index 40:4<<1 addr32" },
	{ "4@4096", "u4 mem 4096" },
	/* symbols */
	{ "-1@ti(%rip) 8@sym+4(%rip) 8@sym-8(%rip) 8@4+sym(%rip)",
	    "i1 mem sym ti; u8 mem sym sym 4; u8 mem sym sym -8; u8 mem sym sym 4" },
	{ "8@16(%rip)", "u8 mem base 128 16" },
	{ "8@sym 8@tab(,%rdi,8) 4@tab+4(%rax) 8@$sym+1",
	    "u8 mem sym sym; u8 mem index 112:8<<3 sym tab; "
	    "u4 mem base 80 sym tab 4; u8 const sym sym 1" },
	{ "4@.LC0(%rip) 4@_ZL1x.0(%rip)", "u4 mem sym .LC0; u4 mem sym _ZL1x.0" },
	/* floats: parsed, refused at use */
	{ "4f@%r10d 8f@%rdi 8f@(%rdi,%rdx,8)",
	    "f4 reg 56; f8 reg 112; f8 mem base 112 index 96:8<<3" },
	{ "8f@%xmm0 8@%rax", "f8 bad; u8 reg 80" },
	/* wrong ones spoil themselves only */
	{ "8@%foo 8@%rax", "u8 bad; u8 reg 80" },
	{ "16@%rax 3@%rax 8@%rbx", "u8 bad; u8 bad; u8 reg 40" },
	{ "%rax 8@ @%rax 8 8@% 8@$", "u8 bad; u8 bad; u8 bad; u8 bad; u8 bad; u8 bad" },
	{ "x=8@%rax 8@%rax, 8@%rbx", "u8 bad; u8 bad; u8 reg 40" },
	{ "8@(%rax 8@%rbx", "u8 bad; u8 reg 40" },
	{ "8@(%rax) junk", "u8 mem base 80; u8 bad" },
	{ "8@%fs:-8 8@x@tpoff(%rax) 8@x@GOTPCREL(%rip)", "u8 bad; u8 bad; u8 bad" },
	{ "8@(%al) 8@(%rax,%rbx,3) 8@(%rax,%ebx,2) 8@() 8@(,) 8@a-b(%rip) 8@(%rip,%rax,2)",
	    "u8 bad; u8 bad; u8 bad; u8 bad; u8 bad; u8 bad; u8 bad" },
	{ "  8@%rax\t8@%rbx  ", "u8 reg 80; u8 reg 40" },
};

static const struct { const char *text, *want; } arm[] = {
	{ "-4@x0 1@x4 8@x29 8@x30", "i4 reg 0; u1 reg 32; u8 reg 232; u8 reg 240" },
	{ "4@w3 8@sp 8@fp 8@lr", "u4 reg 24; u8 reg 248; u8 reg 232; u8 reg 240" },
	{ "-4@-3 8@20015998343868 -4@#7 8@xzr 4@wzr",
	    "i4 const -3; u8 const 20015998343868; i4 const 7; u8 const 0; u4 const 0" },
	{ "-8@[sp, 32] -8@[sp] -4@[x3, 48]",
	    "i8 mem base 248 32; i8 mem base 248; i4 mem base 24 48" },
	{ "-8@[sp,#-16] 8@[x1, x2]", "i8 mem base 248 -16; u8 mem base 8 index 16:8<<0" },
	{ "8@[x1, x2, lsl 3] 8@[x1, x2, lsl #2]",
	    "u8 mem base 8 index 16:8<<3; u8 mem base 8 index 16:8<<2" },
	{ "8@[x1, w2, sxtw 3] 8@[x1, w2, uxtw]",
	    "u8 mem base 8 index 16:4s<<3; u8 mem base 8 index 16:4<<0" },
	{ "4f@x6 8f@x7 8f@[sp, 16]", "f4 reg 48; f8 reg 56; f8 mem base 248 16" },
	{ "8@x31 8@[w1] 8@[x1, w2] 8@[x1, 8]! 8@[sp, 8 8@x1",
	    "u8 bad; u8 bad; u8 bad; u8 bad; u8 bad; u8 bad; u8 reg 8" },
};

static const char *
find(void *self, const char *symbol, uint64_t *addr)
{
	(void)self;
	*addr = 0x3000;
	return strcmp(symbol, "sym") == 0 ? NULL : "is nowhere";
}

static void
test_resolve(void)
{
	struct argspec *s = argspec_parse(&arena, EM_X86_64,
	    "8@sym-8(%rip) 8@no(%rip) 8@$sym 8@%rax");

	CHECK(s->has_symbols);
	argspec_resolve(&arena, s, 0x1000, find, NULL);
	CHECK(!s->has_symbols);
	CHECK(s->arg[0].kind == ARG_MEM && s->arg[0].is_pc_relative && s->arg[0].val == 0x1ff8);
	CHECK(s->arg[0].base == -1 && s->arg[0].why == NULL && s->ip == 128);
	CHECK(s->arg[1].kind == ARG_BAD);
	CHECK_STR(s->arg[1].why, "symbol \"no\" is nowhere");
	CHECK(s->arg[2].kind == ARG_CONST && s->arg[2].is_pc_relative && s->arg[2].val == 0x2000);
}

static void
test_reasons(void)
{
	struct argspec *s = argspec_parse(&arena, EM_X86_64, "8f@%xmm0 16@%rax 4@%al");

	CHECK_STR(s->arg[0].why, "\"8f@%xmm0\" cannot be read: no such register");
	CHECK_STR(s->arg[1].why, "\"16@%rax\" cannot be read: the size must be 1, 2, 4 or 8");
	CHECK(s->arg[2].why == NULL);
	s = argspec_parse(&arena, EM_386, "4@%eax");
	CHECK_STR(s->arg[0].why,
	    "\"4@%eax\" cannot be read: arguments of this machine are unknown");
}

static void
test_many(void)
{
	char text[1024] = "";

	for (int i = 0; i < 100; i++)
		memcpy(text + 7 * i, "8@%rax ", 8);
	CHECK_INT(argspec_parse(&arena, EM_X86_64, text)->narg, ARGSPEC_MAX);
}

static void
test_types(void)
{
	static const char *const want[] = { "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
	    "uint32_t", "int64_t", "uint64_t", "float", "double" };
	struct argspec *s = argspec_parse(&arena, EM_X86_64, "-1@%al 1@%al -2@%ax 2@%ax -4@%eax "
	    "4@%eax -8@%rax 8@%rax 4f@%rax 8f@%rax");

	for (uint32_t i = 0; i < s->narg; i++)
		CHECK_STR(argspec_type(&s->arg[i]), want[i]);
}

int
main(void)
{
	arena_init(&arena);
	for (size_t i = 0; i < sizeof(x86) / sizeof(x86[0]); i++)
		if (!CHECK_STR(show(EM_X86_64, x86[i].text), x86[i].want))
			printf("#  text: %s\n", x86[i].text);
	for (size_t i = 0; i < sizeof(arm) / sizeof(arm[0]); i++)
		if (!CHECK_STR(show(EM_AARCH64, arm[i].text), arm[i].want))
			printf("#  text: %s\n", arm[i].text);
	test_resolve();
	test_reasons();
	test_many();
	test_types();
	arena_fini(&arena);
	return tap_done();
}
