/*
 * IR as text: what -d ir and -d regs show, and what tests are written in.
 *
 *   func clause.0 static (%0) frame 16
 *       %1 = call get_current_pid_tgid          ; 2
 *       %2 = rsh %1, 32
 *       jne %2, 4711, @0
 *       store64 %0, 8, %2
 *   @0:
 *       %3 = const 0
 *       ret %3
 *
 * Values are %N, labels @N; sizes are in bits; an operand that is an address is followed by its
 * offset; "; N" is the D line. op.def says which operands each operation has.
 */
#ifndef IR_TEXT_H
#define IR_TEXT_H

#include "base/buf.h"
#include "ir/encode.h"
#include "ir/ir.h"

/*
 * with_regs: after regs_assign(), values print as r6 or [fp-8]. Constants and addresses that are
 * made where they are used print there, as 5, fp-16, map 3, and not where they were defined.
 */
void ir_print(struct buf *, const struct ir_func *, bool with_regs);

/*
 * Parse what ir_print() prints (with_regs false). NULL and *error (a sentence, arena) on bad
 * text. What it accepts, regs_assign() and encode() accept.
 */
struct ir_prog *ir_parse(struct arena *, const char *text, const char **error);

/* BPF as text, with D line numbers: -S and -d bpf. */
void disasm(struct buf *, const struct bpf_code *);

#endif
