#!/bin/sh
# Debian's PostgreSQL, with the probes of its build: the queries of pgbench, counted in the processes
# that the server forks for it; a lock that somebody waits for.
. test/e2e/lib.sh
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -x "$bin/initdb" ] && command -v pgbench >/dev/null || skip "there is no PostgreSQL"
readelf -n "$bin/postgres" | grep -q 'Provider: postgresql' || skip "PostgreSQL has no probes here"
chmod 755 "$tmp"
mkdir "$tmp/pg"
chown postgres "$tmp/pg"
as() { (cd / && exec runuser -u postgres -- "$@"); }
as "$bin/initdb" -D "$tmp/pg/data" -A trust -N >"$tmp/err" 2>&1 || fail "initdb"
trap 'as "$bin/pg_ctl" -D "$tmp/pg/data" -m immediate stop >/dev/null 2>&1; cleanup' EXIT
as "$bin/pg_ctl" -D "$tmp/pg/data" -o "-k $tmp/pg -h '' -F" -l "$tmp/pg/log" -w start >"$tmp/err" 2>&1 ||
	fail "the server"
server=$(head -n 1 "$tmp/pg/data/postmaster.pid")
as pgbench -h "$tmp/pg" -i -q -s 1 postgres >"$tmp/err" 2>&1 || fail "pgbench -i"

# All servers, those of other people too, told by their parent.
trace -q -n 'postgresql*:::query-start / ppid == $1 / {
	@query[strtok(copyinstr(arg0), " ;")] = count();
    }
    postgresql*:::transaction-start / ppid == $1 / { self->began = timestamp; }
    postgresql*:::transaction-commit / self->began / { @commits = count(); self->began = 0; }
    postgresql*:::lock-wait-start / ppid == $1 / { @waits["begun"] = count(); waits++; }
    postgresql*:::lock-wait-done / ppid == $1 / { @waits["done"] = count(); }
    BEGIN { printf("begun\n"); }
    END { printa("query %s %@d\n", @query); printa("commits %@d\n", @commits);
	printa("wait %s %@d\n", @waits); }' $server
await "the tracer" grep -q begun "$tmp/out"
as pgbench -h "$tmp/pg" -n -t 50 -c 2 postgres >"$tmp/err" 2>&1 || fail "pgbench"
as psql -q -h "$tmp/pg" -c 'BEGIN; LOCK TABLE pgbench_tellers; SELECT pg_sleep(0.7); COMMIT' postgres \
	>/dev/null &
sleep 0.3
as psql -q -h "$tmp/pg" -c 'BEGIN; LOCK TABLE pgbench_tellers; COMMIT' postgres
wait $!
interrupt
expect_status 0
expect_like out '^query UPDATE 300$' '^query INSERT 100$' '^query END 100$' '^commits 1[0-9][0-9]$' \
	'^wait begun [1-9]' '^wait done [1-9]'

# The same by the server's pid: its children are meant by -x follow.
trace -q -x follow -p $server -n 'postgresql$target:::query-start { @[pid == $target] = count(); }
    BEGIN { printf("begun\n"); } END { printa("%d %@d\n", @); }'
await "the tracer" grep -q begun "$tmp/out"
echo 'SELECT 1;' >"$tmp/one.sql"
as pgbench -h "$tmp/pg" -n -t 5 -c 1 -f "$tmp/one.sql" postgres >"$tmp/err" 2>&1 || fail "pgbench -f"
interrupt
expect_status 0
expect_like out '^0 [5-9]$'
