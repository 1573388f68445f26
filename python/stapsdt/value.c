/* Python objects as the arguments of probes: see value.h. */
#include "python/stapsdt/value.h"

#include <limits.h>

static enum value_state
set_double(double x, int type, uint64_t *value)
{
	*value = usdt_bits(x);
	return value_is_wide(type) && type != USDT_STRING ? VALUE_READY : VALUE_TYPE;
}

/* More than 63 bits: without a sign it may yet fit. */
static enum value_state
check_unsigned(PyObject *o, uint64_t *value)
{
	*value = PyLong_AsUnsignedLongLong(o);
	if (*value != (uint64_t)-1 || !PyErr_Occurred())
		return VALUE_READY;
	PyErr_Clear();
	return VALUE_RANGE;
}

enum value_state
value_check_large(PyObject *o, int type, uint64_t *value)
{
	if (type == USDT_STRING)
		return VALUE_TYPE;
	if (type == USDT_DOUBLE) {
		double x = PyLong_AsDouble(o);
		if (x != -1.0 || !PyErr_Occurred())
			return set_double(x, type, value);
		PyErr_Clear();
		return VALUE_RANGE;
	}
	int overflow;
	long long x = PyLong_AsLongLongAndOverflow(o, &overflow);
	*value = (uint64_t)x;
	if (value_is_wide(type))
		return overflow == 0 ? VALUE_READY :
		    overflow > 0 ? check_unsigned(o, value) : VALUE_RANGE;
	long long end = 1LL << (8 * (type < 0 ? -type : type));
	return overflow == 0 && x >= -end / 2 && x < end ? VALUE_READY : VALUE_RANGE;
}

void
value_usual_init(struct value_usual *usual, int type)
{
	const long long end = 1LL << (8 * ((type < 0 ? -type : type) & 7));

	usual->is_string = value_is_wide(type) && type != USDT_DOUBLE;
	usual->low = type == USDT_STRING ? 0 : value_is_wide(type) ? LLONG_MIN : -end / 2;
	usual->high = type == USDT_STRING ? -1 : value_is_wide(type) ? LLONG_MAX : end - 1;
}

/* An integer, or a float, of another library. */
static enum value_state
check_index(PyObject *o, int type, uint64_t *value)
{
	PyObject *i = PyNumber_Index(o);

	if (i == NULL)
		return VALUE_RAISED;
	enum value_state state = value_check_int(i, type, value);
	Py_DECREF(i);
	return state;
}

/* Is it an integer, pointer or string of ctypes? Such were the way to pass 64 bits to the original.
 * Whoever has one has imported ctypes. gives: 1, 0, or -1 and an exception. */
static int
is_ctypes(PyObject *o)
{
	PyObject *modules = PyImport_GetModuleDict();	/* borrowed, like the next */
	PyObject *ctypes = modules != NULL ? PyDict_GetItemString(modules, "_ctypes") : NULL;

	if (ctypes == NULL)
		return 0;
	PyObject *base = PyObject_GetAttrString(ctypes, "_SimpleCData");
	int is = base != NULL ? PyObject_IsInstance(o, base) : -1;
	Py_XDECREF(base);
	return is;
}

static enum value_state
check_ctypes(PyObject *o, int type, uint64_t *value)
{
	PyObject *v = PyObject_GetAttrString(o, "value");

	if (v == NULL)
		return VALUE_RAISED;
	enum value_state state = value_check(v, type, value);
	if (state == VALUE_READY && PyBytes_Check(v))
		state = VALUE_LATER;	/* these bytes don't outlive us */
	Py_DECREF(v);
	return state;
}

enum value_state
value_check_other(PyObject *o, int type, uint64_t *value)
{
	*value = 0;
	if (o == Py_None)
		return VALUE_READY;
	if (PyFloat_Check(o))
		return set_double(PyFloat_AS_DOUBLE(o), type, value);
	if (PyBytes_Check(o)) {
		*value = (uint64_t)(uintptr_t)PyBytes_AS_STRING(o);
		return value_is_wide(type) && type != USDT_DOUBLE ? VALUE_READY : VALUE_TYPE;
	}
	if (PyCallable_Check(o))
		return VALUE_LATER;
	if (PyIndex_Check(o))
		return check_index(o, type, value);
	int is = is_ctypes(o);
	return is < 0 ? VALUE_RAISED : is ? check_ctypes(o, type, value) : VALUE_TYPE;
}

/* A file's name is a string with surrogates for the bytes that are not UTF-8: pass those bytes. */
static PyObject *
encode(PyObject *o)
{
	PyObject *bytes = PyUnicode_AsEncodedString(o, "utf-8", "surrogateescape");

	if (bytes != NULL)
		return bytes;
	PyErr_Clear();
	return PyUnicode_AsEncodedString(o, "utf-8", "replace");
}

static uint64_t
finish_str(PyObject *o, PyObject **keep)
{
	const char *text = PyUnicode_AsUTF8(o);		/* cached in it */

	if (text == NULL) {
		PyErr_Clear();
		*keep = encode(o);
		if (*keep == NULL)
			PyErr_Clear();
		else
			text = PyBytes_AS_STRING(*keep);
	}
	return (uint64_t)(uintptr_t)text;
}

/* What a callable or a ctypes object stands for. It lives as long as *keep does. */
static void
finish_inner(PyObject *inner, int type, uint64_t *value, PyObject **keep)
{
	enum value_state state = value_check(inner, type, value);

	if (state == VALUE_LATER && PyUnicode_Check(inner)) {
		PyObject *bytes = NULL;
		*value = finish_str(inner, &bytes);
		if (bytes != NULL) {
			Py_DECREF(inner);
			inner = bytes;
		}
		state = VALUE_READY;
	}
	if (state == VALUE_RANGE)
		PyErr_SetString(PyExc_OverflowError, "a probe's argument is out of range");
	else if (state != VALUE_READY && state != VALUE_RAISED)
		PyErr_Format(PyExc_TypeError, "a probe's argument can't be %.100s",
		    Py_TYPE(inner)->tp_name);
	if (state != VALUE_READY)
		*value = 0;
	*keep = inner;
}

int
value_finish(PyObject *o, int type, uint64_t *value, PyObject **keep)
{
	*keep = NULL;
	*value = 0;
	if (PyUnicode_Check(o)) {
		*value = finish_str(o, keep);
		return 0;
	}
	PyObject *inner = PyCallable_Check(o) ? PyObject_CallObject(o, NULL) :
	    PyObject_GetAttrString(o, "value");
	if (inner != NULL)
		finish_inner(inner, type, value, keep);
	if (!PyErr_Occurred())
		return 0;
	if (!PyErr_ExceptionMatches(PyExc_Exception))
		return -1;
	PyErr_WriteUnraisable(o);
	return 0;
}

uint64_t
value_any(PyObject *o, int type, PyObject **keep)
{
	uint64_t value = 0;
	enum value_state state = VALUE_TYPE;

	*keep = NULL;
	if (PyLong_Check(o) && type != USDT_STRING && type != USDT_DOUBLE)
		return PyLong_AsUnsignedLongLongMask(o);
	if (o == Py_None || PyLong_Check(o) || PyFloat_Check(o) || PyBytes_Check(o) ||
	    PyUnicode_Check(o))
		state = value_check(o, type, &value);
	if (state == VALUE_LATER)
		return finish_str(o, keep);
	return state == VALUE_READY ? value : 0;
}
