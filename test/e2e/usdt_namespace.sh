#!/bin/sh
# A program that is to be found only in the mount namespace of its process.
. test/e2e/lib.sh
mkdir "$tmp/hidden"
cat >"$tmp/start" <<E
mount -t tmpfs tmpfs $tmp/hidden || exit 77
cp $B/e2e/plug $B/e2e/plug.so $tmp/hidden
exec $tmp/hidden/plug file 0 $tmp/hidden/plug.so
E
start unshare -m --propagation private sh "$tmp/start"
[ ! -e "$tmp/hidden/plug.so" ] || fail "the object is not hidden"
run -q -p $target -n 'pythonapp$target:plug.so:plug_fire:firstProbe { printf("%s %d\n", stringof(arg0), arg1); exit(0); }'
expect_status 0
expect out <<'E'
My little probe 42

E
clean $target || fail "something is left in the process"
