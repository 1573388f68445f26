/*
 * args: fires, every 20 ms, probes
 * with arguments of every size and sign, in registers, in memory, as constants; two sites of one
 * name; a name with a hyphen; and a probe in a function with a name of its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <sys/sdt.h>

#include "test/e2e/target.h"

static volatile struct {
	int8_t s8;
	uint8_t u8;
	int16_t s16;
	uint16_t u16;
	int32_t s32;
	uint32_t u32;
	int64_t s64;
	uint64_t u64;
} v = { -8, 8, -16, 16, -32, 32, -64, 64 };

APART void
fire_sizes(void)
{
	DTRACE_PROBE8(args, sizes, v.s8, v.u8, v.s16, v.u16, v.s32, v.u32, v.s64, v.u64);
}

APART void
fire_edges(void)
{
	DTRACE_PROBE4(args, edges, (int8_t)-1, (uint8_t)255, INT64_MIN, UINT64_MAX);
}

APART void
fire_memory(const uint16_t *table, long i)
{
	__asm__ volatile("" ::: "memory");
	DTRACE_PROBE3(args, memory, table[i], table[i + 1], "in memory");
}

APART void
fire_twice(int i)
{
	DTRACE_PROBE1(args, two__sites, i);
	__asm__ volatile("" ::: "memory");
	DTRACE_PROBE1(args, two__sites, i + 1);
}

APART void
fire_float(double d)
{
	DTRACE_PROBE2(args, floating, 7, d);
}

int
main(void)
{
	static const uint16_t table[4] = { 100, 200, 300, 65535 };

	puts("ready");
	fflush(stdout);
	for (;;) {
		fire_sizes();
		fire_edges();
		fire_memory(table, 2);
		fire_twice(1);
		fire_float(1.5);
		DTRACE_PROBE(args, none);
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
}
