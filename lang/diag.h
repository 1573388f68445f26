/*
 * The one throw. Each row of diag.def becomes a typed function err_NAME(pos, …) that does not
 * return: it formats the sentence, fills struct diag and jumps to diag->catch.
 *
 * requires: the caller of the compiler has done setjmp(diag->catch) and reads the fields below
 * when it returns non-zero. Everything between is arena memory, so nothing leaks.
 */
#ifndef LANG_DIAG_H
#define LANG_DIAG_H

#include <setjmp.h>
#include <stdbool.h>

#include "base/arena.h"
#include "lang/source.h"

enum diag_tag {
#define DIAG(TAG, NAME, PARAMS, FMT, ...) DIAG_##NAME,
#include "lang/diag.def"
#undef DIAG
	DIAG_MAX,
};

/* Where in a command-line program the compiler is: part of DTrace's message. */
enum diag_region { REGION_NONE, REGION_PREDICATE, REGION_ACTIONS };

struct diag {
	jmp_buf catch;
	struct arena *arena;
	bool errtags;			/* -x errtags: "[D_TAG] " before the location */
	bool caret;			/* -x caret: source line and a caret after the message */
	enum diag_region region;	/* kept by parser and checker */
	/* result */
	const char *tag;		/* "D_SYNTAX" */
	const char *message;		/* "[tag] location: sentence", no newline at the end */
	const char *source_lines;	/* with caret: "\n  text\n  ^", else "" */
	struct pos pos;
};

/* Every row's function: err_pdesc_zero(pos, …). */
#define DIAG(TAG, NAME, PARAMS, FMT, ...) \
	_Noreturn void err_##NAME PARAMS;
#include "lang/diag.def"
#undef DIAG

#endif
