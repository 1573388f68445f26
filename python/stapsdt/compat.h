/* What differs between the versions of CPython, 3.8 and later. Included instead of <Python.h>. */
#ifndef PYTHON_COMPAT_H
#define PYTHON_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#if PY_VERSION_HEX < 0x03090000
#define PyObject_Vectorcall		_PyObject_Vectorcall
#define Py_TPFLAGS_HAVE_VECTORCALL	_Py_TPFLAGS_HAVE_VECTORCALL
#endif

#ifndef Py_BEGIN_CRITICAL_SECTION	/* before 3.13 there is always the GIL */
#define Py_BEGIN_CRITICAL_SECTION(op)	{
#define Py_END_CRITICAL_SECTION()	}
#endif

#endif
