/* Any text as IR: what parses goes through registers, encoding and both printers. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "ir/regs.h"
#include "ir/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
print_all(struct buf *out, const struct ir_prog *prog, bool with_regs)
{
	for (uint32_t i = 0; i < prog->nfunc; i++)
		ir_print(out, prog->func[i], with_regs);
}

/* The text printed must be one that is read back to the same. */
static void
read_back(struct arena *a, const struct ir_prog *prog)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	const char *error;

	print_all(&one, prog, false);
	prog = ir_parse(a, buf_str(&one), &error);
	if (prog == NULL)
		abort();
	print_all(&two, prog, false);
	if (strcmp(buf_str(&one), buf_str(&two)) != 0)
		abort();
	buf_fini(&one);
	buf_fini(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct encode_opts opts = { .has_sdiv = size & 1 };
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct arena a;
	struct ir_prog *prog;
	const char *error;

	arena_init(&a);
	buf_add(&text, data, size);
	prog = ir_parse(&a, buf_str(&text), &error);
	if (prog != NULL) {
		struct bpf_code *code;

		read_back(&a, prog);
		for (uint32_t i = 0; i < prog->nfunc; i++)
			regs_assign(prog->func[i]);
		print_all(&out, prog, true);
		code = encode(&a, prog, &opts);
		if (code != NULL)
			disasm(&out, code);
	}
	arena_fini(&a);
	buf_fini(&text);
	buf_fini(&out);
	return 0;
}
