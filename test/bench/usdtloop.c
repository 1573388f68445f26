/*
 * usdtloop - a target to measure tracers with.
 *
 * One probe, bench:hit(char *file, char *func, int line), shaped like CPython's
 * function__entry. Reads commands on standard input, one a line, and answers:
 *
 *   run N         N hits at full speed           -> run N NS CPU
 *                 (CPU: what of the NS this thread had a processor for)
 *   pace RATE N   N hits at RATE a second        -> pace N NS LATE
 *                 (LATE: hits begun over 100 us behind their time)
 *   armed MS      wait till the probe is patched -> armed MONOTONIC_NS | timeout
 *   disarmed MS   wait till it is not            -> disarmed MONOTONIC_NS | timeout
 *
 * "armed" is told from the code bytes round the probe, so it needs no help from the tracer: the
 * kernel's breakpoint shows in our own text. -DNOP5 makes the place-holder five bytes long.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/sdt.h>

#ifdef NOP5	/* the place-holder that newer kernels optimise */
#undef _SDT_NOP
#define _SDT_NOP .nops 5
#endif

#define FILES	16
#define FUNCS	16
#define TEXT	96	/* bytes of hit() that are compared */

static char	 files[FILES][64];
static char	 funcs[FUNCS][32];
static unsigned char clean[TEXT];

static unsigned long
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (unsigned long)t.tv_sec * 1000000000UL + (unsigned long)t.tv_nsec;
}

static unsigned long
now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

__attribute__((noinline, aligned(64))) void
hit(const char *file, const char *func, int line)
{
	DTRACE_PROBE3(bench, hit, file, func, line);
	__asm__ volatile("" ::: "memory");
}

static void
one(unsigned long i)
{
	hit(files[(i / FUNCS) % FILES], funcs[i % FUNCS], (int)(i & 0xffff));
}

static void
run(unsigned long n)
{
	unsigned long i, t, c;

	c = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	t = now();
	for (i = 0; i < n; i++)
		one(i);
	t = now() - t;
	printf("run %lu %lu %lu\n", n, t,
	    clock_ns(CLOCK_THREAD_CPUTIME_ID) - c);
}

static void
pace(unsigned long rate, unsigned long n)
{
	unsigned long i, t, due, late = 0;

	t = now();
	for (i = 0; i < n; i++) {
		due = t + (unsigned long)((double)i * 1e9 / (double)rate);
		if (now() > due + 100000)
			late++;
		while (now() < due)
			;
		one(i);
	}
	printf("pace %lu %lu %lu\n", n, now() - t, late);
}

static void
await(int want, unsigned long ms)
{
	struct timespec nap = { 0, 20000 };
	unsigned long end = now() + ms * 1000000;

	while ((memcmp((void *)hit, clean, TEXT) != 0) != want) {
		if (now() > end) {
			puts("timeout");
			return;
		}
		nanosleep(&nap, NULL);
	}
	printf("%s %lu\n", want ? "armed" : "disarmed", now());
}

int
main(void)
{
	char line[256];
	unsigned long a, b;
	int i;

	for (i = 0; i < FILES; i++)
		snprintf(files[i], sizeof files[i],
		    "/usr/lib/python3.11/package%02d/module.py", i);
	for (i = 0; i < FUNCS; i++)
		snprintf(funcs[i], sizeof funcs[i], "handle_request_%02d", i);
	memcpy(clean, (void *)hit, TEXT);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "run %lu", &a) == 1)
			run(a);
		else if (sscanf(line, "pace %lu %lu", &a, &b) == 2)
			pace(a, b);
		else if (sscanf(line, "armed %lu", &a) == 1)
			await(1, a);
		else if (sscanf(line, "disarmed %lu", &a) == 1)
			await(0, a);
		else
			return 1;
	}
	return 0;
}
