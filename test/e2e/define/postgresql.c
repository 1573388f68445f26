/* One round of a server: fires probes of postgresql.d, with the macros as its build edits them. */
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "probes.h"

static unsigned int next_id = 4000000000u;
static bool is_hit = true;

__attribute__((noinline)) static void
read_buffer(int fork, unsigned int block, unsigned int space, unsigned int db, unsigned int rel,
    int backend)
{
	TRACE_POSTGRESQL_BUFFER_READ_START(fork, block, space, db, rel, backend);
	is_hit = !is_hit;
	TRACE_POSTGRESQL_SMGR_MD_READ_DONE(fork, block, space, db, rel, backend, 8192, 8191);
	TRACE_POSTGRESQL_BUFFER_READ_DONE(fork, block, space, db, rel, backend, is_hit);
}

int
main(void)
{
	struct timespec nap = { 0, 1000000 };
	const char lock[] = "WALInsert";
	int tries;

	fputs("ready\n", stderr);
	for (tries = 0; !TRACE_POSTGRESQL_WAL_SWITCH_ENABLED() && tries < 20000; tries++)
		nanosleep(&nap, NULL);
	nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	TRACE_POSTGRESQL_TRANSACTION_START(next_id++);
	TRACE_POSTGRESQL_QUERY_START("SELECT 1;");
	if (TRACE_POSTGRESQL_QUERY_PARSE_START_ENABLED())
		TRACE_POSTGRESQL_QUERY_PARSE_START("parsed");
	if (TRACE_POSTGRESQL_QUERY_PARSE_DONE_ENABLED())	/* nobody traces this one */
		puts("enabled by mistake");
	TRACE_POSTGRESQL_QUERY_EXECUTE_START();
	TRACE_POSTGRESQL_LWLOCK_ACQUIRE(lock, 1);
	TRACE_POSTGRESQL_LOCK_WAIT_START(1, 2, 3, 4, 5, -6);
	read_buffer(-1, 7, 1663, 16384, 4294967295u, -1);
	TRACE_POSTGRESQL_SORT_DONE(true, -123456789012L);
	TRACE_POSTGRESQL_WAL_INSERT(255, 'x');
	TRACE_POSTGRESQL_TRANSACTION_COMMIT(next_id);
	TRACE_POSTGRESQL_WAL_SWITCH();
	return 0;
}
