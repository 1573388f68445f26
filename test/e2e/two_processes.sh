#!/bin/sh
# -p twice: both are traced, $target is the first, and the tracer ends when both have ended.
. test/e2e/lib.sh
start "$B/e2e/fire" 3
first=$target
start "$B/e2e/fire" 5
run -q -p $first -p $target -n 'app*:::hit { @[pid == $target ? "first" : "other"] = count(); }
    END { printa("%s %@d\n", @); }'
expect_status 0
expect out <<'E'
first 3
other 5

E
