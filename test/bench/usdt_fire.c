/*
 * What probes cost that a program adds to itself: firing when nobody traces, loading. Against
 * libusdt; with -DORIGINAL, a library with libstapsdt's interface; with -DSTATIC, a probe that was
 * compiled in. Prints "NAME VALUE UNIT" lines, minima.
 *
 *	usdt_fire		firing and loading
 *	usdt_fire hit N		waits until it is traced, then fires N times: ns per hit
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of calls many short turns, which other processes leave alone; of loads a few. */
enum { TURNS = 1000, CALLS = 20000, REPEAT = 25, MANY = 1000 };

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The least time of some repeats, and nothing optimised away. */
#define BEST(what, unit, per, ...) do { \
	double best = 1e300; \
	for (int r_ = 0; r_ < TURNS; r_++) { \
		double from_ = now_ns(); \
		__VA_ARGS__ \
		double t_ = now_ns() - from_; \
		best = t_ < best ? t_ : best; \
	} \
	printf("%s %.2f %s\n", what, best / (per), unit); \
} while (0)
#define KEEP(x)	__asm__ volatile("" : "+r"(x) : : "memory")

#ifdef ORIGINAL
#include "abi_original.h"

typedef struct original_provider *provider;
typedef struct original_probe *probe;

static provider
new_provider(void)
{
	return providerInit("bench");
}

static probe
new_probe(provider p, const char *name)
{
	return providerAddProbe(p, name, 2, 8, -4);
}

static void
fire_all(probe p)
{
	BEST("fire-function", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
		probeFire(p, "text", i);
	});
	BEST("is-enabled", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
		probeIsEnabled(p);
	});
}

#define FIRE(p, i)	probeFire(p, "text", i)
#define ENABLED(p)	probeIsEnabled(p)
#define LOAD(p)		providerLoad(p)
#define UNLOAD(p)	(providerUnload(p), providerDestroy(p))
#elif defined(STATIC)
#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

typedef int provider;
typedef int probe;
unsigned short bench_hit_semaphore __attribute__((section(".probes")));
static volatile unsigned short *const semaphore = &bench_hit_semaphore;

static void __attribute__((noinline))
fire(const char *text, long i)
{
	if (*semaphore != 0)
		STAP_PROBE2(bench, hit, text, (int)i);
}

static void
fire_all(probe p)
{
	(void)p;
	BEST("fire-static", "ns", CALLS, for (long i = 0; i < CALLS; i++)
		fire("text", i););
}

static provider
new_provider(void)
{
	return 0;
}

static probe
new_probe(provider p, const char *name)
{
	(void)name;
	return p;
}

#define FIRE(p, i)	((void)(p), fire("text", i))
#define ENABLED(p)	(*semaphore != p)
#define LOAD(p)		(p)
#define UNLOAD(p)	((void)(p))
#else
#include "usdt.h"

typedef struct usdt_provider *provider;
typedef struct usdt_probe *probe;

static provider
new_provider(void)
{
	provider p = NULL;

	usdt_provider_new("bench", 0, &p);
	return p;
}

static probe
new_probe(provider p, const char *name)
{
	probe q = NULL;

	usdt_provider_add(p, name, 2, (struct usdt_arg[]){
	    { USDT_STRING, NULL }, { USDT_INT32, NULL } }, &q);
	return q;
}

static void
fire_all(probe p)
{
	uint64_t value[2] = { 1, 2 };

	BEST("loop", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
	});
	BEST("fire-macro", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
		USDT_FIRE(p, "text", i);
	});
	BEST("fire-function", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
		usdt_fire(p, 2, value);
	});
	BEST("is-enabled", "ns", CALLS, for (long i = 0; i < CALLS; i++) {
		KEEP(p);
		usdt_is_enabled(p);
	});
}

#define FIRE(p, i)	USDT_FIRE(p, "text", i)
#define ENABLED(p)	usdt_is_enabled(p)
#define LOAD(p)		usdt_provider_load(p)
#define UNLOAD(p)	usdt_provider_free(p)
#endif

/* The file exists from the second time on, as for a program that runs again. */
static void
load(int n)
{
	double best = 1e300, gone = 1e300, first = 0;
	char name[16];

	for (int r = 0; r < REPEAT; r++) {
		provider p = new_provider();
		for (int i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "probe_%d", i);
			new_probe(p, name);
		}
		double from = now_ns();
		if (LOAD(p) != 0)
			exit(1);
		double to = now_ns();
		UNLOAD(p);
		double end = now_ns() - to;
		if (r == 0)
			first = to - from;
		best = to - from < best ? to - from : best;
		gone = end < gone ? end : gone;
	}
	printf("load-%d-first %.1f us\nload-%d %.1f us\nfree-%d %.1f us\n", n, first / 1e3, n,
	    best / 1e3, n, gone / 1e3);
}

/* Processor time, for others run on this machine too; the least of ten parts. */
static void
hits(probe q, long n)
{
	double best = 1e300;

	for (int part = 0; part < 10; part++) {
		clock_t from = clock();
		for (long i = 0; i < n / 10; i++)
			FIRE(q, i);
		double ns = (double)(clock() - from) * (1e9 / CLOCKS_PER_SEC) / (double)(n / 10);
		best = ns < best ? ns : best;
	}
	printf("hit %.1f ns\n", best);
}

int
main(int argc, char **argv)
{
	provider p = new_provider();
	probe q = new_probe(p, "hit");

	if (LOAD(p) != 0)
		return 1;
	if (argc > 2) {
		long n = strtol(argv[2], NULL, 0);
		printf("ready\n");
		fflush(stdout);
		while (!ENABLED(q))
			usleep(1000);
		usleep(500000);
		hits(q, n);
		return 0;
	}
	fire_all(q);
	load(1);
	load(10);
	load(100);
	load(MANY);
	return 0;
}
