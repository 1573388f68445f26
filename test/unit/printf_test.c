/* The parser of format strings: what it makes, what it refuses, which types suit. */
#include "lang/printf.h"

#include "base/buf.h"
#include "test/unit/tap.h"

/* A format as the parser saw it: "text|#0-+ '@ width.prec name" per conversion, / between. */
static void
describe(struct buf *b, const struct printf_fmt *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		const struct printf_conv *c = &f->conv[i];

		if (i > 0)
			buf_putc(b, '/');
		buf_printf(b, "%.*s|", (int)c->text_len, c->text);
		if (c->row == NULL)
			continue;
		buf_printf(b, "%s%s%s%s%s%s%s", c->f_alt ? "#" : "", c->f_zero ? "0" : "",
		    c->f_left ? "-" : "", c->f_sign ? "+" : "", c->f_space ? "_" : "",
		    c->f_group ? "'" : "", c->is_agg ? "@" : "");
		if (c->star_width || c->width >= 0)
			buf_printf(b, "%s%d", c->star_width ? "*" : "", c->width);
		if (c->star_prec || c->prec >= 0)
			buf_printf(b, ".%s%d", c->star_prec ? "*" : "", c->prec);
		buf_printf(b, "%s%s", c->row->name, c->is_plain ? "!" : "");
	}
}

static const struct {
	const char *fmt, *want;
} good[] = {
	{ "", "" },
	{ "hello\n", "hello\n|" },
	{ "%d", "|d!" },
	{ "a%sb%lldc", "a|s!/b|lld!/c|" },
	{ "100%%", "100|%!" },
	{ "%-+5d", "|-+5d" },
	{ "%0-5d%-05d", "|-5d/|05d" },
	{ "%#x % d %'u", "|#x/ |_d/ |'u" },
	{ "%*s%.*s%*.*d", "|*-1s/|.*0s/|*-1.*0d" },
	{ "%10.3s%.s", "|10.3s/|.0s" },
	{ "%?p", "|16p" },
	{ "%@d%@-10u%-@10d", "|@d/|-@10u/|-@10d" },
	{ "%99999999999d", "|65535d" },
	{ "%hd%ho%lc%wc%ls%Lf", "|hd!/|ho!/|lc!/|wc!/|ls!/|Lf!" },
};

static const struct {
	const char *fmt, *want;
} bad[] = {
	{ "%", "format conversion #1 is not complete: the format string ends" },
	{ "%d%5", "format conversion #2 is not complete: the format string ends" },
	{ "%d%ll", "format conversion #2 is not complete: the format string ends" },
	{ "%1$d", "format conversion #1 has an argument position (n$), which D does not have" },
	{ "%.3.4d", "format conversion #1 has more than one '.'" },
	{ "%**d", "format conversion #1 has more than one '*' for one field" },
	{ "%% %z", "format conversion #2 is undefined: %z" },
	{ "%lld %hhd", "format conversion #2 is undefined: %hhd" },
	{ "%5%", "format conversion #1 combines % with other format characters" },
	{ "%b", "format conversion #1 is undefined: %b" },
};

static void
test_parse(struct arena *arena)
{
	struct buf b = BUF_INIT;
	const char *error;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct printf_fmt *f = printf_parse(arena, good[i].fmt, &error);

		buf_clear(&b);
		if (f != NULL)
			describe(&b, f);
		CHECK_STR(f != NULL ? buf_str(&b) : error, good[i].want);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = "accepted";
		CHECK(printf_parse(arena, bad[i].fmt, &error) == NULL);
		CHECK_STR(error, bad[i].want);
	}
	buf_fini(&b);
}

/* Conversions that suit a type; all others of the list must not. */
static const struct {
	const char *type, *suits;
} suits[] = {
	{ "char",          "d i u o x X c C p" },
	{ "short",         "d i u o x X c C p hd hu hx ho" },
	{ "unsigned short", "d i u o x X c C p hd hu hx ho" },
	{ "int",           "d i u o x X c C p lc wc" },
	{ "unsigned int",  "d i u o x X c C p lc wc" },
	{ "long",          "d i u o x X p ld lu lx T Y" },
	{ "long long",     "d i u o x X p lld llu llx T Y" },
	{ "int64_t",       "d i u o x X p ld lu lx llx T Y" },
	{ "uint64_t",      "d i u o x X p ld lu lx llx T Y" },
	{ "string",        "s S" },
	{ "char *",        "p" },
	{ "void *",        "p" },
	{ "double",        "f" },
	{ "long double",   "f Lf" },
};

static const char *const all[] = {
	"d", "i", "u", "o", "x", "X", "c", "C", "p", "lc", "wc", "s", "S", "ls", "f", "Lf", "hd",
	"hu", "hx", "ho", "ld", "lu", "lx", "lld", "llu", "llx", "T", "Y", "k", "%",
};

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p++) {
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	}
	return false;
}

static void
test_types(struct arena *arena)
{
	struct intern in;
	struct types types;
	const char *error;

	intern_init(&in, arena);
	types_init(&types, arena, &in, 256);
	for (size_t i = 0; i < sizeof(suits) / sizeof(suits[0]); i++) {
		const struct type *t = type_find(&types, suits[i].type);

		for (size_t j = 0; j < sizeof(all) / sizeof(all[0]); j++) {
			const struct printf_fmt *f = printf_parse(arena,
			    arena_printf(arena, "%%%s", all[j]), &error);

			if (printf_accepts(f->conv[0].row, t) !=
			    has_word(suits[i].suits, all[j])) {
				CHECK_STR(all[j], suits[i].type);
				return;
			}
		}
		CHECK(t != NULL);
	}
	CHECK(printf_accepts(printf_parse(arena, "%s", &error)->conv[0].row,
	    type_array(&types, types.t_char, 8)));
	CHECK(!printf_accepts(printf_parse(arena, "%s", &error)->conv[0].row,
	    type_array(&types, types.t_int, 8)));
	CHECK(printf_accepts(printf_parse(arena, "%ws", &error)->conv[0].row,
	    type_array(&types, types.t_int, 8)));
	types_fini(&types);
	intern_fini(&in);
}

int
main(void)
{
	struct arena arena;

	arena_init(&arena);
	test_parse(&arena);
	test_types(&arena);
	arena_fini(&arena);
	return tap_done();
}
