/* Arguments of every kind, at the ends of their ranges; C and C++. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "types.h"

struct my_struct { int x; };
enum my_enum { SMALL, LARGE = 70000 };

int
main(int argc, char **argv)
{
	char c = (char)-argc;			/* -1: values that are not known in advance */
	signed char sc = SCHAR_MIN;
	unsigned char uc = (unsigned char)(255 * argc);
	short s = (short)(SHRT_MIN * argc);
	unsigned short us = (unsigned short)(USHRT_MAX * argc);
	bool b = argc == 1;
	char name[] = "an array";
	struct my_struct m = { argc };
	volatile int v = -7;
	const short cs = (short)(-argc - 1);
	double d = 0.5 * argc;

	TYPES_NARROW(c, sc, uc, s, us, b);
	TYPES_WIDE(INT_MIN * argc, UINT_MAX, LONG_MIN, ULONG_MAX, LLONG_MAX, ULLONG_MAX - 1);
	TYPES_POINTERS("literal", name, NULL, &m, argv, LARGE);
	TYPES_MANY(argc, 2 * argc, 3, -4 * argc, 5, 6 + argc, 7, 8, -9, 10, 11, 12 * argc);
	TYPES_VOLATILES(v, cs);
	TYPES_REAL(d);
	TYPES_FREE();
	return 0;
}
