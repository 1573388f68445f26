/*
 * Checked trees → IR programs.
 *
 *   g = gen_new(…)            numbers clauses and maps, lays out variables, records, state
 *   gen_program(g, &group)    once for each group of sites that share a program
 *   gen_finish(g)             emits the run-time routines; after it the layout is final
 *
 * More programs may follow, for sites found later, with a gen_finish() after them; the layout
 * stays. Functions are shared by programs: one that has registers (->reg) must not get them again.
 *
 * gen never meets a provider: how arguments arrive is a function in the group.
 */
#ifndef GEN_GEN_H
#define GEN_GEN_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"
#include "lang/env.h"
#include "lang/node.h"
#include "rec/aggr.h"
#include "rec/rec.h"
#include "rec/state.h"

/* Numbers of the maps that every session may have; others follow from MAP_FIRST. */
enum gen_map_number {
	MAP_STATE, MAP_CONTROL, MAP_RING, MAP_GLOBAL, MAP_SELF, MAP_PROBE, MAP_PYTHON,
	MAP_PYTHON_CODE, MAP_PYTHON_THREAD, MAP_PROCESS, MAP_UNWIND, MAP_CFI, MAP_WAYS,
	MAP_FIRST,
};

enum gen_map_kind { GEN_MAP_ASSOC, GEN_MAP_AGGR };

struct gen_map {
	enum gen_map_kind kind;
	struct var *var;
	uint32_t key_bytes, value_bytes;
};

/*
 * An entry of MAP_PROBE (ARRAY indexed by probe id): the four names, NUL-terminated, for
 * clauses that use them as values. Only made when gen->uses_probe_names.
 */
enum {
	PROBE_NAME_BYTES = 128,
	PROBE_IS_FAMILY = PROBE_NAME_BYTES - 1,	/* 1: the provider's name ends with the pid */
	PROBE_ENTRY_BYTES = 4 * PROBE_NAME_BYTES,
};

struct gen_opts {
	uint32_t strsize;
	uint32_t scratchsize;		/* of alloca(), in a clause */
	uint32_t ncpu;
	uint32_t ring_bytes;		/* of MAP_RING; its reader is woken at each quarter */
	int64_t wall_offset_ns;		/* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint32_t only_cpu;		/* its number + 1; 0: all CPUs */
	uint32_t nspec;			/* speculations */
	uint32_t printsize;		/* most that print() reads */
	uint32_t maxframes;		/* that stackdepth counts */
	bool has_unwind;		/* user stacks without frame pointers */
	uint32_t unwind_rows;		/* of MAP_CFI: a power of two */
	uint32_t mm_exec_vm;		/* offset in struct mm_struct, 0: not known */
	bool quiet;			/* rows without data need no record */
	struct aggr_seed seed;		/* of digests: random, but in tests */
	bool has_task_storage;		/* self-> lives there; else: HASH keyed by tid */
	uint64_t pidns_dev, pidns_ino;	/* pid, tid in this namespace; ino 0: the initial one */
	/* offsets in struct task_struct; 0: not known, execname is the thread's, ppid faults */
	uint32_t task_group_leader, task_comm, task_real_parent, task_tgid;
	uint32_t task_mm, task_fsbase;	/* without one of them no process runs Python */
};

/*
 * Stores probe arguments into the state: for each bit i of mask, arg[i] at STATE_arg + 8 * i. On a
 * bad address: store STATE_fault = FAULT_BADADDR + 1 and STATE_fault_value, jump to `fault`.
 */
typedef void gen_enter_fn(struct ir_func *, const void *self, ir_val ctx, ir_val st,
    uint32_t mask, ir_label fault);

/* Jumps to `none` when the place was reached, but the probe does not fire. */
typedef void gen_skip_fn(struct ir_func *, const void *self, ir_val ctx, ir_label none);

/* The id of the probe that fires, from a table of GEN_TABLE_BYTES, or jumps to `out`: none. */
typedef ir_val gen_which_fn(struct ir_func *, ir_val ctx, ir_val table, ir_label out);
enum { GEN_TABLE_BYTES = 4096 };

/* Sites that share a program: same clauses, same way of arguments, same kind of context. */
struct gen_group {
	const char *name;
	const uint32_t *clause;		/* indices, in program order */
	uint32_t nclause;
	const uint32_t *error_clause;	/* clauses of dtrace:::ERROR, run after a fault */
	uint32_t nerror_clause;
	uint32_t error_probe;		/* probe id of dtrace:::ERROR */
	bool is_sleepable;		/* paged-out user memory may be touched */
	bool has_cookie;		/* probe id by bpf_get_attach_cookie() … */
	gen_which_fn *which;		/* … or by this, in a table of gen_table_map() … */
	uint32_t table;			/* … namely that one … */
	uint32_t probe;			/* … else this one */
	uint32_t stack_skip;		/* for STATE_stack_skip */
	bool has_errno;			/* arg1 is the result of a system call */
	uint32_t frame_arg;		/* which argument is the Python frame that the probe is about;
					 * 0: the thread's current one is */
	bool ignores_active;		/* BEGIN runs before, END after `active` */
	gen_enter_fn *enter;		/* NULL: no arguments, all 0 */
	gen_skip_fn *filter;		/* asked first; NULL: every process is meant … */
	const void *filter_self;
	gen_skip_fn *skip;		/* asked before anything else; NULL: it always fires */
	const void *enter_self;		/* for both */
};

struct gen_clause {
	struct program *program;
	struct node *node;		/* NODE_CLAUSE */
	struct rec rec;			/* its record */
	bool uses_user_memory;		/* wants a sleepable program */
	uint32_t argmask;		/* arguments it reads */
	uint32_t wordmask;		/* of these, not only as a floating-point number */
};

struct gen {
	struct arena *arena;
	struct gen_opts opts;
	struct state_layout layout;
	struct gen_clause *clause;
	uint32_t nclause;
	uint32_t global_bytes;		/* value of MAP_GLOBAL, 0: no map */
	uint32_t self_bytes;		/* value of MAP_SELF, 0: no map */
	bool uses_probe_names;
	bool uses_python;		/* the thread's Python functions: MAP_PYTHON, … */
	bool uses_python_stack;		/* … their stack: MAP_PYTHON_CODE */
	bool uses_ways;			/* MAP_WAYS */
	bool uses_user_addresses;	/* that the consumer gives names to: MAP_PROCESS */
	bool uses_user_stacks;		/* MAP_UNWIND, MAP_CFI */
	struct gen_map *map;		/* map MAP_FIRST + i */
	uint32_t nmap;
	struct gen_private *priv;
};

struct gen *gen_new(struct arena *, const struct gen_opts *, struct scope *, struct types *,
    struct program **, uint32_t nprogram);
/* Does it ask for the thread's Python functions? */
bool gen_uses_python(const struct node *);
bool gen_is_user_stack(const struct node *);
/* The number of the map (ARRAY of one entry, reached by address) with the tables of groups. */
int gen_table_map(const struct gen *);
struct ir_prog *gen_program(struct gen *, const struct gen_group *);
void gen_finish(struct gen *);

#endif
