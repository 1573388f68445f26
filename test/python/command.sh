#!/bin/sh
# -c: Python is held until the probes are armed, so the first call is seen; the tracer ends with it.
. test/e2e/lib.sh
cat >"$root/tmp/short.py" <<'P'
def first():
    return second()
def second():
    return 1
first()
P
for python in "chroot $root /usr/bin/python3.9 /tmp/short.py" "/usr/bin/python3 $root/tmp/short.py"; do
	case $python in /usr*) (need_python311) || continue ;; esac
	# chroot(1) becomes Python by exec: its probes are armed when they are there.
	run -q -Z -c "$python" -n 'python$target:::function-entry / basename(stringof(arg0)) == "short.py" / { printf("%s %d\n", stringof(arg1), arg2); }'
	expect_status 0
	grep -v '<module>' "$tmp/out" >"$tmp/calls"
	mv "$tmp/calls" "$tmp/out"
	expect out <<'E'
first 1
second 3

E
done
