#!/bin/sh
# Python 3.11 fires function-entry only while the semaphore of line is held: it is, and -v says so.
. test/e2e/lib.sh
need_python311
start_python311 test/python/app.py
run -v -p $target -n 'python$target:::function-entry / stringof(arg1) == "bar" / { @ = count(); }
    tick-300ms { exit(0); }'
expect_status 0
cat "$tmp/out" "$tmp/err" | grep -q 'line' || fail "-v does not say that the semaphore of line is held"
expect_like out '^ +[1-9][0-9]*$'
clean $target || fail "something is left in the process"
