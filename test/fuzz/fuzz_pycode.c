/* What programs send of code objects, with names and tables of lines out of a process: any bytes are
 * a code object, or none; its frames have a text, and one that is folded has the same. */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "rec/python.h"
#include "run/pycode.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* So many bytes of the input, zeros behind its end. */
static void
take(void *to, size_t bytes, const uint8_t **data, size_t *n)
{
	size_t got = *n < bytes ? *n : bytes;

	memset(to, 0, bytes);
	if (got > 0)
		memcpy(to, *data, got);
	*data += got;
	*n -= got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pycodes *c = pycodes_new();
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct rec_python_code code;
	struct rec_python_lines lines;
	uint8_t small[64];
	uint64_t frame;

	take(&frame, sizeof(frame), &data, &n);
	memset(&code, 0, sizeof(code));
	take(&code, offsetof(struct rec_python_code, file), &data, &n);
	code.id &= 0xffff;		/* others cost memory only */
	for (int i = 0; i < 2; i++) {
		struct rec_python_text *t = i == 0 ? &code.file : &code.name;

		take(&t->unit, 4, &data, &n);
		take(&t->bytes, 4, &data, &n);
		take(small, sizeof(small), &data, &n);
		memcpy(t->data, small, sizeof(small));
	}
	pycodes_add(c, &code, sizeof(code));
	do {
		take(&lines, sizeof(lines), &data, &n);
		lines.id = code.id;
		pycodes_add_lines(c, &lines, sizeof(lines));
	} while (n > 0);
	frame = (frame & ~UINT64_C(0xffffffff)) | code.id;
	pycodes_print(c, &a, frame);
	pycodes_print(c, &b, pycodes_fold(c, frame));
	if (a.n > 0 && strcmp(buf_str(&a), buf_str(&b)) != 0)
		BUG("folded, %s is %s", buf_str(&a), buf_str(&b));
	buf_fini(&a);
	buf_fini(&b);
	pycodes_free(c);
	return 0;
}
