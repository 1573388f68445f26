/* A site of the pid provider: what its list (pid.c) and its code (pid_ir.c) share. */
#ifndef PROV_PID_SITE_H
#define PROV_PID_SITE_H

#include <stdint.h>

#include "prov/uprobe.h"

struct pid_object;

/* up.cookie is the offset in the function, as arg0 of a return has it. */
struct pid_site {
	struct uprobe_site up;		/* first: for uprobe_attach() */
	const struct pid_object *object;
	const char *path;		/* as the process has it */
};

/* Entries and offsets have the arguments of the function; returns its offset and value. */
extern const struct shape pid_shape_entry;
/* condition: of the jump that is the return, as in its opcode; -1: it is always one. */
const struct shape *pid_shape_return(int condition);

/* For struct provider. */
void pid_enter(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);
void pid_skip(struct ir_func *, const void *site, ir_val ctx, ir_label none);

#endif
