/*
 * ir_tool file.ir: the functions with their registers, then the BPF of the program, for a kernel
 * that has signed division. Exits 1 with the error of the text, or when it doesn't fit BPF.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "ir/encode.h"
#include "ir/regs.h"
#include "ir/text.h"

static bool
read_file(struct buf *out, const char *path)
{
	_cleanup_file_ FILE *f = fopen(path, "r");
	char chunk[4096];
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	return true;
}

static int
show(struct arena *a, struct buf *out, const char *text)
{
	const struct encode_opts opts = { .has_sdiv = true };
	const char *error;
	struct ir_prog *prog = ir_parse(a, text, &error);
	struct bpf_code *code;

	if (prog == NULL) {
		buf_printf(out, "%s\n", error);
		return 1;
	}
	for (uint32_t i = 0; i < prog->nfunc; i++) {
		regs_assign(prog->func[i]);
		ir_print(out, prog->func[i], true);
	}
	code = encode(a, prog, &opts);
	if (code == NULL) {
		buf_puts(out, "does not fit\n");
		return 1;
	}
	buf_puts(out, "\n");
	disasm(out, code);
	return 0;
}

int
main(int argc, char **argv)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct arena a;
	int status;

	if (argc != 2 || !read_file(&text, argv[1])) {
		fputs("usage: ir_tool file.ir\n", stderr);
		return 2;
	}
	arena_init(&a);
	status = show(&a, &out, buf_str(&text));
	fputs(buf_str(&out), stdout);
	arena_fini(&a);
	buf_fini(&text);
	buf_fini(&out);
	return status;
}
