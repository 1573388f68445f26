/* Names and lines of code objects. Everything comes from a process: any byte may be anything. */
#include "run/pycode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/map.h"
#include "base/vec.h"
#include "interp/lines.h"
#include "rec/python.h"

/* Ids come one after the other; one from far beyond is none. */
enum { ID_MAX = 1 << 24 };

#define IS_LINE (UINT64_C(1) << PYTHON_FRAME_LINE)

struct pycode {
	const char *text;		/* "function (file"; NULL: the id was not heard of */
	int32_t line;			/* of the definition */
	enum cpython_lines kind;
	struct buf table;		/* empty: it is the first's */
	uint64_t table_bytes;		/* when it is complete */
	uint32_t first;			/* the first id that has the same text and line */
};

struct pycodes {
	struct arena arena;		/* texts */
	struct map by_text;		/* text and line → its first id + 1 */
	vec(struct pycode) code;	/* by id */
};

struct pycodes *
pycodes_new(void)
{
	struct pycodes *c = calloc(1, sizeof(*c));

	if (c == NULL)
		BUG("out of memory");
	arena_init(&c->arena);
	return c;
}

void
pycodes_free(struct pycodes *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->code.n; i++)
		buf_fini(&c->code.v[i].table);
	vec_fini(&c->code);
	map_fini(&c->by_text);
	arena_fini(&c->arena);
	free(c);
}

static void
put_utf8(struct buf *b, uint32_t c)
{
	enum { HALF_FIRST = 0xd800, HALF_LAST = 0xdfff, LAST = 0x10ffff };

	if (c < ' ' || c == 0x7f || (c >= HALF_FIRST && c <= HALF_LAST) || c > LAST)
		c = '?';
	if (c < 0x80) {
		buf_putc(b, (char)c);
	} else if (c < 0x800) {
		buf_putc(b, (char)(0xc0 | c >> 6));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_putc(b, (char)(0xe0 | c >> 12));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(b, (char)(0xf0 | c >> 18));
		buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	}
}

static void
put_text(struct buf *b, const struct rec_python_text *t)
{
	const bool is_text = t->unit == 1 || t->unit == 2 || t->unit == 4;
	uint32_t bytes = t->bytes < PYTHON_TEXT_BYTES ? t->bytes : PYTHON_TEXT_BYTES;

	if (!is_text || bytes < t->unit) {
		buf_putc(b, '?');
		return;
	}
	for (uint32_t i = 0; i + t->unit <= bytes; i += t->unit) {
		uint32_t c = 0;

		memcpy(&c, t->data + i, t->unit);
		put_utf8(b, c);
	}
}

static struct pycode *
code_at(struct pycodes *c, uint32_t id)
{
	if (id == 0 || id >= ID_MAX)
		return NULL;
	while (c->code.n <= id)
		vec_push(&c->code, (struct pycode){0});
	return &c->code.v[id];
}

static const struct pycode *
code_find(const struct pycodes *c, uint32_t id)
{
	return id < c->code.n && c->code.v[id].text != NULL ? &c->code.v[id] : NULL;
}

bool
pycodes_add(struct pycodes *c, const void *data, size_t bytes)
{
	struct rec_python_code rec;
	struct pycode *code;
	struct buf b = BUF_INIT;
	uintptr_t first;

	if (bytes != sizeof(rec))
		return false;
	memcpy(&rec, data, sizeof(rec));
	code = code_at(c, rec.id);
	if (code == NULL || rec.lines > CPYTHON_LNOTAB)
		return false;
	put_text(&b, &rec.name);
	buf_puts(&b, " (");
	put_text(&b, &rec.file);
	buf_printf(&b, "\n%" PRIu32 " %" PRId32, rec.pid, rec.line);
	first = (uintptr_t)map_get(&c->by_text, buf_str(&b));
	if (first == 0) {
		first = rec.id;
		map_put(&c->by_text, arena_strdup(&c->arena, buf_str(&b)), (void *)first);
		code->text = arena_strndup(&c->arena, buf_str(&b), strcspn(buf_str(&b), "\n"));
	}
	buf_fini(&b);
	code->text = c->code.v[first].text;
	code->line = rec.line;
	code->table_bytes = rec.table_bytes;
	code->kind = (enum cpython_lines)rec.lines;
	code->first = (uint32_t)first;
	return true;
}

/* Functions that are compiled again and again have one table. */
static void
share_table(struct pycodes *c, struct pycode *code)
{
	const struct pycode *first = &c->code.v[code->first];

	if (code != first && code->table.n > 0 && code->table.n == first->table.n
	    && memcmp(code->table.p, first->table.p, code->table.n) == 0)
		buf_fini(&code->table);
}

bool
pycodes_add_lines(struct pycodes *c, const void *data, size_t bytes)
{
	struct rec_python_lines rec;
	struct pycode *code;

	if (bytes != sizeof(rec))
		return false;
	memcpy(&rec, data, sizeof(rec));
	code = code_at(c, rec.id);
	if (code == NULL || rec.bytes > sizeof(rec.data))
		return false;
	if (code->table.n < (size_t)PYTHON_PIECES * PYTHON_PIECE_BYTES)
		buf_add(&code->table, rec.data, rec.bytes);
	if (code->table.n >= code->table_bytes)
		share_table(c, code);
	return true;
}

static uint32_t
id_of(uint64_t frame)
{
	return (uint32_t)frame;
}

/* What a frame has room for: 30 bits, signed. */
static int32_t
narrow(uint32_t v)
{
	return (int32_t)(v << 2) >> 2;
}

static int32_t
line_of(const struct pycodes *c, const struct pycode *code, uint64_t frame)
{
	const struct buf *table = code->table.n > 0 ? &code->table : &c->code.v[code->first].table;
	int32_t v = narrow((uint32_t)(frame >> PYTHON_FRAME_OFFSET));

	return frame & IS_LINE ? v : narrow((uint32_t)lines_find(code->kind,
	    (const uint8_t *)table->p, table->n, code->line, v));
}

void
pycodes_print(const struct pycodes *c, struct buf *b, uint64_t frame)
{
	const struct pycode *code = code_find(c, id_of(frame));

	if (code == NULL)
		buf_puts(b, "? (?:0)");
	else
		buf_printf(b, "%s:%" PRId32 ")", code->text, line_of(c, code, frame));
}

uint64_t
pycodes_fold(const struct pycodes *c, uint64_t frame)
{
	const struct pycode *code = code_find(c, id_of(frame));
	const uint64_t entry = frame & UINT64_C(1) << PYTHON_FRAME_ENTRY;
	uint64_t line;

	if (code == NULL || frame & IS_LINE)
		return frame;
	line = (uint32_t)line_of(c, code, frame) & (UINT32_MAX >> 2);
	return entry | IS_LINE | line << PYTHON_FRAME_OFFSET | code->first;
}
