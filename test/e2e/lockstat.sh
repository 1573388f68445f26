#!/bin/sh
# The provider lockstat: waiting for a mutex, as often as the kernel says that it begins.
. test/e2e/lib.sh
run -l -n 'lockstat:::adaptive-block'
[ $status -eq 0 ] || skip "the kernel does not tell of its locks (before 5.19)"
tries=0
until [ $tries -eq 10 ]; do
	run -q -c "$B/e2e/locks 8" -n '
	rawtp:lock::contention_begin / pid == $target && (arg1 & 32) != 0 / { @begun = count(); }
	lockstat:::adaptive-spin, lockstat:::adaptive-block / pid == $target && arg0 != 0 && arg1 > 0 / { @ended = count(); }
	END { printa("begun %@d\n", @begun); printa("ended %@d\n", @ended); }'
	expect_status 0
	begun=$(sed -n 's/^begun //p' "$tmp/out")
	ended=$(sed -n 's/^ended //p' "$tmp/out")
	[ "${begun:-0}" -lt 100 ] || break
	tries=$((tries + 1))
done
[ $tries -lt 10 ] || skip "nobody waited for the lock"
# spinning may be followed by sleeping: then two have begun, and one has ended
[ "${ended:-0}" -le "$begun" ] && [ "${ended:-0}" -ge $((begun / 2)) ] || fail "$begun begun, $ended ended"
run -l -v -n 'lockstat:::rw-spin'
expect_like out 'args\[2\]: int'
