/* The sentence of a run-time fault. */
#ifndef RUN_FAULT_H
#define RUN_FAULT_H

#include "base/buf.h"
#include "prov/probe.h"
#include "rec/rec.h"

/* "dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): divide-by-zero at BPF pc 12" */
void fault_print(struct buf *, const struct rec_error *, const struct probe *, pid_t);

/* What went wrong when the consumer executed an action: the same with a sentence of its own. */
void fault_print_library(struct buf *, uint32_t clause, const struct probe *, const char *what);

#endif
