/* An object that is loaded late: pythonapp:firstProbe, as a library that makes probes would. */
#include <sys/sdt.h>

void plug_fire(const char *text, int n);

void
plug_fire(const char *text, int n)
{
	DTRACE_PROBE2(pythonapp, firstProbe, text, n);
}
