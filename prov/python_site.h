/* A site of the python provider: what its list (python.c) and its code (python_ir.c) share. */
#ifndef PROV_PYTHON_SITE_H
#define PROV_PYTHON_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "interp/cpython.h"
#include "interp/handler.h"
#include "prov/uprobe.h"

enum { PY_FILE, PY_NAME, PY_LINE, PY_QUALNAME, PY_FRAME, PY_TSTATE, PY_WHY, PY_NARG };

/* An interpreter's file; read once, whoever maps it. */
struct py_object {
	bool is_python;
	struct cpython py;
	struct handlers handlers;
};

/* NULL: the file is gone. */
const struct py_object *python_object_get(struct prov_env *, int fd);

struct py_site {
	struct uprobe_site up;		/* first: for uprobe_attach() */
	struct shape shape;
	const struct py_object *object;
	const struct handler_place *place;
	const char *path;		/* as the process has it */
	uint32_t fsbase_off;		/* in the kernel's struct task_struct; 0: not known */
	/* cpython_tls: an address, an offset, or a module and an offset in it */
	uint64_t tls, tls_module;
};

/* Can the thread state be told there? */
bool python_has_tstate(const struct py_site *);
/* May the site be reached without its probe firing? */
bool python_may_skip(const struct py_site *);

/* Arguments of a site, as in struct provider's enter(). */
void python_args(struct ir_func *, const struct py_site *, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);

/* For struct provider. */
void python_enter(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);
void python_skip(struct ir_func *, const void *site, ir_val ctx, ir_label none);

#endif
