/*
 * Format strings of printf() and printa(): one parser for the checker (types of arguments) and
 * the consumer (output). Conversions are rows of printf.def.
 */
#ifndef LANG_PRINTF_H
#define LANG_PRINTF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "type/type.h"

enum printf_class {
	PRINTF_INT,		/* d i o u x X with size letters */
	PRINTF_CHAR,		/* c C lc wc */
	PRINTF_STR,		/* s S */
	PRINTF_PTR,		/* p */
	PRINTF_ADDR,		/* a A */
	PRINTF_FLOAT,		/* e E f g G */
	PRINTF_TIME,		/* T Y */
	PRINTF_STACK,		/* k */
	PRINTF_PERCENT,		/* %% */
};

enum { PRINTF_WIDTH_MAX = 65535 };	/* widths and precisions beyond it count as it */

struct printf_row {
	const char *name;		/* "d", "ld", "Y" */
	char letter;			/* its last character: 'd' */
	enum printf_class class;
	const char *prototype;		/* in messages: "char, short, or int" */
};

/* A conversion and the literal text before it. */
struct printf_conv {
	const char *text;		/* literal text before, not NUL-terminated */
	uint32_t text_len;
	const struct printf_row *row;	/* NULL: only text (after the last conversion) */
	bool f_alt, f_zero, f_left, f_sign, f_space, f_group;	/* # 0 - + blank ' */
	bool star_width, star_prec;	/* from an int argument */
	int width, prec;		/* -1: none */
	bool is_agg;			/* %@ */
	bool is_plain;			/* none of the above: the letter alone */
	uint32_t number;		/* 1-based, as messages count conversions; 0: only text */
};

struct printf_fmt {
	struct printf_conv *conv;
	uint32_t n;
};

/* gives: NULL and a sentence ("format conversion #2 …") on a bad format. Arena memory. */
struct printf_fmt *printf_parse(struct arena *, const char *fmt, const char **error);

/* Does a value of this type suit the conversion? (D_PRINTF_ARG_TYPE) */
bool printf_accepts(const struct printf_row *, const struct type *);

#endif
