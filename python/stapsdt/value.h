/*
 * Python objects as the arguments of probes.
 *
 * Firing must do the same whether or not somebody traces. So every object is checked first, always,
 * and what costs more than that is done later, only when somebody traces, and can't fail.
 */
#ifndef PYTHON_VALUE_H
#define PYTHON_VALUE_H

#include "python/stapsdt/compat.h"

#include <stdint.h>

#include "include/usdt.h"

enum value_state {
	VALUE_READY,
	VALUE_LATER,	/* valid; value_finish() is needed */
	VALUE_TYPE,	/* an object of this type doesn't fit */
	VALUE_RANGE,	/* an integer of this value doesn't fit */
	VALUE_RAISED	/* a Python exception is set */
};

/* What the slow cases of value_check() are. */
enum value_state value_check_large(PyObject *, int type, uint64_t *value);
enum value_state value_check_other(PyObject *, int type, uint64_t *value);

/* Are there 8 bytes, so that an address or the bits of a double can be passed? */
static inline int
value_is_wide(int type)
{
	return (type & 7) == 0;
}

/* Most integers have one digit (of 30 bits). gives: whether this one has, and its value. */
static inline int
value_is_small(PyObject *o, long long *x)
{
#if PY_VERSION_HEX >= 0x030c0000
	*x = 0;
	if (!PyUnstable_Long_IsCompact((PyLongObject *)o))
		return 0;
	*x = PyUnstable_Long_CompactValue((PyLongObject *)o);
	return 1;
#else
	Py_ssize_t size = Py_SIZE(o);
	*x = size != 0 ? (long long)size * ((PyLongObject *)o)->ob_digit[0] : 0;
	return size >= -1 && size <= 1;
#endif
}

/*
 * An integer fits when its bits do, with a sign or without: programs pass -1 where the declaration
 * says unsigned, and a tracer shows it as the declaration says.
 */
static inline enum value_state
value_check_int(PyObject *o, int type, uint64_t *value)
{
	long long x;

	if (!value_is_small(o, &x) || type > USDT_UINT64)
		return value_check_large(o, type, value);
	*value = (uint64_t)x;
	if (value_is_wide(type))
		return VALUE_READY;
	long long end = 1LL << (8 * (type < 0 ? -type : type));
	return x >= -end / 2 && x < end ? VALUE_READY : VALUE_RANGE;
}

/* Can this object be an argument of this enum usdt_type? */
static inline enum value_state
value_check(PyObject *o, int type, uint64_t *value)
{
	if (PyUnicode_Check(o))
		return value_is_wide(type) && type != USDT_DOUBLE ? VALUE_LATER : VALUE_TYPE;
	if (PyLong_Check(o))
		return value_check_int(o, type, value);
	return value_check_other(o, type, value);
}

/* Of the objects that fit a type, those that are usual: strings, and integers of one digit. */
struct value_usual {
	long long low, high;		/* low > high: no integers */
	int is_string;
};

void value_usual_init(struct value_usual *, int type);

/* Is this one of them? Then value_check() would give VALUE_READY or VALUE_LATER. */
static inline int
value_is_usual(PyObject *o, const struct value_usual *usual)
{
	long long x;

	if (PyUnicode_Check(o))
		return usual->is_string;
	return PyLong_Check(o) && value_is_small(o, &x) && x >= usual->low && x <= usual->high;
}

/*
 * requires: value_check() gave VALUE_LATER. gives: 0; the value is valid while the object and *keep
 * live, which is NULL, or a reference that is the caller's. What a callable raises is reported as
 * unraisable, and the value is 0; but -1 and an exception for those that end programs
 * (KeyboardInterrupt and the like).
 */
int value_finish(PyObject *, int type, uint64_t *value, PyObject **keep);

/* For objects that weren't made for a probe: their value if it fits, the low bits of integers, else
 * 0. Runs no Python code. *keep as above. */
uint64_t value_any(PyObject *, int type, PyObject **keep);

#endif
