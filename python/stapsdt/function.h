/* The type of functions whose calls fire probes: what Provider.trace() gives. */
#ifndef PYTHON_FUNCTION_H
#define PYTHON_FUNCTION_H

#include "python/stapsdt/compat.h"

#include "python/stapsdt/probe.h"

extern PyType_Spec function_spec;

struct function_parts {
	PyObject *function;	/* what is called */
	struct probe_object *entry, *ret;
	PyObject *bind;		/* of a call's arguments: those that `entry` takes, a tuple */
	int skip;		/* positional arguments that `entry` doesn't take: 0 or 1 */
	int count;		/* positional arguments of the function; -1: any number */
};

/* gives: a new reference, which holds references to the parts. */
PyObject *function_object(PyTypeObject *, const struct function_parts *);

#if PY_VERSION_HEX < 0x03090000
/* What later versions take from the type's members. */
void function_set_offsets(PyTypeObject *);
#endif

#endif
