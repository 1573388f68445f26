/* A text to compile, and places in it. */
#ifndef LANG_SOURCE_H
#define LANG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

enum source_kind {
	SOURCE_FILE,	/* -s: errors are "line N: …" */
	SOURCE_ARG,	/* -P -m -f -n -i: errors are "in action list: …" */
};

/* Which field of a probe description the right-most component of a colon-poor one fills. */
enum source_spec { SPEC_PROVIDER, SPEC_MODULE, SPEC_FUNCTION, SPEC_NAME };

struct source {
	enum source_kind kind;
	enum source_spec spec;
	const char *name;		/* file name, or the argument itself */
	const char *text;		/* NUL-terminated */
	size_t len;
	struct diag *diag;		/* where errors in this text go */
	bool is_other;			/* not the program itself (library, #line): errors name it */
	bool is_prologue;		/* its statements are the arguments of the clauses that follow */
	bool is_library;		/* may depend on what there is; defines, traces nothing */
	bool is_skipped;		/* gives: a library that depends on what there isn't */
};

struct pos {
	struct source *src;		/* NULL: no place (made by us) */
	uint32_t line;			/* 1-based; 0: none */
	uint32_t col;			/* 1-based byte column */
	uint32_t off;			/* byte offset in src->text */
};

#endif
