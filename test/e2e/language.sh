#!/bin/sh
# Operators with C's conversions, variables of every scope, arrays, if and else.
. test/e2e/lib.sh
cat >"$tmp/l.d" <<'D'
#pragma D option quiet
int g;
self int64_t big;
BEGIN
{
	g = 3;
	a["x", 1] = 10;
	a["x", 2] = 20;
	a["x", 1] += 5;
	self->n = 7;
	this->m = self->n * 6;
	printf("%d %d %d %d %d\n", a["x", 1], a["x", 2], a["y", 1], self->n, this->m);

	printf("%d %d %d %d\n", 7 / 2, -7 / 2, -7 % 3, 7u / 2u);
	printf("%d %d %d\n", (uint8_t)300, (int8_t)200, (unsigned int)-1 > 0);
	printf("%d %d %d %d\n", 1 << 3 | 1, 6 ^ 3, 6 & 3, ~0);
	printf("%d %d\n", -16 >> 2, 0xf0000000u >> 28);
	printf("%d %d %d\n", 1 + 2 * 3, (1 + 2) * 3, 10 - 4 - 3);

	this->z = 0;
	printf("%d %d ", 0 && (this->z = 1), 1 || (this->z = 1));
	printf("%d ", this->z);
	printf("%d %d\n", !5, !0);
	printf("%d %d %d %d\n", g++, g, ++g, g--);
	g <<= 4;
	g |= 1;
	printf("%d %s\n", g, g > 60 ? "big" : "small");
	self->big = 1;
	self->big <<= 40;
	printf("%d\n", self->big);

	if (g == 65)
		printf("if\n");
	else
		printf("else\n");
	if (g < 10) {
		printf("low\n");
	} else if (g > 100) {
		printf("high\n");
	} else {
		printf("else if ");
		if (self->n) printf("nested\n");
	}
	a["x", 1] = 0;
	printf("%d\n", a["x", 1]);
}
/* A later clause of the same firing sees this->; a false predicate runs nothing. */
BEGIN / this->m == 42 / { printf("later %d\n", this->m); }
BEGIN / self->n == 8 / { printf("not this\n"); }
BEGIN { exit(0); }
D
run -s "$tmp/l.d"
expect_status 0
expect out <<'E'
15 20 0 7 42
3 -3 -1 3
44 -56 1
9 5 2 -1
-4 15
7 9 3
0 1 0 0 1
3 4 5 5
65 big
1099511627776
if
else if nested
0
later 42

E
