#!/bin/sh
# -C -h and -C -G as PostgreSQL's build calls them: types that are macros, up to 8 arguments, none,
# objects of the program among the operands.
. test/e2e/lib.sh
src=$PWD/test/e2e/define
dtrace=$(realpath "$dtrace")
cd "$tmp"
cp "$src"/postgresql.c .
cp "$src"/postgresql.d probes.d

"$dtrace" -C -h -s probes.d -o probes.h.tmp || fail "-h: $?"
sed -e 's/POSTGRESQL_/TRACE_POSTGRESQL_/g' probes.h.tmp >probes.h
for cc in gcc clang; do
	$cc -O2 -Wall -Wextra -Werror -c -o server.o postgresql.c || fail "$cc"
	CC=$cc "$dtrace" -C -G -s probes.d server.o other.o -o probes.o || fail "-G: $?"
	$cc -o server server.o probes.o || fail "link with $cc"
	run -q -c ./server -n '
postgresql$target:::transaction-*	{ printf("%s %d\n", probename, arg0); }
postgresql$target:::query-start,
postgresql$target:::query-parse-start	{ printf("%s %s\n", probename, copyinstr(arg0)); }
postgresql$target:::query-execute-start,
postgresql$target:::wal-switch	{ printf("%s\n", probename); }
postgresql$target:::lwlock-acquire	{ printf("%s %s %d\n", probename, copyinstr(arg0), arg1); }
postgresql$target:::lock-wait-start	{ printf("%d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5); }
postgresql$target:::buffer-read-start	{ printf("%d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5); }
postgresql$target:::smgr-md-read-done	{ printf("%d %d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7); }
postgresql$target:::buffer-read-done	{ printf("%d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6); }
postgresql$target:::sort-done,
postgresql$target:::wal-insert	{ printf("%s %d %d\n", probename, arg0, arg1); }'
	expect_status 0
	expect out <<'END'
transaction-start 4000000000
query-start SELECT 1;
query-parse-start parsed
query-execute-start
lwlock-acquire WALInsert 1
1 2 3 4 5 -6
-1 7 1663 16384 4294967295 -1
-1 7 1663 16384 4294967295 -1 8192 8191
-1 7 1663 16384 4294967295 -1 0
sort-done 1 -123456789012
wal-insert 255 120
transaction-commit 4000000001
wal-switch

END
done
