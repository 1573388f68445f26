/*
 * Where the code of CPython's evaluation loop is, to know its frames in native stacks. The symbol of
 * its function does not say: compilers put most of it elsewhere.
 */
#ifndef INTERP_EVALUATOR_H
#define INTERP_EVALUATOR_H

#include <stddef.h>
#include <stdint.h>

struct image;

enum { EVALUATOR_RANGES = 8 };

struct evaluator {
	struct {
		uint64_t start, end;	/* link-time */
	} range[EVALUATOR_RANGES];
	size_t n;			/* 0: not known */
};

void evaluator_find(const struct image *, struct evaluator *);

#endif
