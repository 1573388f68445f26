#!/bin/sh
# A string on a page that is not resident: read where the kernel lets programs sleep, else a fault
# that is told; never an empty string.
. test/e2e/lib.sh
script='paged$target:::hit { printf("[%s]\n", copyinstr(arg0)); }'
run -q -x uprobe=perf -c "$B/e2e/paged" -n "$script"
expect_status 0
! grep -q '\[\]' "$tmp/out" || fail "an empty string"
[ $(($(grep -c '^\[never touched\]$' "$tmp/out") + $(grep -c 'invalid address' "$tmp/err"))) -eq 3 ] ||
	fail "neither read nor told"

run -q -c "$B/e2e/paged" -n "$script"
expect_status 0
expect err </dev/null
expect out <<'E'
[never touched]
[never touched]
[never touched]

E
