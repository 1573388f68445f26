/* IR as text: what -d ir and -d regs show, and what tests are written in. */
#ifndef IR_TEXT_H
#define IR_TEXT_H

#include "base/buf.h"
#include "ir/encode.h"
#include "ir/ir.h"

/* with_regs: after regs_assign(), values print as r6 or [fp-8]. */
void ir_print(struct buf *, const struct ir_func *, bool with_regs);

/* Parse what ir_print() prints. NULL and *error (a sentence, arena) on bad text. */
struct ir_prog *ir_parse(struct arena *, const char *text, const char **error);

/* BPF as text, with D line numbers: -S and -d bpf. */
void disasm(struct buf *, const struct bpf_code *);

#endif
