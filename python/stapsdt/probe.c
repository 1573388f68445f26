/* The types of probes and of what owns them: see probe.h. */
#include "python/stapsdt/probe.h"

#include "python/stapsdt/value.h"

PyObject *
probe_no_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	(void)args;
	(void)kwargs;
	PyErr_Format(PyExc_TypeError, "cannot create '%.100s' instances", type->tp_name);
	return NULL;
}

static void
handle_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	usdt_provider_free(((struct handle *)self)->provider);
	type->tp_free(self);
	Py_DECREF(type);
}

static PyType_Slot handle_slot[] = {
	{ Py_tp_new, probe_no_new },
	{ Py_tp_dealloc, handle_dealloc },
	{ 0, NULL }
};

PyType_Spec handle_spec = {
	.name = "stapsdt._stapsdt.Handle",
	.basicsize = sizeof(struct handle),
	.flags = Py_TPFLAGS_DEFAULT,
	.slots = handle_slot,
};

PyObject *
probe_object(PyTypeObject *type, struct handle *handle, struct usdt_probe *probe)
{
	struct probe_object *p = (struct probe_object *)type->tp_alloc(type, 0);

	if (p == NULL)
		return NULL;
	Py_INCREF(handle);
	p->handle = handle;
	p->probe = probe;
	p->nargs = (unsigned char)usdt_probe_nargs(probe);
	for (unsigned i = 0; i < p->nargs; i++) {
		p->type[i] = (signed char)usdt_probe_type(probe, i);
		value_usual_init(&p->usual[i], p->type[i]);
	}
	return (PyObject *)p;
}

static void
probe_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	Py_DECREF(((struct probe_object *)self)->handle);
	type->tp_free(self);
	Py_DECREF(type);
}

static const char *
type_name(int type)
{
	switch ((enum usdt_type)type) {
	case USDT_UINT8: return "uint8";
	case USDT_INT8: return "int8";
	case USDT_UINT16: return "uint16";
	case USDT_INT16: return "int16";
	case USDT_UINT32: return "uint32";
	case USDT_INT32: return "int32";
	case USDT_UINT64: return "uint64";
	case USDT_INT64: return "int64";
	case USDT_STRING: return "string";
	case USDT_DOUBLE: return "double";
	}
	return "?";
}

static PyObject *
wrong_count(const struct probe_object *p, Py_ssize_t n)
{
	PyErr_Format(PyExc_TypeError, "%.200s: fire() takes %d argument%s (%zd given)",
	    usdt_probe_name(p->probe), (int)p->nargs, p->nargs == 1 ? "" : "s", n);
	return NULL;
}

static PyObject *
wrong_value(const struct probe_object *p, unsigned i, PyObject *o, enum value_state state)
{
	const char *name = usdt_probe_name(p->probe), *type = type_name(p->type[i]);

	if (state == VALUE_TYPE)
		PyErr_Format(PyExc_TypeError, "%.200s: arg%u must be %s, not %.100s", name, i,
		    type, Py_TYPE(o)->tp_name);
	else if (state == VALUE_RANGE)
		PyErr_Format(PyExc_OverflowError, "%.200s: arg%u is out of range for %s", name, i,
		    type);
	return NULL;
}

/* Somebody traces: `later` are the arguments that need value_finish(), a bit each. */
static PyObject *
finish(struct probe_object *p, PyObject *const *args, unsigned later, uint64_t *value)
{
	PyObject *keep[USDT_MAX_ARGS] = {0};
	int err = 0;

	for (unsigned i = 0; later >> i != 0 && err == 0; i++)
		if ((later >> i & 1) != 0)
			err = value_finish(args[i], p->type[i], &value[i], &keep[i]);
	int is_fired = err == 0 && usdt_fire(p->probe, p->nargs, value);
	for (unsigned i = 0; later >> i != 0; i++)
		Py_XDECREF(keep[i]);
	return err == 0 ? PyBool_FromLong(is_fired) : NULL;
}

PyDoc_STRVAR(fire_doc,
"fire($self, /, *args)\n--\n\n"
"Fires the probe if somebody traces it; says whether it did.\n\n"
"There must be as many arguments as were declared. An int goes into integer types if it fits\n"
"their bits with or without a sign, and into double; str (as UTF-8) and bytes into string,\n"
"uint64 and int64; float into double and, as its 8 bytes, into uint64 and int64; None is 0.\n"
"A callable is called, and its result passed, only if somebody traces.\n\n"
"Raises TypeError for a wrong count or type, and OverflowError for an int that does not fit,\n"
"whether or not somebody traces. What a callable raises goes to sys.unraisablehook, and 0 is\n"
"passed instead.");

/* What is left when somebody traces, or an argument is none of the usual. */
static __attribute__((noinline)) PyObject *
fire_checked(struct probe_object *p, PyObject *const *args, Py_ssize_t n)
{
	uint64_t value[USDT_MAX_ARGS];
	unsigned later = 0;

	if (n != p->nargs)
		return wrong_count(p, n);
	for (unsigned i = 0; i < p->nargs; i++) {
		enum value_state state = value_check(args[i], p->type[i], &value[i]);
		if (state == VALUE_LATER)
			later |= 1u << i;
		else if (state != VALUE_READY)
			return wrong_value(p, i, args[i], state);
	}
	if (!usdt_is_enabled(p->probe))
		Py_RETURN_FALSE;
	return finish(p, args, later, value);
}

/* The way of a program that nobody traces is short. */
static PyObject *
fire(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
	struct probe_object *p = (struct probe_object *)self;

	if (n != p->nargs)
		return fire_checked(p, args, n);
	for (Py_ssize_t i = 0; i < n; i++)
		if (!value_is_usual(args[i], &p->usual[i]))
			return fire_checked(p, args, n);
	if (usdt_is_enabled(p->probe))
		return fire_checked(p, args, n);
	Py_RETURN_FALSE;
}

int
probe_fire_any(struct probe_object *p, PyObject *const *args, Py_ssize_t n)
{
	PyObject *keep[USDT_MAX_ARGS] = {0};
	uint64_t value[USDT_MAX_ARGS] = {0};
	PyObject *type, *exception, *traceback;

	if (!usdt_is_enabled(p->probe))
		return 0;
	PyErr_Fetch(&type, &exception, &traceback);
	for (Py_ssize_t i = 0; i < n && i < p->nargs; i++)
		if (args[i] != NULL)
			value[i] = value_any(args[i], p->type[i], &keep[i]);
	int is_fired = usdt_fire(p->probe, p->nargs, value);
	for (unsigned i = 0; i < p->nargs; i++)
		Py_XDECREF(keep[i]);
	PyErr_Restore(type, exception, traceback);
	return is_fired;
}

PyDoc_STRVAR(fire_any_doc,
"_fire_any($self, /, *args)\n--\n\n"
"Like fire(), with objects that were not made for this probe: 0 for what is missing or does\n"
"not fit, never an exception.");

static PyObject *
fire_any(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
	return PyBool_FromLong(probe_fire_any((struct probe_object *)self, args, n));
}

static int
is_true(PyObject *self)
{
	return usdt_is_enabled(((struct probe_object *)self)->probe) != 0;
}

static PyObject *
get_is_enabled(PyObject *self, void *closure)
{
	(void)closure;
	return PyBool_FromLong(is_true(self));
}

static PyObject *
get_name(PyObject *self, void *closure)
{
	(void)closure;
	return PyUnicode_FromString(usdt_probe_name(((struct probe_object *)self)->probe));
}

/* pythonapp:firstProbe(uint64, int32 status) */
static PyObject *
repr(PyObject *self)
{
	const struct probe_object *p = (struct probe_object *)self;
	PyObject *text = PyUnicode_FromFormat("<stapsdt.Probe %s:%s(",
	    usdt_provider_name(p->handle->provider), usdt_probe_name(p->probe));

	for (unsigned i = 0; i < p->nargs && text != NULL; i++) {
		const char *name = usdt_probe_arg_name(p->probe, i);	/* "": none */
		PyObject *more = PyUnicode_FromFormat("%U%s%s%s%s", text, i > 0 ? ", " : "",
		    type_name(p->type[i]), *name != '\0' ? " " : "", name);
		Py_DECREF(text);
		text = more;
	}
	if (text == NULL)
		return NULL;
	PyObject *whole = PyUnicode_FromFormat("%U)>", text);
	Py_DECREF(text);
	return whole;
}

static PyMethodDef probe_method[] = {
	{ "fire", (PyCFunction)(void (*)(void))fire, METH_FASTCALL, fire_doc },
	{ "_fire_any", (PyCFunction)(void (*)(void))fire_any, METH_FASTCALL, fire_any_doc },
	{ NULL, NULL, 0, NULL }
};

static PyGetSetDef probe_getset[] = {
	{ "is_enabled", get_is_enabled, NULL, "Does somebody trace this probe? So does bool().",
	    NULL },
	{ "name", get_name, NULL, "The probe's name, as tracers find it in the file.", NULL },
	{ NULL, NULL, NULL, NULL, NULL }
};

PyDoc_STRVAR(probe_doc,
"A probe of a provider: see Provider.add_probe().\n\n"
"It is true while somebody traces it:\n\n"
"    if probe:\n"
"        probe.fire(expensive())");

static PyType_Slot probe_slot[] = {
	{ Py_tp_doc, (void *)(uintptr_t)probe_doc },
	{ Py_tp_new, probe_no_new },
	{ Py_tp_dealloc, probe_dealloc },
	{ Py_tp_repr, repr },
	{ Py_tp_methods, probe_method },
	{ Py_tp_getset, probe_getset },
	{ Py_nb_bool, is_true },
	{ 0, NULL }
};

PyType_Spec probe_spec = {
	.name = "stapsdt.Probe",
	.basicsize = sizeof(struct probe_object),
	.flags = Py_TPFLAGS_DEFAULT,
	.slots = probe_slot,
};
