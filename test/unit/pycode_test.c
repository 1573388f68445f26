/* Lines of instructions by the tables that three forms of CPython made of one function; and frames
 * of code objects as text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "interp/lines.h"
#include "rec/python.h"
#include "run/pycode.h"
#include "test/unit/tap.h"

/* def f(a, b): on line 7, in statements that go over lines; by offset, what co_lines() says. */
static const struct form {
	enum cpython_lines kind;
	size_t bytes;
	uint8_t table[80];
	struct {
		int64_t offset;
		int32_t line;
	} want[24];
} form[] = {
	{ CPYTHON_LNOTAB, 24, { 0, 2, 2, 1, 2, 255, 4, 3, 8, 1, 4, 1, 2, 1, 2, 1, 2, 255, 6, 3, 2, 1,
	    2, 254 }, { { 0, 9 }, { 2, 10 }, { 4, 9 }, { 6, 9 }, { 8, 12 }, { 16, 13 }, { 20, 14 },
	    { 22, 15 }, { 24, 16 }, { 26, 15 }, { 30, 15 }, { 32, 18 }, { 34, 19 }, { 38, 17 } } },
	{ CPYTHON_DELTAS, 24, { 2, 2, 2, 1, 4, 255, 8, 3, 4, 1, 2, 1, 2, 1, 2, 1, 6, 255, 2, 3, 2, 1,
	    4, 254 }, { { 0, 9 }, { 2, 10 }, { 4, 9 }, { 6, 9 }, { 8, 12 }, { 16, 13 }, { 20, 14 },
	    { 22, 15 }, { 24, 16 }, { 26, 15 }, { 30, 15 }, { 32, 18 }, { 34, 19 }, { 38, 17 } } },
	{ CPYTHON_LOCATIONS, 78, { 128, 0, 224, 9, 10, 216, 9, 10, 240, 3, 1, 9, 12, 128, 65, 240, 6, 0,
	    14, 15, 240, 0, 4, 5, 16, 240, 0, 4, 5, 16, 136, 1, 216, 11, 12, 240, 0, 1, 9, 21, 216,
	    12, 20, 216, 13, 14, 216, 13, 14, 241, 3, 1, 14, 15, 136, 1, 136, 1, 240, 6, 0, 9, 10,
	    216, 8, 9, 240, 5, 2, 12, 11, 240, 0, 2, 5, 11 }, { { 0, 7 }, { 2, 9 }, { 4, 10 },
	    { 6, 9 }, { 8, 9 }, { 10, 12 }, { 16, 12 }, { 18, 13 }, { 20, 13 }, { 22, 14 },
	    { 24, 15 }, { 26, 16 }, { 28, 15 }, { 30, 15 }, { 34, 15 }, { 36, 18 }, { 38, 19 },
	    { 40, 17 }, { 42, 17 } } },
};

static void
test_lines(void)
{
	for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++)
		for (size_t j = 0; form[i].want[j].line != 0; j++)
			CHECK_INT(lines_find(form[i].kind, form[i].table, form[i].bytes, 7,
			    form[i].want[j].offset), form[i].want[j].line);
	CHECK_INT(lines_find(CPYTHON_LOCATIONS, NULL, 0, 7, 100), 7);
	CHECK_INT(lines_find(CPYTHON_LOCATIONS, form[2].table, form[2].bytes, 7, -2), 7);
}

static struct rec_python_text
text(const char *s)
{
	struct rec_python_text t = { .unit = 1, .bytes = (uint32_t)strlen(s) };

	memcpy(t.data, s, t.bytes);
	return t;
}

static void
add(struct pycodes *c, uint32_t id, uint32_t pid, int32_t line, struct rec_python_text name)
{
	struct rec_python_code code = {
		.id = id, .pid = pid, .line = line, .lines = CPYTHON_LOCATIONS,
		.table_bytes = form[2].bytes,
		.file = text("/a.py"), .name = name,
	};
	struct rec_python_lines lines = { .id = id, .bytes = (uint32_t)form[2].bytes };

	memcpy(lines.data, form[2].table, form[2].bytes);
	CHECK(pycodes_add(c, &code, sizeof(code)));
	CHECK(pycodes_add_lines(c, &lines, sizeof(lines)));
}

static uint64_t
frame(uint32_t id, uint64_t offset)
{
	return offset << PYTHON_FRAME_OFFSET | id;
}

static const char *
print(const struct pycodes *c, struct buf *b, uint64_t f)
{
	buf_clear(b);
	pycodes_print(c, b, f);
	return buf_str(b);
}

static void
test_frames(void)
{
	static const uint16_t wide[] = { 'm', 0xe9, 0x2192, 0xd800 };
	struct rec_python_text name = { .unit = 2, .bytes = sizeof(wide) };
	struct pycodes *c = pycodes_new();
	struct buf b = BUF_INIT;
	const uint64_t entry = UINT64_C(1) << PYTHON_FRAME_ENTRY;

	memcpy(name.data, wide, sizeof(wide));
	add(c, 1, 10, 7, text("f"));
	add(c, 2, 10, 7, text("f"));
	add(c, 3, 11, 7, text("f"));
	add(c, 4, 10, 7, name);
	CHECK_STR(print(c, &b, frame(1, 4)), "f (/a.py:10)");
	CHECK_STR(print(c, &b, frame(2, 36) | entry), "f (/a.py:18)");
	CHECK_STR(print(c, &b, frame(4, 0)), "m\xc3\xa9\xe2\x86\x92? (/a.py:7)");
	CHECK_STR(print(c, &b, frame(5, 0)), "? (?:0)");
	CHECK_STR(print(c, &b, frame(0, 0)), "? (?:0)");
	/* one line, and one function compiled twice, are one; other lines and processes are not */
	CHECK(pycodes_fold(c, frame(1, 28)) == pycodes_fold(c, frame(2, 30)));
	CHECK(pycodes_fold(c, frame(1, 28)) != pycodes_fold(c, frame(1, 26)));
	CHECK(pycodes_fold(c, frame(1, 28)) != pycodes_fold(c, frame(3, 28)));
	CHECK(pycodes_fold(c, frame(1, 28)) != pycodes_fold(c, frame(1, 28) | entry));
	CHECK_STR(print(c, &b, pycodes_fold(c, frame(2, 36))), "f (/a.py:18)");
	CHECK(pycodes_fold(c, pycodes_fold(c, frame(2, 36))) == pycodes_fold(c, frame(2, 36)));
	buf_fini(&b);
	pycodes_free(c);
}

int
main(void)
{
	test_lines();
	test_frames();
	return tap_done();
}
