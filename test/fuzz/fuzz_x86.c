/*
 * Any bytes as instructions of x86-64: what is decoded lies in the bytes, does not depend on what
 * follows it, and names registers that there are.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "interp/x86.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* At the end of an allocation of their own size. */
static void
decode(const uint8_t *data, size_t n, size_t addr)
{
	uint8_t *code = malloc(n > 0 ? n : 1);
	struct x86_insn in, alone;

	if (code == NULL)
		return;
	memset(&in, 0, sizeof(in));
	memset(&alone, 0, sizeof(alone));
	if (n > 0)
		memcpy(code, data, n);
	if (x86_decode(code, n, addr, &in)) {
		if (in.bytes == 0 || in.bytes > n || in.bytes > X86_MAX_BYTES)
			BUG("%u bytes of %zu", in.bytes, n);
		if (in.reg >= X86_NREG || in.rm >= X86_NREG || in.base >= X86_NREG || in.base < -1)
			BUG("registers %u, %u and %d", in.reg, in.rm, in.base);
		if (in.writes >> X86_NREG != 0)
			BUG("writes %x", in.writes);
		if (!x86_decode(code, in.bytes, addr, &alone) || alone.bytes != in.bytes
		    || alone.kind != in.kind || alone.target != in.target
		    || alone.writes != in.writes)
			BUG("decoded otherwise alone");
		(void)x86_is_emulated(&in);
	}
	free(code);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n && i < 256; i++)
		decode(data + i, n - i < 32 ? n - i : 32, 0x401000 + i);
	return 0;
}
