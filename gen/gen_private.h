/*
 * Inside of gen: the function being built, and what the parts of the generator call of each
 * other. Everything that is emitted is forward code: loops are in routines (rt.def) only.
 */
#ifndef GEN_GEN_PRIVATE_H
#define GEN_GEN_PRIVATE_H

#include "gen/gen.h"
#include "lang/builtin.h"
#include "rec/fault.h"
#include "rec/stack.h"

enum rt {
#define RT(ID, NAME, NARG, DOC) RT_##ID,
#include "gen/rt.def"
#undef RT
	RT_MAX,
};

/* What the entry function must prepare for a clause. */
enum gen_uses {
	USES_PROBE = 1,		/* STATE_probe */
	USES_TIME = 2,		/* STATE_timestamp: 0 at the start */
	USES_EXIT = 4,		/* STATE_flags: 0 at the start */
	USES_FAULT = 8,		/* may return 1: the clause faulted */
	USES_ERRNO = 16,	/* STATE_errno */
	USES_PYTHON = 32,	/* rec_python_now.found: PYTHON_UNASKED at the start */
	USES_STACK = 64,	/* STATE_stack_skip */
};

/* STATE_flags */
enum { STATE_EXITED = 1 };

/* A clause's function; programs that differ only in how they read user memory differ in it. */
struct gen_code {
	struct ir_func *func;
	unsigned uses;
};

struct gen_private {
	struct scope *scope;
	struct types *types;
	bool uses_scratch;			/* alloca() and the like */
	bool uses_execargs;			/* reads as much as a string */
	uint32_t temp_bytes;			/* most that a clause needs */
	struct gen_code *code[2];		/* by is_sleepable, then clause */
	struct ir_func *rt[RT_MAX];		/* routines called so far */
	struct gen_prog {
		struct ir_prog *ir;
		struct gen_prog *next;
	} *prog;
};

/* The clause being built. */
struct gen_fn {
	struct gen *g;
	struct ir_func *f;
	ir_val ctx, st;
	ir_val self;			/* address of this thread's variables; IR_NONE: not used */
	ir_label fault;			/* returns 1 */
	ir_label out;			/* returns 0, and the record is not sent */
	uint32_t clause;		/* index */
	int32_t scratch;		/* of alloca(); 0: not used */
	int32_t tokens;			/* what strtok() remembers; 0: not used */
	uint32_t temp;			/* bytes of temporaries in use */
	uint32_t temp_base;		/* … by the whole clause; statements begin there */
	uint32_t act;			/* the next action of the record */
	uint32_t branch;		/* the next branch with actions */
	unsigned uses;
	bool is_sleepable;
	bool has_time;			/* STATE_timestamp is set on every path to here */
};

/* A place in memory; for the verifier always inside of a map's value. */
struct gen_at {
	ir_val ptr;
	int32_t off;
};

/* A string value: where it is, and its length with the NUL; IR_NONE: not known. */
struct gen_str {
	struct gen_at at;
	ir_val len;
};

/* gen_layout.c: requires a checked tree; gives records, offsets of variables, maps. */
void gen_layout(struct gen *, struct program **, uint32_t nprogram);
uint32_t gen_string_bytes(const struct gen *);	/* of a string: variable, key, field … */
uint32_t gen_read_bytes(const struct gen *);	/* most that is read from an address at once */
uint32_t gen_value_bytes(const struct gen *, const struct type *);
/* For every node of the tree below: fn(arg, node). */
void gen_walk(struct node *, void (*fn)(void *, struct node *), void *);
const struct node *gen_action_call(const struct node *stmt);	/* NULL: another statement */
bool gen_prints_address(const struct node *call);	/* print() of what a pointer leads to */
bool gen_has_action(const struct node *stmts);		/* directly, not in a nested if */

/* gen_clause.c, gen_fault.c, gen_probe.c: whole functions. What a clause returns: */
enum gen_went { GEN_DONE, GEN_FAULTED, GEN_GO_ON /* of a prologue only */ };
bool gen_is_prologue(const struct gen *, uint32_t clause);
struct gen_code *gen_clause(struct gen *, uint32_t clause, bool is_sleepable);
/* The code of a clause in a function of (ctx, st) that goes on behind it; gives enum gen_uses. */
unsigned gen_clause_into(struct gen *, uint32_t clause, bool is_sleepable, struct ir_func *,
    ir_label fault);
struct ir_func *gen_error(struct gen *, const struct gen_group *);
struct ir_func *gen_entry(struct gen *, const struct gen_group *);

/* gen_clause.c */
int32_t gen_temp(struct gen_fn *, uint32_t bytes);	/* offset in the state */
ir_val gen_state_ptr(struct gen_fn *, int32_t off);
struct gen_at gen_state_at(const struct gen_fn *, int32_t off);
ir_val gen_at_ptr(struct gen_fn *, struct gen_at);
void gen_zero(struct gen_fn *, struct gen_at, uint32_t bytes);
void gen_zero_in(struct ir_func *, struct gen_at, uint32_t bytes);
/* A reading helper: probe_read_kernel_str and the like. */
ir_val gen_read(struct gen_fn *, int helper, struct gen_at dst, ir_val bytes, ir_val src);
ir_val gen_timestamp(struct gen_fn *);
/* The address of the entry with this key, or 0. */
ir_val gen_lookup(struct gen_fn *, int map, struct gen_at key);
void gen_drop(struct gen_fn *, enum drop_kind);

/* gen_probe.c, for any function: sends the record at rec. Flags are those of the helper; the
 * usual ones wake the reader when there is much to read, or `urgent` (IR_NONE: never) is not 0. */
void gen_send(struct gen *, struct ir_func *, ir_val rec, uint32_t bytes, ir_val flags);
ir_val gen_wakeup(struct gen *, struct ir_func *, uint32_t bytes, ir_val urgent);
void gen_take_time(struct ir_func *, ir_val st);

/* gen_fault.c: end the clause; value IR_NONE: 0. */
void gen_fault(struct gen_fn *, enum fault, ir_val value);

/* gen_expr.c: a value, normalised: extended to 64 bits as its type says. */
ir_val gen_expr(struct gen_fn *, const struct node *);
void gen_two(struct gen_fn *, const struct node *, ir_val *a, ir_val *b);
ir_val gen_convert(struct gen_fn *, ir_val, const struct type *from, const struct type *to);
ir_val gen_assign(struct gen_fn *, const struct node *);	/* string: IR_NONE */
void gen_discard(struct gen_fn *, const struct node *);

/* gen_cond.c: jump when the truth of the expression is `when`, else go on. */
void gen_cond(struct gen_fn *, const struct node *, bool when, ir_label);
bool gen_is_truth(const struct node *);		/* its value is 0 or 1, made by gen_cond() */
enum ir_op gen_jump_op(unsigned token, bool when, bool is_signed);

/* gen_string.c: where a string is. */
struct gen_str gen_string(struct gen_fn *, const struct node *);
/*
 * Writes it to the state, to gen_string_bytes() at off; gives its length with the NUL, or
 * IR_NONE. pads: zeros up to the end, as in keys. What was there is lost even on a fault.
 */
ir_val gen_string_into(struct gen_fn *, const struct node *, int32_t off, bool pads);
ir_val gen_string_read(struct gen_fn *, ir_val addr, ir_val size, int32_t off);
ir_val gen_string_len_into(struct gen_fn *, const struct node *, int32_t off);	/* its length */
int32_t gen_string_slot(struct gen_fn *, const struct node *);	/* … is in the state */
/* The same three as an argument of a function: it faults when the string is NULL. */
struct gen_str gen_string_arg(struct gen_fn *, const struct node *);
ir_val gen_string_arg_into(struct gen_fn *, const struct node *, int32_t off);
int32_t gen_string_arg_slot(struct gen_fn *, const struct node *);
const struct node *gen_string_constant(const struct node *);	/* NODE_STR; NULL: it is none */
ir_val gen_string_copy(struct gen_fn *, struct gen_at dst, struct gen_at src);	/* its length */
void gen_string_assign(struct gen_fn *, const struct node *);
ir_val gen_strlen(struct gen_fn *, const struct node *arg);
/* Jumps when the comparison (TOK_EQU …) of two strings is `when`. */
void gen_string_cond(struct gen_fn *, const struct node *, bool when, ir_label);
/* gen_null.c: which strings may be NULL, and the mark that says so. */
bool gen_null_may_be(const struct node *);
void gen_null_copy(struct gen_fn *, struct gen_at dst, struct gen_at src);
void gen_null_not(struct gen_fn *, const struct node *, struct gen_at, ir_val len);
void gen_null_mark(struct gen_fn *, struct gen_at, ir_val len);
void gen_null_forget(struct gen_fn *, struct gen_at);
void gen_null_refuse(struct gen_fn *, const struct node *, struct gen_at);
void gen_null_cond(struct gen_fn *, const struct node *, const struct node *constant,
    struct gen_at, ir_label differ);
void gen_null_order(struct gen_fn *, const struct node *, ir_val order, int32_t a, int32_t b);

/* The part of a string in the state that a range of rt.def means. */
ir_val gen_string_range(struct gen_fn *, int32_t src, ir_val range, int32_t off);
ir_val gen_string_index(struct gen_fn *, const struct node *);	/* s[i] */

/*
 * gen_call.c: calls that give a number, or, as gen_string_into() does, a string. The functions:
 * gen_substr.c, gen_search.c, gen_inet.c.
 */
ir_val gen_call(struct gen_fn *, const struct node *);
ir_val gen_string_call(struct gen_fn *, const struct node *, int32_t off);
ir_val gen_basename(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_copyinstr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_d_path(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_execargs(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_dirname(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_cleanpath(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_inet_ntoa(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_inet_ntoa6(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_inet_ntop(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_link_ntop(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_index(struct gen_fn *, const struct node *args);
ir_val gen_json(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_lltostr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_pyarg(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_pyitem(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_pyobject(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_rindex(struct gen_fn *, const struct node *args);
ir_val gen_strchr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_strjoin(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_strrchr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_strstr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_strtok(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_strtoll(struct gen_fn *, const struct node *args);
ir_val gen_substr(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_tolower(struct gen_fn *, const struct node *args, int32_t off);
ir_val gen_toupper(struct gen_fn *, const struct node *args, int32_t off);
void gen_strtok_begin(struct gen_fn *, struct node *clause);

/* gen_ptr.c: what is at an address. */
ir_val gen_deref_load(struct gen_fn *, const struct type *, ir_val addr);
void gen_deref_store(struct gen_fn *, const struct type *, ir_val addr, ir_val);
void gen_scratch_write(struct gen_fn *, ir_val addr, struct gen_at from, uint32_t bytes);
int32_t gen_read_temp(struct gen_fn *, ir_val addr, uint32_t bytes);	/* in the state */
void gen_read_bytes_at(struct gen_fn *, ir_val addr, uint32_t bytes, struct gen_at);
bool gen_is_scratch_call(const struct node *);		/* needs scratch memory */
void gen_scratch_begin(struct gen_fn *, struct node *clause);
bool gen_is_string_address(const struct node *);	/* a cast of a string to a pointer */
ir_val gen_string_address(struct gen_fn *, const struct node *cast);
ir_val gen_alloca(struct gen_fn *, const struct node *args);
ir_val gen_bcopy(struct gen_fn *, const struct node *args);
ir_val gen_copyin(struct gen_fn *, const struct node *args);
ir_val gen_copyinto(struct gen_fn *, const struct node *args);
ir_val gen_copyout(struct gen_fn *, const struct node *args);
ir_val gen_copyoutstr(struct gen_fn *, const struct node *args);

/* gen_place.c: variables and elements of associative arrays. */
struct gen_elem {
	struct gen_at key;	/* in the temporaries */
	ir_val ptr;		/* the element or 0 */
};
ir_val gen_self(struct gen_fn *);		/* address of this thread's variables */
struct gen_at gen_var_at(struct gen_fn *, const struct var *);
struct gen_elem gen_elem(struct gen_fn *, const struct node *);
ir_val gen_elem_value(struct gen_fn *, struct gen_elem);		/* 0 when there is none */
void gen_elem_store(struct gen_fn *, const struct var *, struct gen_elem, ir_val);
void gen_elem_store_from(struct gen_fn *, const struct node *, int32_t off);
/* A PART: where it is. creates: in an element that is made when there is none. */
struct gen_at gen_part_at(struct gen_fn *, const struct node *, bool creates);
struct gen_at gen_elem_at(struct gen_fn *, const struct node *, bool creates);
/* A scalar that is loaded and stored: what it takes to find it is done once. */
struct gen_ref {
	const struct node *n;
	struct gen_elem elem;
	struct gen_at at;
	ir_val addr;
};
struct gen_ref gen_ref(struct gen_fn *, const struct node *, bool writes);
ir_val gen_ref_load(struct gen_fn *, const struct gen_ref *);
void gen_ref_store(struct gen_fn *, const struct gen_ref *, ir_val);

/* gen_bytes.c: values that are bytes, of structures, arrays and floats. */
struct gen_at gen_bytes(struct gen_fn *, const struct node *);
void gen_bytes_into(struct gen_fn *, const struct node *, struct gen_at);
void gen_bytes_copy(struct gen_fn *, struct gen_at dst, struct gen_at src, uint32_t bytes);
void gen_bytes_assign(struct gen_fn *, const struct node *);
ir_val gen_bytes_string(struct gen_fn *, const struct node *array, int32_t off);
ir_val gen_bits_load(struct gen_fn *, const struct node *, ir_val unit);
ir_val gen_bits_fit(struct gen_fn *, const struct node *, ir_val);
ir_val gen_bits_store(struct gen_fn *, const struct node *, ir_val unit, ir_val v);
void gen_elem_delete(struct gen_fn *, const struct node *);
ir_val gen_map_update(struct gen_fn *, int map, struct gen_at key, struct gen_at value, int flags);

/*
 * gen_tuple.c: write a key to temporaries. gen_tuple(): head bytes are kept free in front of the
 * tuple. gen_tuple_digest(): what a map's key has in its place; *value: the tuple, and room for
 * the rest of a new entry's value.
 */
int32_t gen_tuple(struct gen_fn *, const struct var *, const struct node *list, uint32_t head);
int32_t gen_tuple_digest(struct gen_fn *, const struct var *, const struct node *list,
    int32_t *value);
ir_val gen_thread_key(struct gen_fn *);

/* gen_stack.c */
void gen_shown_into(struct gen_fn *, const struct node *, int32_t off);	/* rec/stack.h's bytes */
ir_val gen_caller(struct gen_fn *, enum type_how);
ir_val gen_stackdepth(struct gen_fn *, enum type_how);

/* gen_builtin.c */
/* tgid << 32 | pid, as seen in the PID namespace of the tracer; a task that is not in it has 0. */
ir_val gen_pid_tgid(const struct gen *, struct ir_func *, ir_val st);
ir_val gen_pid(struct gen_fn *);
ir_val gen_builtin(struct gen_fn *, const struct node *);
ir_val gen_progenyof(struct gen_fn *, const struct node *args);
bool gen_is_probe_name(const struct node *);
struct gen_str gen_probe_name(struct gen_fn *, const struct node *);
ir_val gen_execname(struct gen_fn *, int32_t off);

/* gen_python.c: variables of the current Python frame; a stack of so many, zeros behind. */
bool gen_is_python(const struct node *);
bool gen_is_python_stack(const struct node *);
void gen_python_stack(struct gen_fn *, int32_t off, uint32_t nframe);
ir_val gen_python_int(struct gen_fn *, const struct node *);
ir_val gen_python_string(struct gen_fn *, const struct node *, int32_t off);	/* its length */

void gen_aggr(struct gen_fn *, const struct node *);		/* gen_aggr.c */
void gen_action(struct gen_fn *, const struct node *);		/* gen_action.c */

/* gen_spec.c. `off`: of a struct rec_spec in the record. */
ir_val gen_speculation(struct gen_fn *, const struct node *args);
void gen_speculate(struct gen_fn *, ir_val id, int32_t off);	/* or ends the clause */
void gen_spec_end(struct gen_fn *, ir_val id, int32_t off);	/* commit(), discard() */

/* gen.c: the routine's function, to be called; its body is made by gen_finish(). */
struct ir_func *gen_rt(struct gen *, enum rt);

/* Bodies of routines: rt_*.c. */
#define RT(ID, NAME, NARG, DOC) void NAME(struct gen *, struct ir_func *);
#include "gen/rt.def"
#undef RT
/* Bytes that one loop looks at, and how many such parts a string has. A last part may go beyond
 * the string's room, never beyond the state. */
enum { RT_PART = 1024 };
uint32_t rt_d_path_bytes(const struct gen *);
uint32_t rt_part_bytes(const struct gen *);
uint32_t rt_parts(const struct gen *);
/* A routine over two strings (arguments 1 and 2), by one that looks at a part of them. */
void rt_by_parts(struct gen *, struct ir_func *, enum rt part, int at_end);
/* The address in the state at an offset, with `bytes` behind it, or jumps to out. */
ir_val rt_state_at(struct gen *, struct ir_func *, ir_val st, ir_val off, uint32_t bytes,
    ir_label out);
enum { RT_SET = STATE_scratch, RT_SET_BYTES = 32 };	/* a set of bytes: a bit for each */
enum { RT_DIGITS_BYTES = 72 };		/* a number in any base, with prefix and NUL */
enum { RT_ADDRESS_BYTES = 64 };		/* of a network, spelled, with NUL */
enum { RT_JSON_BYTES = 96 };		/* what json() remembers */
uint32_t rt_cleanpath_bytes(const struct gen *);
ir_val rt_range(struct ir_func *, ir_val first, ir_val count);
/* Searches without branches: -1 if a < b, as numbers whose distance is below 2^63, else 0; and a turn
 * of one for the last of n, from base on, that is not above: half of them is passed over. */
ir_val rt_is_below(struct ir_func *, ir_val a, ir_val b);
void rt_halve(struct ir_func *, ir_val base, ir_val n, ir_val half, ir_val below);
/* The state entry with the index in argument 0, or jumps to out. */
ir_val rt_state(struct ir_func *, ir_label out);

#endif
