/* many: fires 40 different probes, many:p00 to p39, again and again. */
#include <stdio.h>
#include <unistd.h>

#include <sys/sdt.h>

#define TEN(x)	P(x##0); P(x##1); P(x##2); P(x##3); P(x##4); P(x##5); P(x##6); P(x##7); \
		P(x##8); P(x##9)
#define P(n)	DTRACE_PROBE(many, n)

int
main(void)
{
	fprintf(stderr, "ready\n");
	for (;;) {
		TEN(p0);
		TEN(p1);
		TEN(p2);
		TEN(p3);
		usleep(1000);
	}
}
