/*
 * The intermediate representation: a list of instructions over virtual registers, one IR
 * instruction for one BPF instruction. Code only jumps forward, but for loops bracketed by
 * ir_loop_begin()/ir_loop_end(); so a live interval is two integers.
 *
 * A value (ir_val) is a virtual register holding 64 bits. ir_*() functions that compute return
 * a fresh value; ir_set() assigns an existing one again (on another path, or in a loop).
 * Everything lives in the arena; nothing is freed here.
 *
 * This layer knows BPF and nothing of D, providers or system calls.
 */
#ifndef IR_IR_H
#define IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

typedef int ir_val;	/* virtual register; IR_NONE: none */
typedef int ir_label;
#define IR_NONE (-1)

enum ir_op {
#define OP(NAME, TEXT, SHAPE, OPERANDS, CODE) OP_##NAME,
#include "ir/op.def"
#undef OP
	OP_MAX,
};

enum ir_linkage {
	IR_ENTRY,	/* the program: one argument, the context; subprogram 0 */
	IR_STATIC,	/* verified at each call; pointers may be passed */
	IR_GLOBAL,	/* verified once; every argument and the result are u64 scalars */
};

struct ir_insn {
	uint8_t op;		/* enum ir_op */
	uint8_t size;		/* LOAD, STORE, ATOMIC, *EXT: 1 2 4 8 */
	bool has_imm;		/* the b operand is imm */
	ir_val dst, a, b, c;
	ir_val tmp;		/* COPY, SDIV, SMOD: a register for the expansion */
	int32_t off;		/* memory offset; COPY: of the destination; FP: from r10 */
	int64_t imm;		/* immediate; CALL: helper; MAP*: map; ZERO, COPY: bytes */
	int32_t off2;		/* MAPVAL: offset in the value; COPY: offset of the source */
	ir_label label;		/* jumps, LABEL */
	ir_val *arg;		/* CALL, FCALL */
	uint8_t narg;
	struct ir_func *callee;	/* FCALL */
	uint32_t line;		/* D source line; 0: ours */
};

struct ir_func {
	struct arena *arena;
	const char *name;
	enum ir_linkage linkage;
	int narg;			/* at most 5; values 0 … narg-1 are the arguments */
	struct ir_insn *insn;
	uint32_t ninsn, cap;
	int nval;			/* virtual registers used */
	int nlabel;
	uint32_t frame_bytes;		/* frame objects; spill slots come below them */
	uint32_t line;			/* current position */
	/* filled by regs.c */
	int8_t *reg;			/* by value: machine register or -1 */
	int32_t *spill;			/* by value: offset from r10, or 0 */
	int32_t *again;			/* by value: insn that makes it at each use, or -1 */
	uint32_t spill_bytes;
	uint32_t number;		/* in the program being encoded; calls.c */
};

/* A whole program: func[0] is the entry. Functions are referenced by pointer. */
struct ir_prog {
	const char *name;		/* at most 15 characters are shown by the kernel */
	struct ir_func **func;
	uint32_t nfunc;
};

struct ir_func *ir_func_new(struct arena *, const char *name, enum ir_linkage, int narg);
ir_val ir_arg(struct ir_func *, int i);
void ir_line(struct ir_func *, uint32_t line);		/* for what is appended from now on */

/* values */
ir_val ir_const(struct ir_func *, int64_t);
ir_val ir_mov(struct ir_func *, ir_val);			/* a fresh copy */
void ir_set(struct ir_func *, ir_val dst, ir_val src);	/* dst gets another definition */
void ir_seti(struct ir_func *, ir_val dst, int64_t);
ir_val ir_bin(struct ir_func *, enum ir_op, ir_val a, ir_val b);
ir_val ir_bini(struct ir_func *, enum ir_op, ir_val a, int64_t imm);
ir_val ir_neg(struct ir_func *, ir_val);
/* dst = dst OP b, in place: for counters of loops. */
void ir_upd(struct ir_func *, enum ir_op, ir_val dst, ir_val b);
void ir_updi(struct ir_func *, enum ir_op, ir_val dst, int64_t imm);
/* Sign- or zero-extend the low `size` bytes (shifts or and). */
ir_val ir_extend(struct ir_func *, ir_val, int size, bool is_signed);

/* memory */
ir_val ir_load(struct ir_func *, int size, ir_val ptr, int32_t off);
void ir_store(struct ir_func *, int size, ir_val ptr, int32_t off, ir_val);
void ir_storei(struct ir_func *, int size, ir_val ptr, int32_t off, int32_t imm);
void ir_xadd(struct ir_func *, int size, ir_val ptr, int32_t off, ir_val);
ir_val ir_fadd(struct ir_func *, int size, ir_val ptr, int32_t off, ir_val);
ir_val ir_xchg(struct ir_func *, int size, ir_val ptr, int32_t off, ir_val);
ir_val ir_cmpxchg(struct ir_func *, int size, ir_val ptr, int32_t off, ir_val expected,
    ir_val newval);
/* 8 bytes at a time, then the rest: offsets should be 8-aligned. Regions don't overlap. */
void ir_zero(struct ir_func *, ir_val ptr, int32_t off, uint32_t bytes);
void ir_copy(struct ir_func *, ir_val dst, int32_t dst_off, ir_val src, int32_t src_off,
    uint32_t bytes);
/* A frame object of so many bytes (8-aligned); gives a handle for ir_fp(). */
int ir_frame(struct ir_func *, uint32_t bytes);
ir_val ir_fp(struct ir_func *, int frame_object);
ir_val ir_map(struct ir_func *, int map);	/* map number; load.c makes it an fd */
/* Into the value of an array map of one entry. */
ir_val ir_map_value(struct ir_func *, int map, int32_t off);

/* control */
ir_label ir_label_new(struct ir_func *);
void ir_place(struct ir_func *, ir_label);
void ir_jmp(struct ir_func *, ir_label);
void ir_jcc(struct ir_func *, enum ir_op cond, ir_val a, ir_val b, ir_label);
void ir_jcci(struct ir_func *, enum ir_op cond, ir_val a, int64_t imm, ir_label);
void ir_ret(struct ir_func *, ir_val);
void ir_reti(struct ir_func *, int64_t);
/* The only backward jumps: between begin and end; end's jump goes back to begin while
 * `counter` (set before begin, stepped inside by ir_updi) is below `bound`, a constant. */
ir_label ir_loop_begin(struct ir_func *);
void ir_loop_end(struct ir_func *, ir_label begin, ir_val counter, int64_t bound);

/* calls; helper numbers are enum bpf_func_id (linux/bpf.h) */
ir_val ir_call(struct ir_func *, int helper, int narg, ...);		/* narg ir_val follow */
ir_val ir_fcall(struct ir_func *, struct ir_func *callee, int narg, ...);
ir_val ir_pc(struct ir_func *);

/* Compare right before use, so that the verifier sees it: gives a value, at most `max`, or
 * jumps to `out`. */
ir_val ir_bound(struct ir_func *, ir_val, uint32_t max, ir_label out);

#endif
