#!/bin/sh
# perf: by the build-id cache, a probe event, and a record of it.
. test/usdt/lib.sh
need perf
perf version >/dev/null 2>&1 || skip "perf does not run"
start_app name:perfapp load ready go:"$tmp/go" fire:5
perf="perf --buildid-dir $tmp/cache"
$perf buildid-cache --add "$file" 2>"$tmp/err" || fail "not added"
$perf list sdt >"$tmp/out" 2>&1
expect_like out 'sdt_perfapp:request'
trap 'perf probe -q -d "sdt_perfapp:*" 2>/dev/null; cleanup' EXIT
$perf probe -q %sdt_perfapp:request >"$tmp/out" 2>"$tmp/err" || fail "no probe"
timeout 30 $perf record -q -o "$tmp/data" -e sdt_perfapp:request -a -- sh -c "
	touch $tmp/go; until grep -q fired $tmp/target; do sleep 0.05; done" \
	>"$tmp/out" 2>"$tmp/err" || fail "not recorded"
app_ends
perf script -i "$tmp/data" 2>/dev/null | grep -c sdt_perfapp:request >"$tmp/out"
expect out <<'E'
5
E
