/* Programs that perf's counters run: what profile and cpc share. */
#ifndef PROV_PROFILE_H
#define PROV_PROFILE_H

#include "os/bpf.h"
#include "prov/prov.h"

/* What a site's ->data is, or begins with. */
struct counter {
	uint64_t period;		/* of the clock: ns */
	bool is_everywhere;		/* on every CPU, else on one */
	struct sysbpf_event event;
};

extern const struct context counter_context;

/* For struct provider. arg0: where the kernel was interrupted, arg1: where the program was; the
 * other one is 0. */
void counter_enter(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);
int counter_attach(struct prov_env *, struct site **, size_t n, int prog_fd);

#endif
