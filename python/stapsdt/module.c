/*
 * The module stapsdt._stapsdt: libusdt for Python. What users see is in stapsdt/__init__.py; here
 * are the types whose speed matters, and functions to make them.
 */
#include "python/stapsdt/compat.h"

#include <stddef.h>
#include <string.h>

#include "include/usdt.h"
#include "python/stapsdt/function.h"
#include "python/stapsdt/probe.h"

struct state {
	PyObject *error;
	PyTypeObject *handle, *probe, *function;
};

static struct state *
state_of(PyObject *module)
{
	return PyModule_GetState(module);
}

/* gives: NULL, and the exception for this error. */
static PyObject *
fail(PyObject *module, int err, const char *about, const char *message)
{
	if (err == USDT_E_MEMORY)
		return PyErr_NoMemory();
	if (message == NULL || *message == '\0')
		message = usdt_strerror(err);
	/* "replace": names are bytes */
	PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
	if (text == NULL)
		return NULL;
	PyErr_Format(state_of(module)->error, "%s%s%U", about != NULL ? about : "",
	    about != NULL ? ": " : "", text);
	Py_DECREF(text);
	return NULL;
}

static PyObject *
provider_new(PyObject *module, PyObject *args)
{
	const char *name;
	unsigned flags;

	if (!PyArg_ParseTuple(args, "sI:provider_new", &name, &flags))
		return NULL;
	PyTypeObject *type = state_of(module)->handle;
	struct handle *handle = (struct handle *)type->tp_alloc(type, 0);
	if (handle == NULL)
		return NULL;
	int err = usdt_provider_new(name, flags, &handle->provider);
	if (err == 0)
		return (PyObject *)handle;
	Py_DECREF(handle);
	return fail(module, err, name, NULL);
}

/* ((type, name or None), ...) gives: 0; or -1 and an exception. */
static int
parse_args(PyObject *tuple, struct usdt_arg *arg)
{
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
		PyObject *item = PyTuple_GET_ITEM(tuple, i);
		int type;
		if (!PyTuple_Check(item)) {
			PyErr_SetString(PyExc_TypeError, "(type, name or None) is expected");
			return -1;
		}
		if (!PyArg_ParseTuple(item, "iz", &type, &arg[i].name))
			return -1;
		arg[i].type = (enum usdt_type)type;
	}
	return 0;
}

/* The same probe may be declared again. */
static struct usdt_probe *
find_same(const struct usdt_provider *provider, const char *name, unsigned nargs,
    const struct usdt_arg *args)
{
	struct usdt_probe *probe = usdt_provider_find(provider, name);

	if (probe == NULL || usdt_probe_nargs(probe) != nargs)
		return NULL;
	for (unsigned i = 0; i < nargs; i++)
		if (usdt_probe_type(probe, i) != (int)args[i].type)
			return NULL;
	return probe;
}

static PyObject *
probe_new(PyObject *module, PyObject *args)
{
	struct state *state = state_of(module);
	struct usdt_arg arg[USDT_MAX_ARGS] = {{0}};
	struct usdt_probe *probe = NULL;
	struct handle *handle;
	PyObject *types, *result = NULL;
	const char *name;

	if (!PyArg_ParseTuple(args, "O!sO!:probe_new", state->handle, &handle, &name, &PyTuple_Type,
	    &types))
		return NULL;
	if (PyTuple_GET_SIZE(types) > USDT_MAX_ARGS)
		return fail(module, USDT_E_ARG_COUNT, name, NULL);
	if (parse_args(types, arg) != 0)
		return NULL;
	unsigned nargs = (unsigned)PyTuple_GET_SIZE(types);
	Py_BEGIN_CRITICAL_SECTION(handle);	/* for the message */
	int err = usdt_provider_add(handle->provider, name, nargs, arg, &probe);
	if (err == USDT_E_DUPLICATE)
		probe = find_same(handle->provider, name, nargs, arg);
	result = probe != NULL ? probe_object(state->probe, handle, probe) :
	    fail(module, err, NULL, usdt_provider_message(handle->provider));
	Py_END_CRITICAL_SECTION();
	return result;
}

/* Calls a function of the library on a handle. The GIL is kept: it takes some 50 us. */
static PyObject *
on_handle(PyObject *module, PyObject *arg, int (*function)(struct usdt_provider *))
{
	struct handle *handle = (struct handle *)arg;
	PyObject *result;

	if (!PyObject_TypeCheck(arg, state_of(module)->handle)) {
		PyErr_SetString(PyExc_TypeError, "a Handle is expected");
		return NULL;
	}
	Py_BEGIN_CRITICAL_SECTION(arg);
	int err = function(handle->provider);
	result = err >= 0 ? PyBool_FromLong(err) :
	    fail(module, err, NULL, usdt_provider_message(handle->provider));
	Py_END_CRITICAL_SECTION();
	return result;
}

static PyObject *
load(PyObject *module, PyObject *handle)
{
	return on_handle(module, handle, usdt_provider_load);
}

static PyObject *
unload(PyObject *module, PyObject *handle)
{
	return on_handle(module, handle, usdt_provider_unload);
}

static int
is_loaded_int(struct usdt_provider *provider)
{
	return usdt_provider_is_loaded(provider) != 0;
}

static PyObject *
is_loaded(PyObject *module, PyObject *handle)
{
	return on_handle(module, handle, is_loaded_int);
}

static PyObject *
file(PyObject *module, PyObject *arg)
{
	PyObject *result;

	if (!PyObject_TypeCheck(arg, state_of(module)->handle)) {
		PyErr_SetString(PyExc_TypeError, "a Handle is expected");
		return NULL;
	}
	Py_BEGIN_CRITICAL_SECTION(arg);
	result = PyUnicode_DecodeFSDefault(usdt_provider_file(((struct handle *)arg)->provider));
	Py_END_CRITICAL_SECTION();
	return result;
}

static PyObject *
traced(PyObject *module, PyObject *args)
{
	struct state *state = state_of(module);
	struct function_parts part = {0};

	if (!PyArg_ParseTuple(args, "OO!O!Oii:traced", &part.function, state->probe, &part.entry,
	    state->probe, &part.ret, &part.bind, &part.skip, &part.count))
		return NULL;
	if (part.skip < 0 || (part.count >= 0 && part.skip > part.count)) {
		PyErr_SetString(PyExc_ValueError, "more arguments skipped than there are");
		return NULL;
	}
	return function_object(state->function, &part);
}

static PyMethodDef method[] = {
	{ "provider_new", provider_new, METH_VARARGS, "provider_new(name, flags) -> Handle" },
	{ "probe_new", probe_new, METH_VARARGS,
	    "probe_new(handle, name, ((type, argument's name or None), ...)) -> Probe" },
	{ "load", load, METH_O, "load(handle)" },
	{ "unload", unload, METH_O, "unload(handle)" },
	{ "is_loaded", is_loaded, METH_O, "is_loaded(handle) -> bool" },
	{ "file", file, METH_O, "file(handle) -> str" },
	{ "traced", traced, METH_VARARGS,
	    "traced(function, entry, return, bind, skip, count) -> TracedFunction" },
	{ NULL, NULL, 0, NULL }
};

/* gives: a new type, also an attribute of the module; NULL and an exception. */
static PyTypeObject *
add_type(PyObject *module, const char *name, PyType_Spec *spec)
{
	PyObject *type = PyType_FromSpec(spec);

	if (type == NULL)
		return NULL;
	Py_INCREF(type);
	if (PyModule_AddObject(module, name, type) == 0)
		return (PyTypeObject *)type;
	Py_DECREF(type);
	Py_DECREF(type);
	return NULL;
}

PyDoc_STRVAR(error_doc,
"What libusdt can't do: a bad name, too many arguments, no place for the file of a provider.\n"
"The message says why.");

static int
exec(PyObject *module)
{
	struct state *state = state_of(module);

	state->error = PyErr_NewExceptionWithDoc("stapsdt.Error", error_doc, PyExc_OSError, NULL);
	if (state->error == NULL)
		return -1;
	Py_INCREF(state->error);
	if (PyModule_AddObject(module, "Error", state->error) != 0) {
		Py_DECREF(state->error);
		return -1;
	}
	state->handle = add_type(module, "Handle", &handle_spec);
	state->probe = add_type(module, "Probe", &probe_spec);
	state->function = add_type(module, "TracedFunction", &function_spec);
	if (state->handle == NULL || state->probe == NULL || state->function == NULL)
		return -1;
#if PY_VERSION_HEX < 0x03090000
	function_set_offsets(state->function);
#endif
	return PyModule_AddIntConstant(module, "ANY_NAME", USDT_ANY_NAME) != 0 ||
	    PyModule_AddIntConstant(module, "NO_MEMFD", USDT_NO_MEMFD) != 0 ||
	    PyModule_AddIntConstant(module, "MEMFD", USDT_MEMFD) != 0 ||
	    PyModule_AddIntConstant(module, "NOP5", USDT_NOP5) != 0 ? -1 : 0;
}

static int
traverse(PyObject *module, visitproc visit, void *arg)
{
	struct state *state = state_of(module);

	Py_VISIT(state->error);
	Py_VISIT(state->handle);
	Py_VISIT(state->probe);
	Py_VISIT(state->function);
	return 0;
}

static int
clear(PyObject *module)
{
	struct state *state = state_of(module);

	Py_CLEAR(state->error);
	Py_CLEAR(state->handle);
	Py_CLEAR(state->probe);
	Py_CLEAR(state->function);
	return 0;
}

static void
free_module(void *module)
{
	clear(module);
}

/* A module without the GIL: probes are constant, libusdt locks what isn't. */
static PyModuleDef_Slot slot[] = {
	{ Py_mod_exec, exec },
#if PY_VERSION_HEX >= 0x030c0000
	{ Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED },
#endif
#ifdef Py_GIL_DISABLED
	{ Py_mod_gil, Py_MOD_GIL_NOT_USED },
#endif
	{ 0, NULL }
};

static struct PyModuleDef def = {
	PyModuleDef_HEAD_INIT,
	.m_name = "stapsdt._stapsdt",
	.m_doc = "libusdt for the package stapsdt.",
	.m_size = sizeof(struct state),
	.m_methods = method,
	.m_slots = slot,
	.m_traverse = traverse,
	.m_clear = clear,
	.m_free = free_module,
};

/* The attribute for CPython 3.8. */
__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit__stapsdt(void);

PyMODINIT_FUNC
PyInit__stapsdt(void)
{
	return PyModuleDef_Init(&def);
}
