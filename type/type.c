/*
 * The table of types: the basic ones, D's typedefs, and interned pointers, arrays and qualified
 * types. What a struct looks like is the business of who declares it.
 */
#include "type/type.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every combination of words that C allows, and the type it means. */
#define L WORD_LONG
#define LL (WORD_LONG | WORD_LLONG)
#define S WORD_SIGNED
#define U WORD_UNSIGNED
#define I WORD_INT

static const struct basic_row {
	unsigned words;
	size_t type;		/* offset of the member of struct types */
} basic_table[] = {
#define BASIC(MEMBER, WORDS) { WORDS, offsetof(struct types, MEMBER) }
	BASIC(t_void, WORD_VOID),
	BASIC(t_char, WORD_CHAR), BASIC(t_schar, S | WORD_CHAR), BASIC(t_uchar, U | WORD_CHAR),
	BASIC(t_short, WORD_SHORT), BASIC(t_short, S | WORD_SHORT),
	BASIC(t_short, WORD_SHORT | I), BASIC(t_short, S | WORD_SHORT | I),
	BASIC(t_ushort, U | WORD_SHORT), BASIC(t_ushort, U | WORD_SHORT | I),
	BASIC(t_int, I), BASIC(t_int, S), BASIC(t_int, S | I),
	BASIC(t_uint, U), BASIC(t_uint, U | I),
	BASIC(t_long, L), BASIC(t_long, S | L), BASIC(t_long, L | I), BASIC(t_long, S | L | I),
	BASIC(t_ulong, U | L), BASIC(t_ulong, U | L | I),
	BASIC(t_llong, LL), BASIC(t_llong, S | LL),
	BASIC(t_llong, LL | I), BASIC(t_llong, S | LL | I),
	BASIC(t_ullong, U | LL), BASIC(t_ullong, U | LL | I),
	BASIC(t_float, WORD_FLOAT), BASIC(t_double, WORD_DOUBLE), BASIC(t_ldouble, L | WORD_DOUBLE),
#undef BASIC
};

/* The types without parts, other than void. */
static const struct leaf_row {
	size_t type;
	const char *name;
	enum type_kind kind;
	bool is_signed;
	uint32_t size;
} leaf_table[] = {
#define LEAF(MEMBER, NAME, KIND, SIGNED, SIZE) \
	{ offsetof(struct types, MEMBER), NAME, KIND, SIGNED, SIZE }
	LEAF(t_bool, "_Bool", TYPE_INT, false, 1),
	LEAF(t_char, "char", TYPE_INT, CHAR_MIN < 0, 1),
	LEAF(t_schar, "signed char", TYPE_INT, true, 1),
	LEAF(t_uchar, "unsigned char", TYPE_INT, false, 1),
	LEAF(t_short, "short", TYPE_INT, true, 2),
	LEAF(t_ushort, "unsigned short", TYPE_INT, false, 2),
	LEAF(t_int, "int", TYPE_INT, true, 4),
	LEAF(t_uint, "unsigned int", TYPE_INT, false, 4),
	LEAF(t_long, "long", TYPE_INT, true, 8),
	LEAF(t_ulong, "unsigned long", TYPE_INT, false, 8),
	LEAF(t_llong, "long long", TYPE_INT, true, 8),
	LEAF(t_ullong, "unsigned long long", TYPE_INT, false, 8),
	LEAF(t_float, "float", TYPE_FLOAT, true, 4),
	LEAF(t_double, "double", TYPE_FLOAT, true, 8),
	LEAF(t_ldouble, "long double", TYPE_FLOAT, true, 16),
	LEAF(t_stack, "stack", TYPE_STACK, false, 8),
	LEAF(t_sym, "_symaddr", TYPE_SYM, false, 8),
	LEAF(t_usym, "_usymaddr", TYPE_USYM, false, 16),
#undef LEAF
};

/* D's own typedefs. 0: struct types has no member for it. */
static const struct typedef_row {
	const char *name;
	unsigned words;
	size_t type;
} typedef_table[] = {
#define TYPEDEF(NAME, WORDS, MEMBER) { NAME, WORDS, offsetof(struct types, MEMBER) }
	TYPEDEF("int8_t", S | WORD_CHAR, t_int8), TYPEDEF("int16_t", WORD_SHORT, t_int16),
	TYPEDEF("int32_t", I, t_int32), TYPEDEF("int64_t", L, t_int64),
	TYPEDEF("uint8_t", U | WORD_CHAR, t_uint8), TYPEDEF("uint16_t", U | WORD_SHORT, t_uint16),
	TYPEDEF("uint32_t", U, t_uint32), TYPEDEF("uint64_t", U | L, t_uint64),
	TYPEDEF("uintptr_t", U | L, t_uintptr), TYPEDEF("size_t", U | L, t_size),
	TYPEDEF("pid_t", I, t_pid), TYPEDEF("id_t", I, t_id),
#undef TYPEDEF
	{ "intptr_t", L, 0 }, { "ssize_t", L, 0 }, { "ptrdiff_t", L, 0 },
	{ "uchar_t", U | WORD_CHAR, 0 }, { "ushort_t", U | WORD_SHORT, 0 },
	{ "uint_t", U, 0 }, { "ulong_t", U | L, 0 }, { "u_longlong_t", U | LL, 0 },
};

#undef L
#undef LL
#undef S
#undef U
#undef I

static const struct type **
member_at(struct types *ts, size_t off)
{
	return (const struct type **)(void *)((char *)ts + off);
}

static struct type *
type_new(struct types *ts, enum type_kind kind, uint32_t size_bytes, uint32_t align_bytes)
{
	struct type *t = arena_new(ts->arena, struct type);

	t->kind = kind;
	t->size_bytes = size_bytes;
	t->align_bytes = align_bytes;
	t->is_complete = true;
	return t;
}

void
types_set_strsize(struct types *ts, uint32_t strsize)
{
	struct type *t = type_new(ts, TYPE_STRING, strsize, 1);

	t->name = "string";
	if (ts->t_string == NULL)
		ts->t_string = t;
	else	/* everyone holds this pointer */
		*(struct type *)(uintptr_t)ts->t_string = *t;
	ts->strsize = strsize;
}

void
types_init(struct types *ts, struct arena *a, struct intern *in, uint32_t strsize)
{
	struct type *t;

	*ts = (struct types){ .arena = a, .intern = in };
	for (size_t i = 0; i < sizeof(leaf_table) / sizeof(leaf_table[0]); i++) {
		const struct leaf_row *r = &leaf_table[i];

		t = type_new(ts, r->kind, r->size, r->size);
		t->name = r->name;
		t->is_signed = r->is_signed;
		*member_at(ts, r->type) = t;
	}
	t = type_new(ts, TYPE_VOID, 0, 1);
	t->is_complete = false;
	t->name = "void";
	ts->t_void = t;
	t = type_new(ts, TYPE_DYN, 0, 1);
	t->name = "<DYN>";
	ts->t_dyn = t;
	types_set_strsize(ts, strsize);

	for (size_t i = 0; i < sizeof(typedef_table) / sizeof(typedef_table[0]); i++) {
		const struct typedef_row *r = &typedef_table[i];
		const struct type *td = type_typedef(ts, r->name, type_basic(ts, r->words));

		if (r->type != 0)
			*member_at(ts, r->type) = td;
	}
	map_put(&ts->typedefs, "_Bool", (void *)(uintptr_t)ts->t_bool);
	ts->t_voidptr = type_ptr(ts, ts->t_void);
	ts->t_charptr = type_ptr(ts, ts->t_char);
}

void
types_fini(struct types *ts)
{
	map_fini(&ts->typedefs);
	map_fini(&ts->tags);
	map_fini(&ts->enumerators);
	map_fini(&ts->ptrs);
}

/* The type made for this key, or a new one: *is_new says which. */
static struct type *
interned(struct types *ts, const char *key, bool *is_new)
{
	struct type *t = map_get(&ts->ptrs, key);

	*is_new = t == NULL;
	if (t == NULL) {
		t = arena_new(ts->arena, struct type);
		t->is_complete = true;
		map_put(&ts->ptrs, arena_strdup(ts->arena, key), t);
	}
	return t;
}

const struct type *
type_ptr(struct types *ts, const struct type *to)
{
	char key[40];
	bool is_new;
	struct type *t;

	snprintf(key, sizeof(key), "*%" PRIxPTR, (uintptr_t)to);
	t = interned(ts, key, &is_new);
	if (is_new) {
		t->kind = TYPE_PTR;
		t->size_bytes = t->align_bytes = 8;
		t->base = to;
	}
	return t;
}

const struct type *
type_array(struct types *ts, const struct type *of, uint32_t nelem)
{
	char key[60];
	bool is_new;
	struct type *t;

	snprintf(key, sizeof(key), "[%" PRIxPTR " %" PRIu32, (uintptr_t)of, nelem);
	t = interned(ts, key, &is_new);
	if (is_new) {
		t->kind = TYPE_ARRAY;
		t->size_bytes = nelem * type_real(of)->size_bytes;
		t->align_bytes = type_real(of)->align_bytes;
		t->base = of;
		t->nelem = nelem;
	}
	return t;
}

/* requires: t is a TYPEDEF, all but its base set. */
static const struct type *
alias(struct type *t, const struct type *of)
{
	const struct type *real = type_real(of);

	t->kind = TYPE_TYPEDEF;
	t->base = of;
	t->size_bytes = real->size_bytes;
	t->align_bytes = real->align_bytes;
	t->is_signed = real->is_signed;
	t->is_complete = real->is_complete;
	return t;
}

const struct type *
type_qualified(struct types *ts, const struct type *of, bool c, bool v)
{
	char key[60];
	bool is_new;
	struct type *t;

	if (of->kind == TYPE_TYPEDEF && of->name == NULL) {
		c |= of->is_const;
		v |= of->is_volatile;
		of = of->base;
	}
	if (!c && !v)
		return of;
	snprintf(key, sizeof(key), "q%" PRIxPTR " %d%d", (uintptr_t)of, c, v);
	t = interned(ts, key, &is_new);
	t->is_const = c;
	t->is_volatile = v;
	return is_new ? alias(t, of) : t;
}

const struct type *
type_alias(struct types *ts, const char *name, const struct type *of)
{
	struct type *t = arena_new(ts->arena, struct type);

	t->name = name;
	return alias(t, of);
}

const struct type *
type_typedef(struct types *ts, const char *name, const struct type *of)
{
	const struct type *t = type_alias(ts, name, of);

	map_put(&ts->typedefs, name, (void *)(uintptr_t)t);
	return t;
}

const struct type *
type_find_typedef(struct types *ts, const char *name)
{
	const struct type *t = map_get(&ts->typedefs, name);

	return t == NULL && ts->source != NULL ? ts->source->find_typedef(ts->source, name) : t;
}

bool
type_find_enumerator(struct types *ts, const char *name, int64_t *value)
{
	const struct type_enumerator *e = map_get(&ts->enumerators, name);

	if (e != NULL)
		*value = e->value;
	return e != NULL || (ts->source != NULL &&
	    ts->source->find_enumerator(ts->source, name, value));
}

static struct type *
enter_tag(struct types *ts, enum type_kind kind, const char *tag, const char *key)
{
	struct type *t = arena_new(ts->arena, struct type);

	t->kind = kind;
	t->name = tag;
	t->align_bytes = 1;
	map_put(&ts->tags, key, t);
	return t;
}

static const char *
tag_key(struct types *ts, enum type_kind kind, const char *tag)
{
	const char *word = kind == TYPE_STRUCT ? "struct" : kind == TYPE_UNION ? "union" : "enum";

	return arena_printf(ts->arena, "%s %s", word, tag);
}

struct type *
type_tag(struct types *ts, enum type_kind kind, const char *tag)
{
	const char *key = tag_key(ts, kind, tag);
	struct type *t = map_get(&ts->tags, key);

	if (t == NULL) {
		t = enter_tag(ts, kind, tag, key);
		t->is_foreign = true;
		t->source = ts->source;
	}
	return t;
}

/* Types that were made of the tag before are of what it becomes now, unless the source said already
 * what it is. */
struct type *
type_declare_tag(struct types *ts, enum type_kind kind, const char *tag)
{
	const char *key = tag_key(ts, kind, tag);
	struct type *t = map_get(&ts->tags, key);

	if (t == NULL || (t->is_foreign && t->is_complete))
		t = enter_tag(ts, kind, tag, key);
	t->is_foreign = false;
	t->source = NULL;
	return t;
}

const struct type *
type_basic(struct types *ts, unsigned words)
{
	for (size_t i = 0; i < sizeof(basic_table) / sizeof(basic_table[0]); i++)
		if (basic_table[i].words == words)
			return *member_at(ts, basic_table[i].type);
	return NULL;
}

/* The next word of a spelling, into w; "" at the end or at what is not a word. */
static const char *
next_word(const char *s, char *w, size_t size)
{
	size_t n = 0;

	s += strspn(s, " \t");
	while (n + 1 < size && s[n] != '\0' && strchr(" \t*", s[n]) == NULL) {
		w[n] = s[n];
		n++;
	}
	w[n] = '\0';
	return s + n;
}

static unsigned
word_flag(const char *w, unsigned sofar)
{
	static const struct { const char *word; unsigned flag; } table[] = {
		{ "void", WORD_VOID }, { "char", WORD_CHAR }, { "short", WORD_SHORT },
		{ "int", WORD_INT }, { "float", WORD_FLOAT }, { "double", WORD_DOUBLE },
		{ "signed", WORD_SIGNED }, { "unsigned", WORD_UNSIGNED },
	};

	if (strcmp(w, "long") == 0)
		return sofar & WORD_LONG ? WORD_LLONG : WORD_LONG;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(w, table[i].word) == 0)
			return table[i].flag;
	return 0;
}

static const struct type *
find_named(struct types *ts, const char *w, const char **s)
{
	char tag[256];

	if (strcmp(w, "struct") == 0 || strcmp(w, "union") == 0 || strcmp(w, "enum") == 0) {
		*s = next_word(*s, tag, sizeof(tag));
		return *tag == '\0' ? NULL : type_tag(ts, *w == 's' ? TYPE_STRUCT :
		    *w == 'u' ? TYPE_UNION : TYPE_ENUM, intern(ts->intern, tag));
	}
	for (size_t i = 0; i < sizeof(leaf_table) / sizeof(leaf_table[0]); i++)
		if (leaf_table[i].kind != TYPE_INT && strcmp(w, leaf_table[i].name) == 0)
			return *member_at(ts, leaf_table[i].type);
	if (strcmp(w, "string") == 0)
		return ts->t_string;
	if (strcmp(w, "<DYN>") == 0)
		return ts->t_dyn;
	return type_find_typedef(ts, w);
}

/* words {"*"}: const and volatile may stand anywhere. */
const struct type *
type_find(struct types *ts, const char *s)
{
	const struct type *t = NULL;
	unsigned words = 0, flag;
	bool c = false, v = false;
	char w[256];

	for (;;) {
		s = next_word(s, w, sizeof(w));
		if (strcmp(w, "const") == 0)
			c = true;
		else if (strcmp(w, "volatile") == 0)
			v = true;
		else if ((flag = word_flag(w, words)) != 0 && (words & flag) == 0)
			words |= flag;
		else if (w[0] == '\0' || t != NULL || (t = find_named(ts, w, &s)) == NULL)
			break;
	}
	if (w[0] != '\0' || (t != NULL && words != 0))
		return NULL;
	if (t == NULL && (t = type_basic(ts, words)) == NULL)
		return NULL;
	t = type_qualified(ts, t, c, v);
	for (; *s == '*' || *s == ' '; s++)
		if (*s == '*')
			t = type_ptr(ts, t);
	return *s == '\0' ? t : NULL;
}

const struct type *
type_real(const struct type *t)
{
	while (t->kind == TYPE_TYPEDEF)
		t = t->base;
	return t;
}

const struct type *
type_filled(const struct type *t)
{
	struct type *real = (struct type *)(uintptr_t)type_real(t);
	struct type_source *source = real->source;

	if (source != NULL) {
		real->source = NULL;
		source->fill(source, real);
	}
	return real;
}

bool
type_is_int(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_INT || t->kind == TYPE_ENUM;
}

bool
type_is_scalar(const struct type *t)
{
	return type_is_int(t) || type_real(t)->kind == TYPE_PTR;
}

bool
type_is_float(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_FLOAT && t->size_bytes <= 8;
}

bool
type_is_ptr(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_PTR || t->kind == TYPE_ARRAY;
}

bool
type_is_string(const struct type *t)
{
	return type_real(t)->kind == TYPE_STRING;
}

bool
type_is_strcompat(const struct type *t)
{
	const struct type *of;

	t = type_real(t);
	if (t->kind == TYPE_STRING)
		return true;
	if (t->kind != TYPE_PTR && t->kind != TYPE_ARRAY)
		return false;
	of = type_real(t->base);
	return of->kind == TYPE_INT && of->size_bytes == 1 && strcmp(of->name, "_Bool") != 0;
}

bool
type_is_bytes(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_STRUCT || t->kind == TYPE_UNION || t->kind == TYPE_ARRAY ||
	    t->kind == TYPE_FLOAT || type_is_shown(t);
}

bool
type_is_shown(const struct type *t)
{
	t = type_real(t);
	return t->kind == TYPE_STACK || t->kind == TYPE_SYM || t->kind == TYPE_USYM;
}

bool
type_is_signed(const struct type *t)
{
	return type_real(t)->is_signed;
}

bool
type_is_const(const struct type *t)
{
	for (; t->kind == TYPE_TYPEDEF; t = t->base)
		if (t->is_const)
			return true;
	return false;
}

/* Parameters of functions that are parameters of functions are not compared deeper than that. */
enum { NEST_MAX = 3 };

static bool same(const struct type *, const struct type *, int depth);

static bool
same_params(const struct type *a, const struct type *b, int depth)
{
	if (a->nmember != b->nmember || a->is_variadic != b->is_variadic)
		return false;
	for (uint32_t i = 0; i < a->nmember; i++)
		if (depth <= NEST_MAX && !same(a->member[i].type, b->member[i].type, depth))
			return false;
	return true;
}

static bool
same(const struct type *a, const struct type *b, int depth)
{
	for (;;) {
		a = type_real(a);
		b = type_real(b);
		if (a == b)
			return true;
		if (a->kind != b->kind || a->nelem != b->nelem)
			return false;
		switch (a->kind) {
		case TYPE_INT:		/* tables of other makers have an int of their own */
		case TYPE_FLOAT:
			return a->size_bytes == b->size_bytes && a->is_signed == b->is_signed &&
			    strcmp(a->name, b->name) == 0;
		case TYPE_FUNC:
			if (!same_params(a, b, depth + 1))
				return false;
			break;
		case TYPE_PTR:
		case TYPE_ARRAY:
			break;
		case TYPE_STACK:
		case TYPE_SYM:
		case TYPE_USYM:
			return a->how == b->how;
		case TYPE_VOID:
		case TYPE_STRING:
		case TYPE_DYN:
			return true;
		case TYPE_STRUCT:
		case TYPE_UNION:
		case TYPE_ENUM:		/* the source may know one by several numbers */
			return a->is_foreign && b->is_foreign && a->name != NULL &&
			    b->name != NULL && strcmp(a->name, b->name) == 0;
		case TYPE_TYPEDEF:
			return false;
		}
		a = a->base;
		b = b->base;
	}
}

bool
type_same(const struct type *a, const struct type *b)
{
	return same(a, b, 0);
}

const struct type *
type_shown(struct types *ts, enum type_how how, uint32_t nframe)
{
	static const uint32_t words[] = { [HOW_STACK] = STACK_SLACK, [HOW_USTACK] = 1, [HOW_JSTACK] = 1 };
	const bool is_stack = how <= HOW_JSTACK;
	const struct type *leaf = is_stack ? ts->t_stack
	    : how == HOW_SYM || how == HOW_MOD ? ts->t_sym : ts->t_usym;
	struct type *t = arena_new(ts->arena, struct type);

	*t = *leaf;
	t->how = how;
	t->nelem = is_stack ? nframe : 0;
	if (is_stack)
		t->size_bytes = 8 * (words[how] + nframe * (how == HOW_JSTACK ? 2 : 1));
	return t;
}

/*
 * Members in anonymous ones are seen, too: as deep, and as many in all, as no sound declaration has.
 * A foreign one may contain itself.
 */
enum { ANONYMOUS_MAX = 64, LOOKS_MAX = 1 << 16 };

static const struct type_member *
find_member(const struct type *t, const char *name, uint32_t *off_bits, int depth, int *left)
{
	t = type_filled(t);
	if (t->kind != TYPE_STRUCT && t->kind != TYPE_UNION)
		return NULL;
	for (uint32_t i = 0; i < t->nmember && --*left > 0; i++) {
		const struct type_member *m = &t->member[i];
		const struct type_member *inner;
		uint32_t off;

		if (m->name != NULL && strcmp(m->name, name) == 0) {
			*off_bits = m->off_bits;
			return m;
		}
		if (m->name == NULL && depth < ANONYMOUS_MAX &&
		    (inner = find_member(m->type, name, &off, depth + 1, left)) != NULL) {
			*off_bits = m->off_bits + off;
			return inner;
		}
	}
	return NULL;
}

const struct type_member *
type_member(const struct type *t, const char *name, uint32_t *off_bits)
{
	int left = LOOKS_MAX;

	return find_member(t, name, off_bits, 0, &left);
}
