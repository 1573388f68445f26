/*
 * Functions whose calls fire probes. While nobody traces, a call costs two loads and a further
 * call. Arguments that are passed by position go to the probe as they are; for others there is
 * `bind`, in Python.
 */
#include "python/stapsdt/function.h"

#include <stddef.h>
#include <stdint.h>

struct function_object {
	PyObject_HEAD
	vectorcallfunc vectorcall;
	struct function_parts part;
	PyObject *dict;		/* __name__, __wrapped__ and so on */
	PyObject *weakrefs;
};

static void
fire_bound(const struct function_parts *f, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
	PyObject *bound = PyObject_Vectorcall(f->bind, args, (size_t)n, kwnames);

	if (bound != NULL && PyTuple_Check(bound))
		probe_fire_any(f->entry, &PyTuple_GET_ITEM(bound, 0), PyTuple_GET_SIZE(bound));
	else	/* a call that the function will refuse */
		probe_fire_any(f->entry, NULL, 0);
	PyErr_Clear();
	Py_XDECREF(bound);
}

static void
fire_entry(const struct function_parts *f, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
	if (n == f->count && kwnames == NULL)
		probe_fire_any(f->entry, args + f->skip, n - f->skip);
	else
		fire_bound(f, args, n, kwnames);
}

/* The value, and NULL or what was raised. */
static void
fire_return(const struct function_parts *f, PyObject *result)
{
	PyObject *args[2] = { result, NULL };
	PyObject *raised = PyErr_Occurred();

	if (raised != NULL) {
		PyObject *type, *exception, *traceback;
		PyErr_Fetch(&type, &exception, &traceback);
		args[1] = PyObject_GetAttrString(type, "__name__");
		PyErr_Restore(type, exception, traceback);	/* instead of what this raised */
	}
	probe_fire_any(f->ret, args, 2);
	Py_XDECREF(args[1]);
}

static PyObject *
call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
	const struct function_parts *f = &((struct function_object *)self)->part;

	if (usdt_is_enabled(f->entry->probe))
		fire_entry(f, args, PyVectorcall_NARGS(nargsf), kwnames);
	PyObject *result = PyObject_Vectorcall(f->function, args, nargsf, kwnames);
	if (usdt_is_enabled(f->ret->probe))
		fire_return(f, result);
	return result;
}

PyObject *
function_object(PyTypeObject *type, const struct function_parts *part)
{
	struct function_object *f = (struct function_object *)type->tp_alloc(type, 0);

	if (f == NULL)
		return NULL;
	f->vectorcall = call;
	f->part = *part;
	Py_INCREF(part->function);
	Py_INCREF(part->entry);
	Py_INCREF(part->ret);
	Py_INCREF(part->bind);
	return (PyObject *)f;
}

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
	struct function_object *f = (struct function_object *)self;

	Py_VISIT(f->part.function);
	Py_VISIT(f->part.bind);
	Py_VISIT(f->dict);
#if PY_VERSION_HEX >= 0x03090000
	Py_VISIT(Py_TYPE(self));
#endif
	return 0;
}

/* What a call needs stays: only cycles through attributes, and through the function's own
 * attributes and closure, which it clears itself, are to be broken here. */
static int
clear(PyObject *self)
{
	Py_CLEAR(((struct function_object *)self)->dict);
	return 0;
}

static void
dealloc(PyObject *self)
{
	struct function_object *f = (struct function_object *)self;
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	if (f->weakrefs != NULL)
		PyObject_ClearWeakRefs(self);
	Py_CLEAR(f->dict);
	Py_XDECREF(f->part.function);
	Py_XDECREF(f->part.entry);
	Py_XDECREF(f->part.ret);
	Py_XDECREF(f->part.bind);
	type->tp_free(self);
	Py_DECREF(type);
}

/* As a method: bound to the object, like a function. */
static PyObject *
get(PyObject *self, PyObject *object, PyObject *type)
{
	(void)type;
	if (object != NULL && object != Py_None)
		return PyMethod_New(self, object);
	Py_INCREF(self);
	return self;
}

static PyObject *
repr(PyObject *self)
{
	return PyUnicode_FromFormat("<traced %R>", ((struct function_object *)self)->part.function);
}

/* By name, as functions are pickled: for multiprocessing. Copies are the same function. */
static PyObject *
reduce(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyObject_GetAttrString(self, "__qualname__");
}

static PyMethodDef method[] = {
	{ "__reduce__", reduce, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL }
};

static PyGetSetDef getset[] = {
	{ "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL }
};

static PyMemberDef member[] = {
	{ "__vectorcalloffset__", T_PYSSIZET, offsetof(struct function_object, vectorcall),
	    READONLY, NULL },
	{ "__dictoffset__", T_PYSSIZET, offsetof(struct function_object, dict), READONLY, NULL },
	{ "__weaklistoffset__", T_PYSSIZET, offsetof(struct function_object, weakrefs), READONLY,
	    NULL },
	{ NULL, 0, 0, 0, NULL }
};

static PyType_Slot slot[] = {
	{ Py_tp_new, probe_no_new },
	{ Py_tp_dealloc, dealloc },
	{ Py_tp_traverse, traverse },
	{ Py_tp_clear, clear },
	{ Py_tp_call, PyVectorcall_Call },
	{ Py_tp_descr_get, get },
	{ Py_tp_repr, repr },
	{ Py_tp_methods, method },
	{ Py_tp_getset, getset },
	{ Py_tp_members, member },
	{ 0, NULL }
};

PyType_Spec function_spec = {
	.name = "stapsdt.TracedFunction",
	.basicsize = sizeof(struct function_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
	    Py_TPFLAGS_METHOD_DESCRIPTOR,
	.slots = slot,
};

#if PY_VERSION_HEX < 0x03090000
void
function_set_offsets(PyTypeObject *type)
{
	type->tp_vectorcall_offset = offsetof(struct function_object, vectorcall);
	type->tp_dictoffset = offsetof(struct function_object, dict);
	type->tp_weaklistoffset = offsetof(struct function_object, weakrefs);
}
#endif
