#!/bin/sh
# More probes come with a late object than there is room for their names in clauses: the first are
# known by name, the others fault and say so, and tracing goes on.
. test/e2e/lib.sh
run -q -Z -c "$B/e2e/plug file 300 $B/e2e/many.so" -n '
pythonapp$target::: { @["any"] = count(); }
pythonapp$target::: / probename == "p000" / { printf("seen\n"); n++; }
pythonapp$target::: / n == 3 / { exit(0); }
END { printf("%d\n", $target); }'
pids="$pids $(grep -x '[0-9]*' "$tmp/out" | head -n 1)"
expect_status 0
[ "$(grep -cx seen "$tmp/out")" -ge 3 ] || fail "p000 was not known by its name"
expect_like err "^dtrace: clauses can't see the names of probes from number [0-9]* on: they were found after the start\$" \
	'^dtrace: error in dt_clause_1 for probe ID [0-9]* \(pythonapp[0-9]*:many.so:plug_fire:p[0-9]*\): '
