#!/bin/sh
# -c, with Pythons without probes: held until the probes are armed, so the first call is seen.
. test/e2e/lib.sh
. test/python/pythons
command() {
	cat >"$dir/short.py" <<'P'
def first():
    return second()
def second():
    return 1
first()
P
	run -q -c "$python $inside/short.py" -n 'python$target:::function-entry
	/ stringof(arg1) == "first" || stringof(arg1) == "second" /
	{ printf("%s %s %d\n", stringof(arg0), stringof(arg1), arg2); }'
	expect_status 0
	expect err </dev/null
	sed 's,^[^ ]*/,,' "$tmp/out" >"$tmp/calls"
	mv "$tmp/calls" "$tmp/out"
	expect out <<'P'
short.py first 1
short.py second 3

P
}
each_python command built_pythons
