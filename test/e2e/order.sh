#!/bin/sh
# Events of several threads come in the order of their time stamps, and all of them come.
. test/e2e/lib.sh
run -q -c "$B/e2e/fire -t 4 2000" -n 'app$target:::hit { printf("%d %d\n", timestamp, arg2); }'
expect_status 0
expect err <<'E'
ready
fired 8000
E
grep . "$tmp/out" >"$tmp/events"
[ "$(wc -l <"$tmp/events")" -eq 8000 ] || fail "not 8000 events"
sort -n -s -k 1,1 -c "$tmp/events" || fail "not in the order of their time stamps"
