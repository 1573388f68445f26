/* The lexer token by token: modes, places, and where one token ends. Values are test/lang's. */
#include <setjmp.h>

#include "base/buf.h"
#include "lang/diag.h"
#include "lang/lex.h"
#include "test/unit/tap.h"

static struct arena arena;
static struct intern in;
static struct types ts;
static struct buf out;

/* Tokens as text, one blank between them; the error if there is one. */
static const char *
tokens(enum source_kind kind, enum lex_mode mode, const char *text)
{
	struct diag diag = { .arena = &arena };
	struct source src = { .kind = kind, .spec = SPEC_NAME, .name = "x", .diag = &diag };
	struct lang_env env = { .arena = &arena, .intern = &in, .types = &ts };
	struct lexer lx;
	struct lexeme t;

	src.text = text;
	src.len = strlen(text);
	buf_clear(&out);
	lex_init(&lx, &src, &env);
	lx.mode = mode;
	if (setjmp(diag.catch) != 0)
		return diag.message;
	while ((t = lex_next(&lx)).kind != TOK_EOF) {
		buf_printf(&out, "%s%.*s", out.n ? " " : "", (int)t.n, t.text);
		if (t.kind == TOK_PSPEC)
			buf_puts(&out, "{P}");
		if (t.kind == TOK_EPRED)
			buf_puts(&out, "{E}");
	}
	return buf_str(&out);
}

#define CODE(text) tokens(SOURCE_FILE, LEX_CODE, text)
#define PRED(text) tokens(SOURCE_FILE, LEX_PREDICATE, text)
#define TOP(text) tokens(SOURCE_FILE, LEX_TOP, text)
#define ARG(text) tokens(SOURCE_ARG, LEX_TOP, text)

static void
test_code(void)
{
	CHECK_STR(CODE("a+++b"), "a ++ + b");
	CHECK_STR(CODE("a<<=b>>c<=d^^e->f...g"), "a <<= b >> c <= d ^^ e -> f ... g");
	CHECK_STR(CODE("@a[x]@ @_1"), "@a [ x ] @ @_1");
	CHECK_STR(CODE("a\\\n  b"), "a b");
	CHECK_STR(CODE("a // b\nc /* d\n */ e"), "a c e");
	CHECK_STR(CODE("a / b / c"), "a / b / c");
	CHECK_STR(CODE("12abc"), "12 abc");
	CHECK_STR(CODE("0x"), "0 x");
	CHECK_STR(CODE("\"a\\\"b\" 'c'"), "\"a\\\"b\" 'c'");
	CHECK_STR(CODE("(((}"), "line 1: extra } in input stream");
}

static void
test_predicate(void)
{
	CHECK_STR(PRED("a/{"), "a /{E} {");
	CHECK_STR(PRED("a/ /* x */ \n // y\n {"), "a /{E} {");
	CHECK_STR(PRED("a/;"), "a /{E} ;");
	CHECK_STR(PRED("a/"), "a /{E}");
	CHECK_STR(PRED("a/b"), "a / b");
	CHECK_STR(PRED("a/=b"), "a /= b");
	CHECK_STR(PRED("(a/b)/{"), "( a / b ) /{E} {");
	CHECK_STR(PRED("(a/{"), "line 1: closing ) expected in predicate before /");
}

static void
test_top(void)
{
	CHECK_STR(TOP("a:b,c:d"), "a:b{P} , c:d{P}");
	CHECK_STR(TOP("BEGIN{"), "BEGIN{P} {");
	CHECK_STR(TOP("int*x"), "int *x{P}");	/* the parser changes the mode after int */
	CHECK_STR(TOP("int-x"), "int-x{P}");
	CHECK_STR(TOP("int:x"), "int:x{P}");
	CHECK_STR(TOP("pid_t x"), "pid_t x{P}");
	CHECK_STR(TOP("pid_tx"), "pid_tx{P}");
	CHECK_STR(TOP("return"), "return{P}");
	CHECK_STR(TOP("self"), "self");
	CHECK_STR(TOP("12 a1"), "12{P} a1{P}");
	CHECK_STR(TOP("foo/x/"), "foo{P} / x{P} /");
	CHECK_STR(TOP("a#b"), "line 1: syntax error near \"#\"");
	CHECK_STR(TOP(" #ident x\na"), "a{P}");
	CHECK_STR(ARG("self"), "self{P}");
	CHECK_STR(ARG("int*x"), "int*x{P}");
	CHECK_STR(ARG("self int"), "self int{P}");
	CHECK_STR(ARG("string{"), "string{P} {");
	CHECK_STR(ARG("struct{"), "struct {");
}

static void
test_places(void)
{
	struct diag diag = { .arena = &arena };
	struct source src = { .name = "x", .text = "\n  ab /* \n */ cd", .len = 16, .diag = &diag };
	struct lang_env env = { .arena = &arena, .intern = &in, .types = &ts };
	struct lexer lx;
	struct lexeme t;

	lex_init(&lx, &src, &env);
	lx.mode = LEX_CODE;
	t = lex_next(&lx);
	CHECK_INT(t.pos.line, 2);
	CHECK_INT(t.pos.col, 3);
	CHECK_INT(t.pos.off, 3);
	t = lex_next(&lx);
	CHECK_INT(t.pos.line, 3);
	CHECK_INT(t.pos.col, 5);
	t = lex_next(&lx);
	CHECK_INT(t.kind, TOK_EOF);
	CHECK_INT(t.pos.off, 16);
}

int
main(void)
{
	arena_init(&arena);
	intern_init(&in, &arena);
	types_init(&ts, &arena, &in, 256);
	test_code();
	test_predicate();
	test_top();
	test_places();
	buf_fini(&out);
	types_fini(&ts);
	intern_fini(&in);
	arena_fini(&arena);
	return tap_done();
}
