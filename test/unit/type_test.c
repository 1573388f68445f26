/* Types: spellings, interning, C's conversions against the compiler's own. */
#include <stdint.h>

#include "test/unit/tap.h"
#include "type/convert.h"
#include "type/spell.h"
#include "type/type.h"

static struct arena arena;
static struct intern in;
static struct types ts;

static const char *
respell(const char *spelling)
{
	const struct type *t = type_find(&ts, spelling);

	return t ? type_spell(&arena, t) : "none";
}

static void
test_spelling(void)
{
	CHECK_STR(respell("unsigned"), "unsigned int");
	CHECK_STR(respell("long int unsigned long"), "unsigned long long");
	CHECK_STR(respell("short int"), "short");
	CHECK_STR(respell("uint64_t"), "uint64_t");
	CHECK_STR(respell("const char *"), "const char *");
	CHECK_STR(respell("char **"), "char **");
	CHECK_STR(respell("string"), "string");
	CHECK_STR(respell("<DYN>"), "<DYN>");
	CHECK_STR(respell("stack"), "stack");
	CHECK_STR(respell("void *"), "void *");
	CHECK_STR(respell("struct other"), "struct other");
	CHECK_STR(respell("struct"), "none");
	CHECK_STR(respell("unsigned float"), "none");
	CHECK_STR(respell("long long long"), "none");
	CHECK_STR(respell("unsigned uint64_t"), "none");
	CHECK_STR(respell("int x"), "none");
	CHECK_STR(respell("int * x"), "none");
	CHECK_STR(respell(""), "none");
	CHECK_STR(type_spell(&arena, type_array(&ts, ts.t_char, 16)), "char [16]");
	CHECK_STR(type_spell(&arena, type_ptr(&ts, type_array(&ts, ts.t_char, 16))),
	    "char (*)[16]");
	CHECK_STR(type_spell(&arena, type_array(&ts, ts.t_charptr, 2)), "char *[2]");
	CHECK_STR(type_spell(&arena, type_qualified(&ts, ts.t_charptr, true, false)),
	    "char *const");
	CHECK_STR(type_spell(&arena, type_tag(&ts, TYPE_STRUCT, "s")), "struct s");
}

static void
test_identity(void)
{
	const struct type *s = type_tag(&ts, TYPE_STRUCT, "s");
	const struct type *c = type_qualified(&ts, ts.t_int, true, false);

	CHECK(type_ptr(&ts, ts.t_int) == type_ptr(&ts, ts.t_int));
	CHECK(type_array(&ts, ts.t_int, 3) != type_array(&ts, ts.t_int, 4));
	CHECK(type_qualified(&ts, c, true, false) == c);
	CHECK(type_qualified(&ts, ts.t_int, false, false) == ts.t_int);
	CHECK(type_tag(&ts, TYPE_STRUCT, "s") == s);
	CHECK(type_tag(&ts, TYPE_UNION, "s") != s);
	CHECK(type_find(&ts, "struct s") == s);
	CHECK(type_is_const(c) && !type_is_const(ts.t_int));
	CHECK(type_real(c) == ts.t_int);
	CHECK(type_same(ts.t_int64, ts.t_long));
	CHECK(!type_same(ts.t_long, ts.t_llong));
	CHECK(type_same(type_ptr(&ts, ts.t_int32), type_ptr(&ts, c)));
	CHECK(!type_same(type_ptr(&ts, s), type_ptr(&ts, type_tag(&ts, TYPE_STRUCT, "t"))));
	CHECK(type_is_strcompat(ts.t_charptr) && type_is_strcompat(ts.t_string));
	CHECK(type_is_strcompat(type_array(&ts, ts.t_uint8, 4)));
	CHECK(!type_is_strcompat(type_ptr(&ts, ts.t_bool)) && !type_is_strcompat(ts.t_char));
	CHECK(!type_is_scalar(ts.t_string) && type_is_scalar(ts.t_voidptr));
}

static void
test_strsize(void)
{
	const struct type *s = ts.t_string;

	CHECK_INT(s->size_bytes, 256);
	types_set_strsize(&ts, 64);
	CHECK(ts.t_string == s);
	CHECK_INT(s->size_bytes, 64);
	types_set_strsize(&ts, 256);
}

/* The type that the compiler gives to a + b, for every pair. */
#define EACH_INT(X) \
	X(char, t_char) X(signed char, t_schar) X(unsigned char, t_uchar) X(short, t_short) \
	X(unsigned short, t_ushort) X(int, t_int) X(unsigned, t_uint) X(long, t_long) \
	X(unsigned long, t_ulong) X(long long, t_llong) X(unsigned long long, t_ullong)

#define TYPE_OF(x) _Generic((x), int: ts.t_int, unsigned: ts.t_uint, long: ts.t_long, \
	unsigned long: ts.t_ulong, long long: ts.t_llong, unsigned long long: ts.t_ullong)

#define WITH(A, a, B, b) \
	ok &= convert_usual(&ts, ts.a, ts.b) == TYPE_OF((A)1 + (B)1);

static void
test_usual(void)
{
	bool ok = true;

#define X(B, b) WITH(char, t_char, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(unsigned short, t_ushort, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(int, t_int, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(unsigned, t_uint, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(long, t_long, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(unsigned long, t_ulong, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(long long, t_llong, B, b)
	EACH_INT(X)
#undef X
#define X(B, b) WITH(unsigned long long, t_ullong, B, b)
	EACH_INT(X)
#undef X
	CHECK(ok && "usual conversions as the compiler's");
	CHECK(convert_usual(&ts, ts.t_uint64, ts.t_int) == ts.t_uint64);
	CHECK(convert_promote(&ts, ts.t_bool) == ts.t_int);
}

static void
test_values(void)
{
	CHECK_INT(convert_int(ts.t_schar, 0x180), (signed char)0x80);
	CHECK_INT(convert_int(ts.t_uchar, -1), 255);
	CHECK_INT(convert_int(ts.t_int, 0x80000000), INT32_MIN);
	CHECK_INT(convert_int(ts.t_uint, -1), 0xffffffff);
	CHECK_INT(convert_int(ts.t_uint64, -1), -1);
	CHECK_INT(convert_int(ts.t_bool, 256), 1);
	CHECK_INT(convert_int(ts.t_pid, -1), -1);
}

static void
test_assignable(void)
{
	const struct type *ip = type_ptr(&ts, ts.t_int), *sp = type_ptr(&ts, ts.t_short);

	CHECK(convert_assignable(ts.t_char, ts.t_ullong));
	CHECK(convert_assignable(ts.t_string, ts.t_charptr));
	CHECK(convert_assignable(ts.t_string, type_array(&ts, ts.t_char, 4)));
	CHECK(!convert_assignable(ts.t_string, ts.t_int));
	CHECK(!convert_assignable(ts.t_string, ip));
	CHECK(!convert_assignable(ip, ts.t_long));
	CHECK(convert_assignable(ip, ts.t_voidptr));
	CHECK(convert_assignable(ip, type_array(&ts, ts.t_int, 4)));
	CHECK(!convert_assignable(ip, sp));
	CHECK(convert_assignable(ts.t_stack, ts.t_stack));
	CHECK(!convert_assignable(ts.t_dyn, ts.t_dyn));
	CHECK(!convert_assignable(type_tag(&ts, TYPE_STRUCT, "s"),
	    type_tag(&ts, TYPE_STRUCT, "t")));
}

int
main(void)
{
	arena_init(&arena);
	intern_init(&in, &arena);
	types_init(&ts, &arena, &in, 256);
	test_spelling();
	test_identity();
	test_strsize();
	test_usual();
	test_values();
	test_assignable();
	types_fini(&ts);
	intern_fini(&in);
	arena_fini(&arena);
	return tap_done();
}
