/* Instructions of compiled C: length, kind, where they lead, what they write. */
#include <string.h>

#include "interp/x86.h"
#include "test/unit/tap.h"

#define BIT(R) (1u << (R))

static const struct {
	const char *text;
	uint8_t code[12];
	uint8_t bytes;		/* 0: refused */
	enum x86_kind kind;
	uint32_t writes;
	bool is_emulated;
	int64_t target;		/* from the instruction's address; 0: none */
} row[] = {
	{ "mov %r10,0x38(%rbx)", { 0x4c, 0x89, 0x53, 0x38 }, 4, X86_OTHER, 0, false, 0 },
	{ "mov %rbx,%rsi", { 0x48, 0x89, 0xde }, 3, X86_OTHER, BIT(X86_SI), false, 0 },
	{ "mov 0x8(%rsp),%rax", { 0x48, 0x8b, 0x44, 0x24, 8 }, 5, X86_OTHER, BIT(X86_AX), false, 0 },
	{ "lea 0x2(%r10),%rax", { 0x49, 0x8d, 0x42, 2 }, 4, X86_OTHER, BIT(X86_AX), false, 0 },
	{ "add $2,%r15", { 0x49, 0x83, 0xc7, 2 }, 4, X86_OTHER, BIT(15), false, 0 },
	{ "cmpl $0,0x3c(%r12)", { 0x41, 0x83, 0x7c, 0x24, 0x3c, 0 }, 6, X86_OTHER, 0, false, 0 },
	{ "cmpw $0,disp(%rip)", { 0x66, 0x83, 0x3d, 1, 2, 3, 4, 0 }, 8, X86_OTHER, 0, false, 0 },
	{ "movq $0,0x8(%rbp)", { 0x48, 0xc7, 0x45, 8, 0, 0, 0, 0 }, 8, X86_OTHER, 0, false, 0 },
	{ "movw $1,(%rax)", { 0x66, 0xc7, 0, 1, 0 }, 5, X86_OTHER, 0, false, 0 },
	{ "test $1,%al", { 0xa8, 1 }, 2, X86_OTHER, 0, false, 0 },
	{ "testb $2,%r13b", { 0x41, 0xf6, 0xc5, 2 }, 4, X86_OTHER, 0, false, 0 },
	{ "mul %rcx", { 0x48, 0xf7, 0xe1 }, 3, X86_OTHER, BIT(X86_AX) | BIT(X86_CX) | BIT(X86_DX),
	    false, 0 },
	{ "cltq", { 0x48, 0x98 }, 2, X86_OTHER, BIT(X86_AX), false, 0 },
	{ "movabs", { 0x49, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8 }, 10, X86_OTHER, BIT(8), false, 0 },
	{ "mov (,%rax,8),%rax", { 0x48, 0x8b, 4, 0xc5, 1, 2, 3, 0 }, 8, X86_OTHER, BIT(X86_AX),
	    false, 0 },
	{ "movzbl %ah,%edi", { 0x0f, 0xb6, 0xfc }, 3, X86_OTHER, BIT(X86_DI), false, 0 },
	{ "lock addq $4,0x10(%r13)", { 0xf0, 0x49, 0x83, 0x45, 0x10, 4 }, 6, X86_OTHER, 0, false, 0 },
	{ "mov $1,%bh", { 0xb7, 1 }, 2, X86_OTHER, BIT(X86_BX), false, 0 },
	{ "mov $1,%dil", { 0x40, 0xb7, 1 }, 3, X86_OTHER, BIT(X86_DI), false, 0 },
	{ "movq %rdx,%xmm2", { 0x66, 0x48, 0x0f, 0x6e, 0xd2 }, 5, X86_OTHER, 0, false, 0 },
	{ "movaps %xmm0,(%rsp)", { 0x0f, 0x29, 4, 0x24 }, 4, X86_OTHER, 0, false, 0 },
	{ "setg %sil", { 0x40, 0x0f, 0x9f, 0xc6 }, 4, X86_OTHER, BIT(X86_SI), false, 0 },
	{ "endbr64", { 0xf3, 0x0f, 0x1e, 0xfa }, 4, X86_OTHER, 0, false, 0 },
	{ "push %r15", { 0x41, 0x57 }, 2, X86_PUSH, BIT(X86_SP), true, 0 },
	{ "pop %rbp", { 0x5d }, 1, X86_OTHER, BIT(X86_SP) | BIT(X86_BP), false, 0 },
	{ "nop", { 0x90 }, 1, X86_NOP, 0, true, 0 },
	{ "xchg %r8,%rax", { 0x49, 0x90 }, 2, X86_OTHER, BIT(X86_AX) | BIT(8), false, 0 },
	{ "nopl 0(%rax,%rax)", { 0x0f, 0x1f, 0x44, 0, 0 }, 5, X86_NOP, 0, false, 0 },
	{ "xchg %ax,%ax", { 0x66, 0x90 }, 2, X86_NOP, 0, false, 0 },
	{ "je short", { 0x74, 0xfe }, 2, X86_JCC, 0, true, 0 },
	{ "jne near", { 0x0f, 0x85, 0x10, 0, 0, 0 }, 6, X86_JCC, 0, true, 0x16 },
	{ "jmp", { 0xe9, 0xfb, 0xff, 0xff, 0xff }, 5, X86_JMP, 0, true, 0 },
	{ "jmp short", { 0xeb, 2 }, 2, X86_JMP, 0, true, 4 },
	{ "call", { 0xe8, 0, 1, 0, 0 }, 5, X86_CALL, 0x0fc7, true, 0x105 },
	{ "call through a table of libraries", { 0x66, 0x66, 0x48, 0xe8, 0, 1, 0, 0 }, 8, X86_CALL,
	    0x0fc7, false, 0x108 },
	{ "call *%rax", { 0xff, 0xd0 }, 2, X86_CALL_INDIRECT, BIT(X86_AX), false, 0 },
	{ "jmp *(%rdi,%rax,8)", { 0xff, 0x24, 0xc7 }, 3, X86_JMP_INDIRECT, 0, false, 0 },
	{ "notrack jmp *%rax", { 0x3e, 0xff, 0xe0 }, 3, X86_JMP_INDIRECT, 0, false, 0 },
	{ "ret", { 0xc3 }, 1, X86_RET, 0, false, 0 },
	{ "repz ret", { 0xf3, 0xc3 }, 2, X86_RET, 0, false, 0 },
	{ "ret $16", { 0xc2, 0x10, 0 }, 3, X86_RET, 0, false, 0 },
	{ "addr32 call", { 0x67, 0xe8, 0, 1, 0, 0 }, 6, X86_CALL, 0x0fc7, true, 0x106 },
	{ "lea 0x10(%rip),%rcx", { 0x48, 0x8d, 0x0d, 0x10, 0, 0, 0 }, 7, X86_OTHER, BIT(X86_CX), false,
	    0x17 },
	{ "callw", { 0x66, 0xe8, 0, 1, 0, 0 }, 0, 0, 0, false, 0 },
	{ "hlt", { 0xf4 }, 1, X86_END, 0, false, 0 },
	{ "in (%dx),%al", { 0xec }, 0, 0, 0, false, 0 },
	{ "loop", { 0xe2, 0xfe }, 2, X86_JCC, BIT(X86_CX), false, 0 },
	{ "push $1", { 0x6a, 1 }, 2, X86_OTHER, BIT(X86_SP), false, 0 },
	{ "lock cmpxchg %edx,(%rdi)", { 0xf0, 0x0f, 0xb1, 0x17 }, 4, X86_OTHER, BIT(X86_AX), false, 0 },
	{ "movabs 0x0807060504030201,%al", { 0xa0, 1, 2, 3, 4, 5, 6, 7, 8 }, 9, X86_OTHER,
	    BIT(X86_AX), false, 0 },
	{ "pshufb", { 0x66, 0x0f, 0x38, 0x00, 0xc1 }, 5, X86_OTHER, 0, false, 0 },
	{ "palignr $8,(%rsi),%xmm0", { 0x66, 0x0f, 0x3a, 0x0f, 0x06, 8 }, 6, X86_OTHER, 0, false, 0 },
	{ "vzeroupper", { 0xc5, 0xf8, 0x77 }, 3, X86_OTHER, 0, false, 0 },
	{ "vpcmpeqb 0x1000(%rdi),%ymm1,%ymm2", { 0xc5, 0xf5, 0x74, 0x97, 0, 0x10, 0, 0 }, 8, X86_OTHER,
	    0, false, 0 },
	{ "bzhi %rdx,%rdi,%rax", { 0xc4, 0xe2, 0xe8, 0xf5, 0xc7 }, 5, X86_OTHER, BIT(X86_AX), false, 0 },
	{ "vpternlogd $0xde,%ymm1,%ymm2,%ymm3", { 0x62, 0xf3, 0x6d, 0x28, 0x25, 0xd9, 0xde }, 7,
	    X86_OTHER, 0, false, 0 },
	{ "vprotd $7,%xmm1,%xmm2", { 0x8f, 0xe8, 0x78, 0xc2, 0xd1, 7 }, 6, X86_OTHER, 0, false, 0 },
	{ "vpbroadcastb %esi,%ymm17", { 0x62, 0xe2, 0x7d, 0x28, 0x7a, 0xce }, 6, X86_OTHER, 0, false, 0 },
	{ "popq (%rax)", { 0x8f, 0x00 }, 2, X86_OTHER, BIT(X86_SP), false, 0 },
	{ "REX before VEX", { 0x48, 0xc5, 0xf8, 0x77 }, 0, 0, 0, false, 0 },
	{ "ud2", { 0x0f, 0x0b }, 2, X86_END, 0, false, 0 },
	{ "syscall", { 0x0f, 0x05 }, 2, X86_OTHER, BIT(X86_AX) | BIT(X86_CX) | BIT(11), false, 0 },
};

static void
check_row(size_t i)
{
	enum { ADDR = 0x1000 };
	uint8_t code[X86_MAX_BYTES] = {0};
	struct x86_insn in, part;
	bool known;

	printf("# %s\n", row[i].text);
	memcpy(code, row[i].code, sizeof(row[i].code));
	known = x86_decode(code, sizeof(code), ADDR, &in);
	CHECK_INT(known, row[i].bytes > 0);
	if (!known || row[i].bytes == 0)
		return;
	CHECK_INT(in.bytes, row[i].bytes);
	CHECK_INT(in.kind, row[i].kind);
	CHECK_INT(in.writes & row[i].writes, row[i].writes);
	CHECK_INT(x86_is_emulated(&in), row[i].is_emulated);
	if (row[i].target != 0)
		CHECK_INT(in.target, ADDR + row[i].target);
	for (size_t n = 0; n < in.bytes; n++)
		CHECK(!x86_decode(code, n, ADDR, &part));
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		check_row(i);
	return tap_done();
}
