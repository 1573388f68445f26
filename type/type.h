/*
 * C types as D sees them (LP64). One struct; pointer-equal types are the same type for
 * everything that a table makes (type_ptr() and friends intern); struct types compare by
 * identity. Typedefs keep their name for messages: look through them with type_real().
 * A qualified type is a TYPEDEF without a name. Size, alignment and sign of a TYPEDEF are those
 * that its base had at the time (a struct may be completed later): ask type_real() for them.
 */
#ifndef TYPE_TYPE_H
#define TYPE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/map.h"

enum type_kind {
	TYPE_VOID,
	TYPE_INT,	/* every integer, _Bool, char */
	TYPE_FLOAT,	/* values of traced programs only; no arithmetic */
	TYPE_PTR,
	TYPE_ARRAY,
	TYPE_FUNC,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_TYPEDEF,
	TYPE_STRING,	/* D's by-value string of strsize bytes */
	TYPE_STACK,	/* stack(), ustack() */
	TYPE_SYM,	/* sym() … : kernel address with a way to show it */
	TYPE_USYM,	/* usym() … */
	TYPE_DYN,	/* <DYN>: no type at compile time; usable nowhere */
};

enum { STACK_FRAMES_MAX = 512 };
enum { STACK_SLACK = 2 };	/* more frames of a kernel stack, for what is no part of it */

/* Which call gave a value of TYPE_STACK, TYPE_SYM or TYPE_USYM: how its bytes are laid out and shown
 * (rec/stack.h). */
enum type_how {
	HOW_STACK, HOW_USTACK, HOW_JSTACK,
	HOW_SYM, HOW_MOD,			/* func() is sym() */
	HOW_UADDR, HOW_USYM, HOW_UMOD,		/* ufunc() is usym() */
};

struct type_member {
	const char *name;		/* NULL: anonymous struct or union */
	const struct type *type;
	uint32_t off_bits;
	uint32_t bits;			/* 0: not a bit-field */
};

struct type_enumerator {
	const char *name;
	int64_t value;
};

struct type;

/* Types that the program did not declare: the kernel's. They are looked for when they are wanted. */
struct type_source {
	/* Sets what is known only by name: members, enumerators, size, alignment, whether the type is
	 * complete at all. */
	void (*fill)(struct type_source *, struct type *);
	/* NULL, false: there is none of that name. */
	const struct type *(*find_typedef)(struct type_source *, const char *name);
	bool (*find_enumerator)(struct type_source *, const char *name, int64_t *value);
};

struct type {
	enum type_kind kind;
	bool is_signed;			/* INT, ENUM */
	bool is_complete;
	bool is_const, is_volatile;
	bool is_variadic;		/* FUNC */
	uint32_t size_bytes;		/* 0 for void, func, incomplete */
	uint32_t align_bytes;
	const char *name;		/* INT, FLOAT, TYPEDEF: as spelled; tag of STRUCT … or NULL */
	const struct type *base;	/* PTR to, ARRAY of, TYPEDEF of, FUNC returning, ENUM: int */
	uint32_t nelem;			/* ARRAY; 0 = []; STACK: frames */
	enum type_how how;		/* STACK, SYM, USYM */
	const struct type_member *member;	/* STRUCT, UNION; FUNC: parameters (name may be NULL) */
	uint32_t nmember;
	const struct type_enumerator *enumerator;
	uint32_t nenumerator;
	bool is_foreign;		/* STRUCT, UNION, ENUM: not declared by the program */
	struct type_source *source;	/* will fill it; NULL: all is there, or never will be */
	uint32_t source_id;		/* the source's own; 0: it looks for the name */
};

/* No type is larger: sizes and bit offsets fit their fields with room to spare. */
#define TYPE_SIZE_MAX (1u << 28)

/* The words that C's basic types are spelled with. */
enum type_word {
	WORD_VOID = 1 << 0,
	WORD_CHAR = 1 << 1,
	WORD_SHORT = 1 << 2,
	WORD_INT = 1 << 3,
	WORD_LONG = 1 << 4,
	WORD_LLONG = 1 << 5,	/* the second "long"; always with WORD_LONG */
	WORD_FLOAT = 1 << 6,
	WORD_DOUBLE = 1 << 7,
	WORD_SIGNED = 1 << 8,
	WORD_UNSIGNED = 1 << 9,
};

/* All types of a session: the built-in ones, D's own typedefs, what the program declares. */
struct types {
	struct arena *arena;
	struct intern *intern;
	uint32_t strsize;
	struct type_source *source;	/* NULL: there are no types but the program's */
	/* the types that the compiler itself needs */
	const struct type *t_void, *t_bool, *t_char, *t_schar, *t_uchar, *t_short, *t_ushort,
	    *t_int, *t_uint, *t_long, *t_ulong, *t_llong, *t_ullong, *t_float, *t_double,
	    *t_ldouble, *t_string, *t_stack, *t_sym, *t_usym, *t_dyn,
	    *t_int8, *t_int16, *t_int32, *t_int64,
	    *t_uint8, *t_uint16, *t_uint32, *t_uint64,
	    *t_uintptr, *t_size, *t_pid, *t_id, *t_voidptr, *t_charptr;
	struct map typedefs;		/* name → struct type * */
	struct map tags;		/* "struct x", "union x", "enum x" → struct type * */
	struct map enumerators;		/* name → struct type_enumerator * */
	struct map ptrs;		/* private: interning */
};

void types_init(struct types *, struct arena *, struct intern *, uint32_t strsize);
void types_fini(struct types *);
void types_set_strsize(struct types *, uint32_t strsize);	/* of strings declared from now on */

const struct type *type_ptr(struct types *, const struct type *to);
/* requires: the elements are complete and together not larger than TYPE_SIZE_MAX. */
const struct type *type_array(struct types *, const struct type *of, uint32_t nelem);
const struct type *type_qualified(struct types *, const struct type *, bool c, bool v);
/* What a call of stack(), ustack(), sym() … gives. nframe: of stacks. */
const struct type *type_shown(struct types *, enum type_how, uint32_t nframe);
/* Enters the name, which stays the caller's (interned or constant). */
const struct type *type_typedef(struct types *, const char *name, const struct type *);
/* The same without entering it. */
const struct type *type_alias(struct types *, const char *name, const struct type *);
/* The program's, else the source's; NULL: neither has it. */
const struct type *type_find_typedef(struct types *, const char *name);
bool type_find_enumerator(struct types *, const char *name, int64_t *value);
/* The struct, union or enum of that tag: found, or entered as foreign. kind: TYPE_STRUCT … */
struct type *type_tag(struct types *, enum type_kind kind, const char *tag);
/* The one that the program declares; if it is complete, it did already. */
struct type *type_declare_tag(struct types *, enum type_kind kind, const char *tag);
/* The basic type of a set of enum type_word; NULL when C has no such combination. */
const struct type *type_basic(struct types *, unsigned words);

/* NULL when there is none. The name is one of C's or D's spellings: "unsigned int", "uint64_t",
 * "struct foo", "char *", "string". Used by tables (providers, builtin.def). */
const struct type *type_find(struct types *, const char *spelling);

const struct type *type_real(const struct type *);	/* without typedefs and qualifiers */
/* The same, with its members, enumerators and alignment. Nobody looks at them without it. */
const struct type *type_filled(const struct type *);
bool type_is_int(const struct type *);			/* integer or enum */
bool type_is_scalar(const struct type *);		/* integer, enum, pointer */
bool type_is_ptr(const struct type *);			/* pointer or array */
bool type_is_float(const struct type *);		/* float, double: of a register's size */
bool type_is_string(const struct type *);		/* D string */
bool type_is_strcompat(const struct type *);		/* string, char *, char [] */
bool type_is_bytes(const struct type *);	/* structure, array, float, stack …: no scalar, no string */
bool type_is_shown(const struct type *);		/* a stack or symbol: only printed, or a key */
bool type_is_signed(const struct type *);
bool type_is_const(const struct type *);
/* Compatible for pointers and redeclarations: qualifiers and typedefs don't count. */
bool type_same(const struct type *, const struct type *);
const struct type_member *type_member(const struct type *, const char *name, uint32_t *off_bits);

#endif
