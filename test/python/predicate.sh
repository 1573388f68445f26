#!/bin/sh
# A predicate on the function's name, and probename.
. test/e2e/lib.sh
start_python39 test/python/app.py
run -q -p $target -n 'python$target:::function-entry
/ stringof(arg1) == "foo" /
{
printf("%s for %s\n", probename, stringof(arg1));
}
tick-300ms { exit(0); }'
expect_status 0
grep . "$tmp/out" | sort -u >"$tmp/lines"
mv "$tmp/lines" "$tmp/out"
expect out <<'E'
function-entry for foo
E
