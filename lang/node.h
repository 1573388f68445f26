/*
 * The tree. The parser makes it, the checker types and rewrites it in place, gen reads it.
 * All of it lives in the session's arena.
 *
 * After the checker every expression has a type; every implicit conversion is a CAST; operands
 * of BINARY have the type the operation is done in (their common type; comparisons give int);
 * constants are folded. See node.def for the fields of each kind.
 */
#ifndef LANG_NODE_H
#define LANG_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lang/attr.h"
#include "lang/source.h"
#include "type/type.h"

enum node_kind {
#define NODE(KIND, NAME, FIELDS) NODE_##KIND,
#include "lang/node.def"
#undef NODE
	NODE_MAX,
};

/* A probe description. Empty string: matches anything. Never NULL. */
struct pdesc {
	const char *prov, *mod, *func, *name;
	uint32_t id;		/* numeric description; 0: by names */
	const char *text;	/* "prov:mod:func:name" as written, macros expanded */
	bool is_bare;		/* no predicate and no body in the source (default action) */
};

enum var_scope { VAR_GLOBAL, VAR_SELF, VAR_THIS, VAR_AGGR };

/* Does a variable hold pointers to scratch memory? */
enum var_scratch { SCRATCH_UNKNOWN, SCRATCH_NO, SCRATCH_YES };

/* A variable or aggregation of the program. */
struct var {
	const char *name;
	enum var_scope scope;
	const struct type *type;	/* of the value; NULL until first assigned; aggregations: NULL */
	bool is_assoc;			/* has keys (also keyless aggregations: false) */
	bool is_declared;		/* by a declaration, not by assignment */
	const struct type **key;	/* nkey key types */
	uint32_t nkey;
	uint32_t id;			/* 0-based, per scope, in order of first appearance */
	const struct builtin *aggfn;	/* VAR_AGGR: count(), sum() … */
	int64_t aggarg[4];		/* lquantize: base, limit, step; llquantize: factor, low, high, steps */
	enum var_scratch scratch;
	bool is_signed_aggr;		/* min, max … over a signed argument */
	struct pos pos;			/* of first appearance */
	/* filled by gen: where it lives */
	uint32_t off;			/* GLOBAL, SELF, THIS scalars: byte offset in their record */
	int map;			/* associative arrays, aggregations: index of the program's map */
	struct var *next;		/* all variables of a program, in order of appearance */
};

struct node {
	enum node_kind kind;
	struct pos pos;
	const struct type *type;
	const struct type *ctype;	/* ASSIGN with op: computed in it; SIZEOF (type): of it */
	struct node *next;		/* chained in a list */
	struct node *a, *b, *c;
	struct node *list;
	uint16_t op;			/* enum token */
	uint16_t height;		/* expressions: 1 + the deepest child's; at most NODE_HEIGHT_MAX */
	bool is_post, is_arrow, has_body, in_parens, is_delete, is_null, is_known;
	uint8_t bvar;			/* enum builtin_var */
	uint64_t val;
	const char *str;
	uint32_t len;
	struct var *var;
	const struct builtin *fn;
	struct pdesc *pdesc;
};

/* Passes recurse over a tree; the parser refuses what is higher than this. */
#define NODE_HEIGHT_MAX 1000

/* A compiled text: its clauses in order, and the variables (shared by all texts of a session). */
struct program {
	struct source *src;
	struct node *clause;		/* CLAUSE and (before checking) DECL nodes, in order */
	struct node *provider;		/* PROVIDER nodes, in order */
	struct attr attr;		/* checked: the weakest of the names in its clauses */
};

const char *node_name(enum node_kind);

/* Is there such a node in this list of trees? */
bool node_any(const struct node *, bool (*)(const struct node *, const void *), const void *);
struct node *node_new(struct arena *, enum node_kind, struct pos);
struct node *node_copy(struct arena *, const struct node *);	/* of a whole list of trees */

/* One node a line, indented, "kind fields : type @line": the text of -d parse and -d check. */
void node_print(struct buf *, const struct node *, int depth);
void program_print(struct buf *, const struct program *);

#endif
