/*
 * manyprobes - N different probes many:p0000 ... in one program (-DN=1, 10, 100, 1000, 10000), to
 * measure what arming by a glob costs. Reads commands:
 *
 *   armed K MS     wait till K probes are patched     -> armed MONOTONIC_NS | timeout K
 *   disarmed K MS  wait till no more than K are       -> disarmed MONOTONIC_NS | timeout K
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/sdt.h>

#define P(n)	DTRACE_PROBE2(many, n, a, b);
#define R10(x)	P(x##0) P(x##1) P(x##2) P(x##3) P(x##4) \
		P(x##5) P(x##6) P(x##7) P(x##8) P(x##9)
#define R100(x)	R10(x##0) R10(x##1) R10(x##2) R10(x##3) R10(x##4) \
		R10(x##5) R10(x##6) R10(x##7) R10(x##8) R10(x##9)
#define R1000(x) R100(x##0) R100(x##1) R100(x##2) R100(x##3) R100(x##4) \
		R100(x##5) R100(x##6) R100(x##7) R100(x##8) R100(x##9)

__attribute__((noipa, used, aligned(64))) static void
sweep(long a, const char *b)
{
#if N == 1
	P(p0000)
#elif N == 10
	R10(p000)
#elif N == 100
	R100(p00)
#elif N == 1000
	R1000(p0)
#elif N == 10000
	R1000(p0) R1000(p1) R1000(p2) R1000(p3) R1000(p4)
	R1000(p5) R1000(p6) R1000(p7) R1000(p8) R1000(p9)
#else
#error "N: 1, 10, 100, 1000 or 10000"
#endif
	__asm__ volatile("" ::: "memory");
}

static unsigned char clean[N];

static unsigned long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000000000UL + (unsigned long)t.tv_nsec;
}

static unsigned long
patched(void)
{
	unsigned long i, n = 0;

	for (i = 0; i < N; i++)
		n += ((volatile unsigned char *)sweep)[i] != clean[i];
	return n;
}

int
main(void)
{
	struct timespec nap = { 0, 50000 };
	char line[256];
	unsigned long k, ms, n, end;
	int want;

	/* The nops stand in a row at the head of sweep(): one byte each. */
	memcpy(clean, (void *)sweep, N);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts(clean[0] == 0x90 && clean[N - 1] == 0x90 ? "ready" : "bad layout");
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "armed %lu %lu", &k, &ms) == 2)
			want = 1;
		else if (sscanf(line, "disarmed %lu %lu", &k, &ms) == 2)
			want = 0;
		else
			return 1;
		end = now() + ms * 1000000;
		for (;;) {
			n = patched();
			if (want ? n >= k : n <= k) {
				printf("%sarmed %lu\n", want ? "" : "dis", now());
				break;
			}
			if (now() > end) {
				printf("timeout %lu\n", n);
				break;
			}
			nanosleep(&nap, NULL);
		}
	}
	return 0;
}
