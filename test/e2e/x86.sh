#!/bin/sh
# The decoder of instructions agrees with objdump on every instruction of real objects: length, kind,
# where branches lead. What it refuses are bytes that no compiler makes: data, and what kernels execute.
. test/e2e/lib.sh
[ "$(uname -m)" = x86_64 ] || skip "the decoder is for x86-64"
command -v objdump >/dev/null || skip "there is no objdump"
n=0
for object in /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libm.so.6 \
	/usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/bin/python3.11; do
	[ -e "$object" ] || continue
	objdump -dw "$object" | "$B/tool/x86_tool" >"$tmp/out" || fail "$object"
	tail -n 1 "$tmp/out" | grep -qE ' [0-9]{1,2} refused, 0 differ' || fail "$object"
	n=$((n + 1))
done
[ $n -gt 0 ] || fail "no object was found"
