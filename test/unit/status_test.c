/* Drops: told once per change, in DTrace's words. */
#include "run/status.h"

#include "base/buf.h"
#include "test/unit/tap.h"

enum { NCPU = 2 };

/* What a report says about these counters. */
static const char *
report(struct status *s, const uint64_t *now, uint64_t spec_drops, bool droptags)
{
	static char text[1024];
	FILE *f = fmemopen(text, sizeof(text), "w");

	text[0] = '\0';
	status_report(s, now, spec_drops, droptags, f);
	fclose(f);
	return text;
}

int
main(void)
{
	uint64_t now[NCPU * DROP_SLOTS] = { 0 };
	uint64_t *cpu1 = now + DROP_SLOTS;
	struct status s;

	status_init(&s, NCPU);
	CHECK_STR(report(&s, now, 0, false), "");
	now[DROP_PRINCIPAL] = 1;
	cpu1[DROP_PRINCIPAL] = 30;
	CHECK_STR(report(&s, now, 0, false),
	    "dtrace: 1 drop on CPU 0\n"
	    "dtrace: 30 drops on CPU 1\n");
	CHECK_STR(report(&s, now, 0, false), "");
	now[DROP_PRINCIPAL] += 2;
	cpu1[DROP_AGGREGATION] = 1;
	now[DROP_DYNAMIC] = 1;
	cpu1[DROP_DYNAMIC] = 4;
	cpu1[DROP_DBLERROR] = 1;
	CHECK_STR(report(&s, now, 0, false),
	    "dtrace: 2 drops on CPU 0\n"
	    "dtrace: 1 aggregation drop on CPU 1\n"
	    "dtrace: 5 dynamic variable drops\n"
	    "dtrace: 1 error in ERROR probe enabling\n");
	cpu1[DROP_PRINCIPAL]++;
	now[DROP_AGGREGATION] += 2;
	now[DROP_DYNAMIC]++;
	now[DROP_DBLERROR] += 2;
	CHECK_STR(report(&s, now, 0, true),
	    "dtrace: [DTRACEDROP_PRINCIPAL] 1 drop on CPU 1\n"
	    "dtrace: [DTRACEDROP_AGGREGATION] 2 aggregation drops on CPU 0\n"
	    "dtrace: [DTRACEDROP_DYNAMIC] 1 dynamic variable drop\n"
	    "dtrace: [DTRACEDROP_DBLERROR] 2 errors in ERROR probe enabling\n");
	cpu1[DROP_SPECUNAVAIL] = 1;
	CHECK_STR(report(&s, now, 3, false),
	    "dtrace: 1 failed speculation (no speculative buffer available)\n"
	    "dtrace: 3 speculative drops\n");
	now[DROP_SPECUNAVAIL] = 2;
	CHECK_STR(report(&s, now, 1, true),
	    "dtrace: [DTRACEDROP_SPECUNAVAIL] 2 failed speculations (no speculative buffer "
	    "available)\n"
	    "dtrace: [DTRACEDROP_SPEC] 1 speculative drop\n");
	status_fini(&s);
	return tap_done();
}
