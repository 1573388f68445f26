/* print()'s layout: every kind of type, what is left out, what is cut off. */
#include "type/value.h"

#include <stdlib.h>
#include <string.h>

#include "test/unit/tap.h"

struct fixture {
	struct arena arena;
	struct intern intern;
	struct types types;
};

static struct type *
record(struct fixture *f, enum type_kind kind, const char *name, const struct type_member *m,
    uint32_t n, uint32_t size)
{
	struct type *t = arena_new(&f->arena, struct type);

	t->kind = kind;
	t->name = name;
	t->is_complete = true;
	t->member = m;
	t->nmember = n;
	t->size_bytes = size;
	t->align_bytes = 4;
	return t;
}

static void
check(const struct type *t, const void *data, uint32_t bytes, const char *want)
{
	struct buf b = BUF_INIT;

	value_spell(&b, t, data, bytes, 2, true);
	CHECK_STR(buf_str(&b), want);
	buf_fini(&b);
}

static void
test_scalars(struct fixture *f)
{
	static const struct type_enumerator colors[] = { { "RED", 1 }, { "BLUE", -1 } };
	struct type *color = arena_new(&f->arena, struct type);
	const int32_t minus = -1, three = 3;
	const uint64_t addr = 0xffff8880;

	color->kind = TYPE_ENUM;
	color->name = "color";
	color->is_signed = true;
	color->size_bytes = color->align_bytes = 4;
	color->enumerator = colors;
	color->nenumerator = 2;
	check(f->types.t_int, &minus, 4, "  (int)-1,\n");
	check(f->types.t_uint, &minus, 4, "  (unsigned int)4294967295,\n");
	check(f->types.t_pid, &three, 4, "  (pid_t)3,\n");
	check(f->types.t_char, "x", 1, "  (char)'x',\n");
	check(f->types.t_char, "\n", 1, "  (char)'\\012',\n");
	check(f->types.t_uchar, "x", 1, "  (unsigned char)120,\n");
	check(f->types.t_voidptr, &addr, 8, "  (void *)0xffff8880,\n");
	check(color, &minus, 4, "  (enum color)BLUE,\n");
	check(color, &three, 4, "  (enum color)3,\n");
	check(f->types.t_string, "text", 5, "  (string)\"text\",\n");
	check(f->types.t_int, &minus, 3, "  ...\n");
	check(f->types.t_double, &addr, 8, "  \n");	/* nothing, as DTrace */
}

static void
test_blocks(struct fixture *f)
{
	const struct type_member parts[] = {
		{ "i", f->types.t_int, 0, 0 }, { "c", type_array(&f->types, f->types.t_char, 4), 0, 0 },
	};
	const struct type *u = record(f, TYPE_UNION, NULL, parts, 2, 4);
	const struct type_member members[] = {
		{ "low", f->types.t_int, 0, 3 }, { "high", f->types.t_uint, 3, 5 },
		{ "none", f->types.t_int, 32, 0 }, { NULL, u, 64, 0 },
		{ "list", type_array(&f->types, f->types.t_ushort, 3), 96, 0 },
		{ "f", f->types.t_float, 160, 0 },
	};
	const struct type *s = record(f, TYPE_STRUCT, "s", members, 6, 24);
	uint32_t data[6] = { 6 | 9 << 3, 0, 'a' | 'b' << 8, 7, 8, 1 };

	check(s, data, sizeof(data),
	    "  (struct s) {\n"
	    "   .low = (int)-2,\n"
	    "   .high = (unsigned int)9,\n"
	    "   (union) {\n"
	    "    .i = (int)25185,\n"
	    "    .c = (char [4]) [\n"
	    "     (char)'a',\n"
	    "     (char)'b',\n"
	    "    ],\n"
	    "   },\n"
	    "   .list = (unsigned short [3]) [\n"
	    "    (unsigned short)7,\n"
	    "    (unsigned short)8,\n"
	    "   ],\n"
	    "  }\n");
	check(s, data, 14,
	    "  (struct s) {\n"
	    "   .low = (int)-2,\n"
	    "   .high = (unsigned int)9,\n"
	    "   (union) {\n"
	    "    .i = (int)25185,\n"
	    "    .c = (char [4]) [\n"
	    "     (char)'a',\n"
	    "     (char)'b',\n"
	    "    ],\n"
	    "   },\n"
	    "   .list = (unsigned short [3]) [\n"
	    "    (unsigned short)7,\n"
	    "    ...\n"
	    "   ],\n"
	    "   ...\n"
	    "  }\n");
}

static void
test_depth(struct fixture *f)
{
	const struct type *t = f->types.t_int;
	const int32_t one = 1;
	struct buf b = BUF_INIT;

	for (int i = 0; i < 20; i++) {
		struct type_member *m = arena_new(&f->arena, struct type_member);

		*m = (struct type_member){ "in", t, 0, 0 };
		t = record(f, TYPE_STRUCT, "nest", m, 1, 4);
	}
	value_spell(&b, t, &one, 4, 0, false);
	CHECK(strstr(buf_str(&b), "\n           ...\n          },\n") != NULL);
	CHECK(strstr(buf_str(&b), "int") == NULL);
	buf_fini(&b);
}

int
main(void)
{
	struct fixture f;

	arena_init(&f.arena);
	intern_init(&f.intern, &f.arena);
	types_init(&f.types, &f.arena, &f.intern, 256);
	test_scalars(&f);
	test_blocks(&f);
	test_depth(&f);
	types_fini(&f.types);
	intern_fini(&f.intern);
	arena_fini(&f.arena);
	return tap_done();
}
