/* The type of probes, and what owns their memory. */
#ifndef PYTHON_PROBE_H
#define PYTHON_PROBE_H

#include "python/stapsdt/compat.h"

#include "python/stapsdt/value.h"

/* A provider. Its probes refer to it, it does not refer to them: no cycles. */
struct handle {
	PyObject_HEAD
	struct usdt_provider *provider;		/* owned */
};

/* Constant once made, so that no lock is needed. */
struct probe_object {
	PyObject_HEAD
	struct usdt_probe *probe;
	struct handle *handle;			/* a reference */
	unsigned char nargs;
	signed char type[USDT_MAX_ARGS];	/* enum usdt_type */
	struct value_usual usual[USDT_MAX_ARGS];
};

extern PyType_Spec handle_spec, probe_spec;

/* gives: a new reference; NULL and an exception. The probe is one of the handle's. */
PyObject *probe_object(PyTypeObject *, struct handle *, struct usdt_probe *);

/*
 * Fires with objects that weren't made for this probe (value_any()), if somebody traces it: n of
 * them; those that are NULL, or missing, are 0, those beyond the probe's arguments are ignored.
 * No exception, and none that is set is lost.
 */
int probe_fire_any(struct probe_object *, PyObject *const *args, Py_ssize_t n);

/* For types that are made by functions only: Py_tp_new. */
PyObject *probe_no_new(PyTypeObject *, PyObject *args, PyObject *kwargs);

#endif
