/*
 * A record: what one clause of one firing hands to the consumer, in the ring buffer.
 *
 *     0  timestamp  u64   start of the firing, CLOCK_MONOTONIC ns
 *     8  clause     u32   index of the clause (its schema), or REC_ERROR
 *    12  probe      u32   probe id
 *    16  cpu        u32
 *    20  pid        u32   REC_ERROR: the process, as the tracer numbers it; else not set
 *    24  fields at the offsets of the schema, 8-aligned
 *
 * gen writes the schema (struct rec) while it emits the stores; consume.c walks it.
 */
#ifndef REC_REC_H
#define REC_REC_H

#include <stdint.h>

#include "type/type.h"

struct rec_hdr {
	uint64_t timestamp;
	uint32_t clause;
	uint32_t probe;
	uint32_t cpu;
	uint32_t pid;
};

/* Special values of rec_hdr.clause. */
enum {
	REC_SPECIAL = 0xffffff00u,
	REC_ERROR = REC_SPECIAL,	/* struct rec_error follows */
	REC_MAPS,	/* no more than a call: look at run/follow.h */
	REC_PROCESS,	/* a process that maps other code (unwind.h); u64 pid follows */
	REC_PYTHON,	/* a process that was not known (python.h); u64 pid follows */
	REC_PYTHON_EXEC,	/* … that has become another program; u64 pid follows */
	REC_PYTHON_CODE,	/* … and a code object; struct rec_python_code */
	REC_PYTHON_LINES,	/* struct rec_python_lines */
};

struct rec_error {
	uint64_t clause;		/* the faulting clause */
	uint64_t fault;			/* DTRACEFLT_* */
	uint64_t value;
	uint64_t pc;
};

/* Which speculation a record belongs to, or ends: word as it was in the control map (state.h), so
 * that one number in use again is told from the time before. word 0: none. */
struct rec_spec {
	uint32_t id, word;
};

enum rec_kind {
	REC_INT,	/* size 1 2 4 8; type says sign */
	REC_STR,	/* size strsize, NUL-terminated unless full */
	REC_BYTES,	/* by-value data */
	REC_PROBEPROV,	/* size 4: the process, for the probe of every process */
	/* no bytes in the record: the consumer knows them from the probe id */
	REC_PROBEMOD, REC_PROBEFUNC, REC_PROBENAME,
	/* constants of the program: nothing to send */
	REC_CONST_STR,	/* str */
	REC_CONST_INT,	/* val */
	REC_SHOWN,	/* a stack or symbol: rec/stack.h, as its type says */
};

struct rec_field {
	uint32_t off, size;
	enum rec_kind kind;
	const struct type *type;
	const char *str;
	int64_t val;
};

/* One action of a clause, in the order of the text. */
struct rec_act {
	int act;			/* enum builtin_act; REC_ACT_DEFAULT: row without data */
	const char *fmt;		/* printf, printa: format string; else NULL */
	struct rec_field *field;	/* its values, in order of the arguments */
	uint32_t nfield;
	const struct var **aggr;	/* printa, clear …: aggregations named */
	uint32_t naggr;
	/* Inside of an if: offset of a byte of the record that is 1 when it was reached; 0: always. */
	uint32_t when;
};
enum { REC_ACT_DEFAULT = -1 };

/* The schema of a clause. */
struct rec {
	struct rec_act *act;
	uint32_t nact;
	uint32_t bytes;			/* with header; 0: the clause sends nothing */
	uint32_t spec_off;		/* of a struct rec_spec; 0: the clause never speculates */
	bool is_default;		/* empty body: a row only */
	bool is_error_clause;
};

#endif
