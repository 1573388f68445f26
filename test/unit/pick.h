/* Random numbers that are the same in each run: tests set the seed, and print it. */
#ifndef TEST_PICK_H
#define TEST_PICK_H

#include <stdint.h>

static uint64_t seed = 1;

/* One of 0 … n - 1. */
static inline uint32_t
pick(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

#endif
