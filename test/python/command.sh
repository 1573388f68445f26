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
check() { # how Python is started, as -c takes it
	run -q -c "$1" -n 'python$target:::function-entry
	/ stringof(arg1) == "first" || stringof(arg1) == "second" /
	{ printf("%s %s %d\n", stringof(arg0), stringof(arg1), arg2); }'
	expect_status 0
	sed 's,^[^ ]*/,,' "$tmp/out" >"$tmp/calls"
	mv "$tmp/calls" "$tmp/out"
	expect out <<'E'
short.py first 1
short.py second 3

E
}
export PYTHONHOME="$PWD/$root/usr"
check "$root/usr/bin/python3.9 $root/tmp/short.py"
unset PYTHONHOME
(need_python311) || exit 0
check "/usr/bin/python3 $root/tmp/short.py"

# -v says what makes the probes fire, and what that costs.
run -v -c '/usr/bin/python3 -c pass' -n 'python$target:::function-entry { exit(0); }'
expect_status 0
expect_like out '^	Mechanism of python[0-9]+:::function-entry$' '^		CPython 3\.11\.' '^		Cost: '
