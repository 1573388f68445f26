#!/bin/sh
# -c, with Pythons without probes: held until the probes are armed, so the first call is seen; and
# the interpreter's own test of its function probes.
. test/e2e/lib.sh
. test/python/pythons
mkdir "$tmp/bin"
ln -s "$PWD/$dtrace" "$tmp/bin/dtrace"
command() {
	case $python in chroot*) return 0 ;; esac
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
	$python -c 'import test.test_dtrace' 2>/dev/null || return 0
	PATH="$tmp/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 $python -m unittest -v \
		test.test_dtrace.DTraceNormalTests.test_function_entry_return \
		test.test_dtrace.DTraceOptimizedTests.test_function_entry_return >"$tmp/out" 2>&1
	status=$?
	expect_status 0
	expect_like out '^Ran 2 tests' '^OK$'
}
each_python command
