#!/bin/sh
# A wrapper of libstapsdt by ctypes.
. test/usdt/lib.sh
start /usr/bin/python3 test/usdt/wrapper.py "$B/libstapsdt.so.0" "$tmp/go"
await "the program" grep -q ready "$tmp/target"
trace -q -p $target -n 'BEGIN { printf("armed\n"); }
	pythonapp$target:::firstProbe { printf("%s %d\n", copyinstr(arg0), arg1); exit(0); }'
await "dtrace" grep -q armed "$tmp/out"
touch "$tmp/go"
finish
expect_status 0
expect out <<'E'
armed
My little probe 42

E
wait $target || fail "the program ended with $?"
