/* Values → text: every conversion with its flags against exact bytes, trace(), hex dumps. */
#include "run/format.h"

#include <inttypes.h>

#include "test/unit/tap.h"

#define SIGNED(SIZE, V) { .i = (V), .size = (SIZE), .is_signed = true }
#define UNSIGNED(SIZE, V) { .i = (V), .size = (SIZE) }
#define STRING(S) { .str = (S), .size = sizeof(S) }
#define FULL(S) { .str = (S), .size = sizeof(S) - 1 }	/* no room for the NUL */

struct arg {
	int64_t i;
	const char *str;
	uint32_t size;
	bool is_signed;
};

static const struct {
	const char *fmt;
	struct arg arg[3];
	const char *want;
} cases[] = {
	/* size and sign are the value's, not the letter's */
	{ "%d", { SIGNED(8, INT64_MIN) }, "-9223372036854775808" },
	{ "%d", { SIGNED(8, -1) }, "-1" },
	{ "%d", { UNSIGNED(8, -1) }, "18446744073709551615" },
	{ "%d", { SIGNED(4, -1) }, "-1" },
	{ "%d", { UNSIGNED(4, -1) }, "4294967295" },
	{ "%i", { SIGNED(2, -32768) }, "-32768" },
	{ "%d", { UNSIGNED(2, -1) }, "65535" },
	{ "%d", { SIGNED(1, -128) }, "-128" },
	{ "%d", { UNSIGNED(1, -1) }, "255" },
	{ "%u", { SIGNED(4, -1) }, "4294967295" },
	{ "%u", { SIGNED(1, -1) }, "255" },
	{ "%x", { SIGNED(4, -1) }, "ffffffff" },
	{ "%X", { SIGNED(2, -1) }, "FFFF" },
	{ "%o", { SIGNED(1, -1) }, "377" },
	{ "%lld", { SIGNED(8, -5) }, "-5" },
	{ "%hd", { SIGNED(2, -5) }, "-5" },
	{ "%lx", { SIGNED(8, -1) }, "ffffffffffffffff" },
	{ "%p", { UNSIGNED(8, 0xdeadbeef) }, "deadbeef" },
	{ "%?p", { UNSIGNED(8, 0xdeadbeef) }, "        deadbeef" },
	/* flags */
	{ "[%5d]", { SIGNED(4, 42) }, "[   42]" },
	{ "[%-5d]", { SIGNED(4, 42) }, "[42   ]" },
	{ "[%05d]", { SIGNED(4, -42) }, "[-0042]" },
	{ "[%+d]", { SIGNED(4, 42) }, "[+42]" },
	{ "[% d]", { SIGNED(4, 42) }, "[ 42]" },
	{ "[%+u]", { SIGNED(4, 42) }, "[42]" },
	{ "[%.5d]", { SIGNED(4, -42) }, "[-00042]" },
	{ "[%8.5d]", { SIGNED(4, -42) }, "[  -00042]" },
	{ "[%08.5d]", { SIGNED(4, -42) }, "[  -00042]" },
	{ "[%.0d]", { SIGNED(4, 0) }, "[]" },
	{ "[%#x]", { SIGNED(4, 42) }, "[0x2a]" },
	{ "[%#X]", { SIGNED(4, 42) }, "[0X2A]" },
	{ "[%#x]", { SIGNED(4, 0) }, "[0]" },
	{ "[%#o]", { SIGNED(4, 8) }, "[010]" },
	{ "[%#.0o]", { SIGNED(4, 0) }, "[0]" },
	{ "[%#06x]", { SIGNED(4, 42) }, "[0x002a]" },
	{ "[%'d]", { SIGNED(4, -1234567) }, "[-1234567]" },	/* the C locale has no groups */
	/* from arguments */
	{ "[%*d]", { SIGNED(4, 5), SIGNED(4, 42) }, "[   42]" },
	{ "[%*d]", { SIGNED(4, -5), SIGNED(4, 42) }, "[42   ]" },
	{ "[%*s]", { SIGNED(4, 4), STRING("") }, "[    ]" },
	{ "[%.*s]", { SIGNED(4, 2), STRING("hello") }, "[he]" },
	{ "[%.*s]", { SIGNED(4, -2), STRING("hello") }, "[hello]" },
	{ "[%*.*s]", { SIGNED(4, 4), SIGNED(4, 2), STRING("hello") }, "[  he]" },
	{ "[%0*d]", { SIGNED(4, 5), SIGNED(4, 42) }, "[00042]" },
	/* strings and characters */
	{ "%s %s()\n", { STRING("a.py"), STRING("foo") }, "a.py foo()\n" },
	{ "[%s]", { FULL("abcd") }, "[abcd]" },
	{ "[%s]", { STRING("ab\0cd") }, "[ab]" },
	{ "[%10s]", { STRING("abc") }, "[       abc]" },
	{ "[%-10s]", { STRING("abc") }, "[abc       ]" },
	{ "[%-6.2s]", { STRING("abc") }, "[ab    ]" },
	{ "%c%c", { SIGNED(4, 'o'), SIGNED(1, 'k') }, "ok" },
	{ "[%3c]", { SIGNED(1, 'x') }, "[  x]" },
	{ "%C%C%C", { SIGNED(1, '\n'), SIGNED(1, 3), SIGNED(1, 'a') }, "\\n\\003a" },
	{ "%C%C%C", { SIGNED(1, '"'), SIGNED(1, '\\'), SIGNED(1, 0) }, "\\\"\\\\\\0" },
	{ "%C", { SIGNED(1, -61) }, "\\303" },
	{ "%S", { STRING("a\tb") }, "a\\tb\\0" },
	{ "%S", { FULL("a\tb") }, "a\\tb" },
	{ "%wc", { SIGNED(4, 'w') }, "w" },
	{ "%lc", { SIGNED(4, 0x20ac) }, "?" },		/* not in the C locale */
	{ "%ws", { FULL("w\0\0\0i\0\0\0\0\0\0\0x\0\0\0") }, "wi" },
	{ "100%%\n", { { 0 } }, "100%\n" },
	/* time */
	{ "%Y", { SIGNED(8, 123787200ll * 1000000000 + 999999999) }, "1973 Dec  3 17:20:00" },
	{ "%T", { UNSIGNED(8, 1357678231ll * 1000000000) }, "Tue, 08 Jan 2013 20:50:31 UTC" },
	{ "[%22Y]", { SIGNED(8, 123787200ll * 1000000000) }, "[  1973 Dec  3 17:20:00]" },
	/* the checker counts arguments: none missing, but no crash either */
	{ "[%d|%s|%c]", { { 0 } }, "[0||" },
};

static struct format_value
value_of(const struct arg *a)
{
	return (struct format_value){
		.data = a->str != NULL ? (const void *)a->str : &a->i, .size = a->size,
		.kind = a->str != NULL ? FORMAT_STR : FORMAT_INT, .is_signed = a->is_signed,
	};
}

static void
test_printf(struct arena *arena)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *error;
		const struct printf_fmt *f = printf_parse(arena, cases[i].fmt, &error);
		struct format_value v[3];
		uint32_t n = 0;

		while (n < 3 && cases[i].arg[n].size > 0) {
			v[n] = value_of(&cases[i].arg[n]);
			n++;
		}
		buf_clear(&b);
		if (CHECK(f != NULL))
			format_print(&b, f, v, n);
		CHECK_STR(buf_str(&b), cases[i].want);
	}
	buf_fini(&b);
}

/* A process may hand us any number for a `*`. */
static void
test_wild_width(struct arena *arena)
{
	const char *error;
	int64_t wild[] = { INT64_MAX, INT64_MIN };
	struct buf b = BUF_INIT;

	for (int i = 0; i < 2; i++) {
		struct format_value v[] = {
			{ .data = &wild[i], .size = 8, .kind = FORMAT_INT, .is_signed = true },
			{ .data = "x", .size = 2, .kind = FORMAT_STR },
		};

		buf_clear(&b);
		format_print(&b, printf_parse(arena, "%*s", &error), v, 2);
		CHECK_INT(b.n, PRINTF_WIDTH_MAX);
	}
	buf_fini(&b);
}

static const struct {
	struct arg arg;
	const char *trace, *quiet, *key;
} traces[] = {
	{ SIGNED(8, -7), "                  -7", "-7", "               -7" },
	{ UNSIGNED(8, 7), "                    7", "7", "                7" },
	{ SIGNED(4, -7), "         -7", "-7", "       -7" },
	{ UNSIGNED(4, -1), " 4294967295", "4294967295", "       -1" },
	{ SIGNED(2, -7), "    -7", "-7", "    -7" },
	{ UNSIGNED(2, -1), " 65535", "65535", "    -1" },
	{ SIGNED(1, -7), "  -7", "-7", "  -7" },
	{ UNSIGNED(1, -1), " 255", "255", "  -1" },
	{ STRING("hello"), "  hello                            ", "hello",
	    "  hello                                             " },
	{ STRING("a string that is longer than fifty-one columns of text"),
	    "  a string that is longer than fifty-one columns of text",
	    "a string that is longer than fifty-one columns of text",
	    "  a string that is longer than fifty-one columns of text" },
};

static void
test_trace(void)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		struct format_value v = value_of(&traces[i].arg);

		buf_clear(&b);
		format_trace(&b, &v, false, false, 0);
		CHECK_STR(buf_str(&b), traces[i].trace);
		buf_clear(&b);
		format_trace(&b, &v, true, false, 0);
		CHECK_STR(buf_str(&b), traces[i].quiet);
		buf_clear(&b);
		format_key(&b, &v, false, 0);
		CHECK_STR(buf_str(&b), traces[i].key);
	}
	buf_fini(&b);
}

static void
test_dump(void)
{
	struct buf b = BUF_INIT;
	struct format_value v = { .data = "hello", .size = 6, .kind = FORMAT_BYTES };
	const char *want =
	    "\n"
	    "             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef\n"
	    "         0: 68 65 6c 6c 6f 00                                hello.\n";

	format_trace(&b, &v, false, false, 0);
	CHECK_STR(buf_str(&b), want);
	buf_clear(&b);
	v.kind = FORMAT_STR;
	format_trace(&b, &v, true, true, 0);		/* -x rawbytes */
	CHECK_STR(buf_str(&b), want);
	buf_clear(&b);
	format_dump(&b, "0123456789abcdef\x7f", 17);
	CHECK_STR(buf_str(&b),
	    "\n"
	    "             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef\n"
	    "         0: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
	    "        10: 7f                                               .\n");
	buf_clear(&b);
	format_dump(&b, "", 0);
	CHECK_STR(buf_str(&b), "");
	buf_fini(&b);
}

int
main(void)
{
	struct arena arena;

	setenv("TZ", "UTC", 1);
	tzset();
	arena_init(&arena);
	test_printf(&arena);
	test_wild_width(&arena);
	test_trace();
	test_dump();
	arena_fini(&arena);
	return tap_done();
}
