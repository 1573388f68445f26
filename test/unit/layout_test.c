/* Where members are: the same declarations, by this compiler and by ours. */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/diag.h"
#include "lang/parse.h"
#include "test/unit/tap.h"

#define DECLARE(...) \
	__VA_ARGS__ \
	static const char text[] = #__VA_ARGS__;

DECLARE(
	struct plain { char a; short b; char c; long d; char e[3]; };
	struct inner { struct plain p[2]; union { char c; long l; } u; char last; };
	struct bits { char c; int x : 3; int y : 30; short s : 4; long l; };
	struct mixed { unsigned long a : 40; unsigned int b : 24; char c; };
	struct narrow { char a : 4; char b : 5; unsigned char c : 8; _Bool d : 1; char end; };
	union both { char c; int x : 9; long l[3]; };
	struct pointers { void *p; int (*f)(int); char *v[2]; char end; };
	enum colour { RED, GREEN = 7 };
	struct with_enum { char c; enum colour e : 4; enum colour f; };
	typedef struct { long long l; char c; } anonymous;
)

static struct arena arena;
static struct intern in;
static struct types ts;

static long
offset_of(const char *type, const char *member)
{
	uint32_t off = 0;

	return type_member(type_find(&ts, type), member, &off) != NULL ? (long)off / 8 : -1;
}

#define SIZE(T) CHECK_INT(type_real(type_find(&ts, #T))->size_bytes, sizeof(T)); \
	CHECK_INT(type_real(type_find(&ts, #T))->align_bytes, _Alignof(T))
#define OFFSET(T, M) CHECK_INT(offset_of(#T, #M), offsetof(T, M))

int
main(void)
{
	struct diag diag = { .arena = &arena };
	struct source src = {
		.name = "x", .text = text, .len = sizeof(text) - 1, .diag = &diag,
	};
	struct lang_env env = { .arena = &arena, .intern = &in, .types = &ts };

	arena_init(&arena);
	intern_init(&in, &arena);
	types_init(&ts, &arena, &in, 256);
	if (setjmp(diag.catch) != 0) {
		printf("# %s\n", diag.message);
		return 1;
	}
	parse(&src, &env);
	SIZE(struct plain);
	SIZE(struct inner);
	SIZE(struct bits);
	SIZE(struct mixed);
	SIZE(struct narrow);
	SIZE(union both);
	SIZE(struct pointers);
	SIZE(struct with_enum);
	SIZE(anonymous);
	OFFSET(struct plain, d);
	OFFSET(struct plain, e);
	OFFSET(struct inner, u);
	OFFSET(struct inner, last);
	OFFSET(struct bits, l);
	OFFSET(struct mixed, c);
	OFFSET(struct narrow, end);
	OFFSET(struct pointers, f);
	OFFSET(struct pointers, end);
	OFFSET(struct with_enum, f);
	OFFSET(anonymous, c);
	types_fini(&ts);
	intern_fini(&in);
	arena_fini(&arena);
	return tap_done();
}
