/* What fires the probes of python.d, edited as CPython's build does: PyDTrace_…. C and C++. */
#include "interp.h"

#include "pydtrace_probes.h"

unsigned
interp_enabled(void)
{
	unsigned mask = 0;

	mask |= PyDTrace_FUNCTION_ENTRY_ENABLED() ? 1 : 0;
	mask |= PyDTrace_FUNCTION_RETURN_ENABLED() ? 2 : 0;
	mask |= PyDTrace_LINE_ENABLED() ? 4 : 0;
	mask |= PyDTrace_GC_START_ENABLED() ? 8 : 0;
	mask |= PyDTrace_GC_DONE_ENABLED() ? 16 : 0;
	mask |= PyDTrace_IMPORT_FIND_LOAD_START_ENABLED() ? 32 : 0;
	mask |= PyDTrace_IMPORT_FIND_LOAD_DONE_ENABLED() ? 64 : 0;
	mask |= PyDTrace_AUDIT_ENABLED() ? 128 : 0;
	mask |= PyDTrace_INSTANCE_NEW_START_ENABLED() ? 256 : 0;
	mask |= PyDTrace_INSTANCE_DELETE_DONE_ENABLED() ? 512 : 0;
	return mask;
}

void
interp_call(const char *file, const char *name, int line)
{
	if (PyDTrace_FUNCTION_ENTRY_ENABLED())
		PyDTrace_FUNCTION_ENTRY(file, name, line);
	if (PyDTrace_LINE_ENABLED())
		PyDTrace_LINE(file, name, line + 1);
	PyDTrace_GC_START(line % 3);
	PyDTrace_GC_DONE(-5000000000L * line);
	PyDTrace_IMPORT_FIND_LOAD_START(name);
	PyDTrace_IMPORT_FIND_LOAD_DONE(name, line == 1);
	if (PyDTrace_AUDIT_ENABLED())
		PyDTrace_AUDIT("my.event", (void *)0xdeadbeef12);
	if (PyDTrace_FUNCTION_RETURN_ENABLED())
		PyDTrace_FUNCTION_RETURN(file, name, -line);
}
