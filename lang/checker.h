/*
 * What the files of the checker share:
 *
 *   check.c        declarations, clauses, statements
 *   check_expr.c   operators, conversions
 *   check_name.c   names, variables, arrays, assignment
 *   check_ptr.c    pointers, scratch memory
 *   check_symbol.c symbols of the kernel
 *   check_place.c  members, elements of arrays, addresses
 *   check_call.c   subroutines, actions, printf
 *   check_action.c actions with rules of their own
 *   check_xlate.c  inlines, translators
 *   check_stack.c  stacks and symbols
 *   check_aggr.c   aggregations, and the actions that work on them
 */
#ifndef LANG_CHECKER_H
#define LANG_CHECKER_H

#include "lang/attr.h"
#include "lang/env.h"
#include "lang/node.h"

struct diag;
struct printf_fmt;

struct checker {
	struct lang_env *env;
	struct types *types;
	struct diag *diag;
	unsigned seen;			/* what may stand in a clause after what: check_action.c */
	struct node *item;		/* the clause being checked; later ones follow it */
	struct attr attr, amin;		/* the weakest name so far; -x amin */
	unsigned depth;			/* of the expression being checked */
	uint32_t ncopied;		/* nodes that inlines and translators made */
	const struct node *params, *args;	/* of the one being expanded: PARAMs, their values */
	const char *name_self, *name_this, *name_args, *name_null;	/* interned */
};

/*
 * An expression: typed and folded, in place or replaced; the result has its place in the list.
 * check_value() refuses what has no value (actions, aggregations) for the operator `op`.
 */
struct node *check_expr(struct checker *, struct node *);
struct node *check_value(struct checker *, struct node *, const char *op);
void require_value(struct checker *, const struct node *, const char *op);

/* The same value as another type: the node itself, retyped, or a CAST around it. */
struct node *convert(struct checker *, struct node *, const struct type *);

/* The same, but a constant 0 becomes the NULL string, not what is at address 0. */
struct node *convert_value(struct checker *, struct node *, const struct type *);

/* A name was used that is so stable: D_ATTR_MIN when that is less than is wanted. */
void check_attr(struct checker *, struct pos, const char *kind, const char *name, struct attr);

/* What a variable becomes that is assigned this, and what messages call its type. */
const struct type *value_type(struct checker *, const struct node *);
const char *spell(struct checker *, const struct type *);
const char *spell_node(struct checker *, const struct node *);

/* May this value be assigned to (passed as) that type? Also a constant 0 to a pointer. */
bool is_assignable(const struct type *to, const struct node *);
bool is_zero(const struct node *);	/* the constant 0 */
bool is_string(const struct node *);	/* by value: content is compared and copied */
bool is_pointer(const struct node *);	/* by address */

/* The operands of a BINARY operator, or of an assignment with one: types and conversions.
 * gives: the type that it is computed in. */
const struct type *check_arith(struct checker *, struct node *, const char *op);

struct node *check_ident(struct checker *, struct node *);
struct node *check_member(struct checker *, struct node *);
struct node *check_index(struct checker *, struct node *);
struct node *check_assign(struct checker *, struct node *);
struct node *check_deref(struct checker *, struct node *);
struct node *check_value_index(struct checker *, struct node *);	/* n->a is checked */
struct node *check_addrof(struct checker *, struct node *);

/* check_symbol.c: a name with a backtick, or its address. */
struct node *check_symbol(struct checker *, struct node *);
struct node *check_symbol_address(struct checker *, struct node *);
bool is_symbol(const struct node *);

/* Members, and what is in memory of D's own or anywhere. */
struct node *check_object_member(struct checker *, struct node *);	/* n->a is checked */
bool is_array(const struct node *);		/* not a string constant */
struct node *check_array_arg(struct checker *, struct node *arg);
/* An array of characters that is as long as it is has no size: as a string. */
struct node *sized(struct checker *, struct node *);
bool is_own(const struct node *);		/* a variable, an element, or a part of one */
struct node *decay(struct checker *, struct node *);	/* of an array: where it begins */
/* The element of an array or the one that a pointer leads to: of n's position. */
struct node *check_array_index(struct checker *, struct node *n, struct node *array,
    struct node *index);

/* Does it point to what alloca() or copyin() gave? Such pointers don't mix with others. */
bool is_scratch(const struct node *);
bool is_scratch_mix(const struct node *, const struct node *);
void check_scratch_assign(const struct node *assign);

struct node *check_call(struct checker *, struct node *);

void check_decl(struct checker *, struct node *);

void check_inline_def(struct checker *, struct node *);
void check_xlator_def(struct checker *, struct node *);
bool is_param(const struct checker *, const char *name);
struct node *check_param(struct checker *, const struct node *ident);
const struct node *find_inline(const struct checker *, const char *name);
struct node *check_inline(struct checker *, struct node *at, const struct node *def);
/* name[…] of an inline with parameters; name(…) of one of a library: DTrace's subroutine. */
struct node *check_inline_index(struct checker *, struct node *at, const struct node *def);
struct node *check_xlate(struct checker *, struct node *);
struct node *check_xlate_member(struct checker *, struct node *);

/* Keys of an associative array or aggregation: the first use fixes their types. */
void check_keys(struct checker *, struct var *, bool is_first, struct node *at,
    struct node **list, const char *name);

/* The call of an action that is a statement: check_expr() has only found its name. */
void check_action(struct checker *, struct node *call);
int list_len(const struct node *);
void check_arg_count(struct checker *, const struct node *call);
void check_int_arg(struct checker *, struct node *call);	/* exit(), raise(): one int */
void check_printf(struct checker *, struct node *call);
_Noreturn void bad_arg(struct checker *, const struct node *call, int nr, const char *want,
    const struct node *arg);
struct printf_row;
bool accepts_conv(struct checker *, const struct printf_row *, const struct type *);
struct printf_fmt *check_format(struct checker *, const struct node *call);

/* check_stack.c: stack(), ustack(), sym() … as values; n->fn is known. */
void check_shown(struct checker *, struct node *call);

void check_tracemem(struct checker *, struct node *call);
void check_print(struct checker *, struct node *call);
void check_freopen(struct checker *, struct node *call);
void check_setopt(struct checker *, struct node *call);
void check_unimplemented(struct checker *, struct node *call);
/* Speculation allows actions and aggregations (call NULL) in certain orders only. */
void check_order(struct checker *, struct pos, const struct node *call);
void check_order_value(struct checker *, const struct node *);	/* copyout() in an expression */

void check_aggr(struct checker *, struct node *);
void check_printa(struct checker *, struct node *call);
void check_clear(struct checker *, struct node *call);
void check_trunc(struct checker *, struct node *call);
void check_normalize(struct checker *, struct node *call);

#endif
