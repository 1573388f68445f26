/*
 * Compares our decoder with a disassembler's: `objdump -dw OBJECT | x86_tool` reads lines of
 *
 *      1139:	55                   	push   %rbp
 *
 * and tells each instruction whose length or kind is another; the last line counts them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp/x86.h"

enum { FEW = 20 };		/* differences that are shown */

static size_t
parse_bytes(const char *s, uint8_t *to)
{
	size_t n = 0;
	unsigned v;

	while (n < X86_MAX_BYTES && *s != ' ' && sscanf(s, "%2x", &v) == 1 && s[2] == ' ') {
		to[n++] = (uint8_t)v;
		s += 3;
	}
	return n;
}

/* Prefixes that objdump writes as words of their own. */
static const char *
skip_prefixes(const char *s)
{
	static const char *const word[] = { "bnd ", "notrack ", "repz ", "repnz ", "rep ", "addr32 ",
	    "data16 ", "cs ", "ds ", "lock " };

	if (strncmp(s, "rex.", 4) == 0 && strchr(s, ' ') != NULL)
		return skip_prefixes(strchr(s, ' ') + 1);
	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strncmp(s, word[i], strlen(word[i])) == 0)
			return skip_prefixes(s + strlen(word[i]));
	return s;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Is it a branch, by its name, and where does it lead? -1: nowhere that is known. */
static enum x86_kind
kind_of(const char *text, int64_t *target)
{
	const char *operand = strpbrk(text, " \t");

	*target = -1;
	if (begins(text, "ret"))
		return X86_RET;
	if (operand != NULL && operand[strspn(operand, " \t")] == '*')
		return begins(text, "jmp") || begins(text, "ljmp") ? X86_JMP_INDIRECT :
		    begins(text, "call") || begins(text, "lcall") ? X86_CALL_INDIRECT : X86_OTHER;
	if (operand != NULL && (begins(text, "j") || begins(text, "call") || begins(text, "loop")))
		*target = (int64_t)strtoull(operand, NULL, 16);
	if (begins(text, "call"))
		return X86_CALL;
	if (begins(text, "jmp"))
		return X86_JMP;
	return begins(text, "j") || begins(text, "loop") ? X86_JCC : X86_OTHER;
}

static bool
is_branch(enum x86_kind k)
{
	return k == X86_JCC || k == X86_JMP || k == X86_CALL || k == X86_RET ||
	    k == X86_JMP_INDIRECT || k == X86_CALL_INDIRECT;
}

/* What is wrong; NULL: nothing. */
static const char *
compare(uint64_t addr, const uint8_t *code, size_t n, const char *text)
{
	struct x86_insn in;
	int64_t target;
	enum x86_kind kind = kind_of(skip_prefixes(text), &target);

	if (!x86_decode(code, n, addr, &in))
		return "refused";
	if (code[0] == 0x9b && in.bytes == 1)
		return NULL;		/* fwait, which objdump joins with what follows */
	if (in.bytes != n)
		return "length";
	if (in.op == 0xc7 && in.kind == X86_JCC)
		return NULL;		/* xbegin */
	if (kind != (is_branch(in.kind) ? in.kind : X86_OTHER))
		return "kind";
	return target >= 0 && (uint64_t)target != in.target ? "target" : NULL;
}

int
main(void)
{
	size_t ninsn = 0, ndiffer = 0, nrefused = 0;
	char line[1024];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint8_t code[X86_MAX_BYTES + 1] = {0};
		char *bytes = strchr(line, '\t'), *text, *end;
		uint64_t addr = strtoull(line, &end, 16);
		size_t n = bytes != NULL && *end == ':' ? parse_bytes(bytes + 1, code) : 0;
		const char *why;

		text = n > 0 ? strchr(bytes + 1, '\t') : NULL;
		if (text == NULL || strstr(text, "(bad)") != NULL)
			continue;
		ninsn++;
		why = compare(addr, code, n, text + 1);
		if (why == NULL)
			continue;
		if (strcmp(why, "refused") == 0)
			nrefused++;
		else
			ndiffer++;
		if (ndiffer + nrefused <= FEW)
			printf("%s: %s", why, line);
	}
	printf("%zu instructions, %zu refused, %zu differ\n", ninsn, nrefused, ndiffer);
	return ndiffer == 0 && ninsn > 0 ? 0 : 1;
}
