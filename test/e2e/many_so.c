/* An object that is loaded late and has 600 probes: pythonapp:p000 … p599, all fired in turn. */
#include <sys/sdt.h>

void plug_fire(const char *text, int n);

#define ONE(h, t, u) DTRACE_PROBE2(pythonapp, p##h##t##u, text, n);
#define TEN(h, t) ONE(h, t, 0) ONE(h, t, 1) ONE(h, t, 2) ONE(h, t, 3) ONE(h, t, 4) \
	ONE(h, t, 5) ONE(h, t, 6) ONE(h, t, 7) ONE(h, t, 8) ONE(h, t, 9)
#define HUNDRED(h) TEN(h, 0) TEN(h, 1) TEN(h, 2) TEN(h, 3) TEN(h, 4) \
	TEN(h, 5) TEN(h, 6) TEN(h, 7) TEN(h, 8) TEN(h, 9)

void
plug_fire(const char *text, int n)
{
	HUNDRED(0) HUNDRED(1) HUNDRED(2) HUNDRED(3) HUNDRED(4) HUNDRED(5)
}
