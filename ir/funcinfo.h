/* The few BTF types that we write by hand: names and signatures of functions, and of map values. */
#ifndef IR_FUNCINFO_H
#define IR_FUNCINFO_H

#include "ir/encode.h"

/* requires: code's func_start and nfunc. gives: code->btf, ->func_info. */
void funcinfo_fill(struct arena *, struct bpf_code *, struct ir_func *const *func);

#endif
