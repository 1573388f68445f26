#!/bin/sh
# CPython's own test of DTrace, with its D scripts, unmodified, on Python 3.9.
. test/e2e/lib.sh
mkdir "$tmp/bin"
ln -s "$PWD/$dtrace" "$tmp/bin/dtrace"
export PYTHONHOME="$PWD/$root/usr" PATH="$tmp/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
"$root/usr/bin/python3.9" -m unittest -v test.test_dtrace.DTraceNormalTests \
	test.test_dtrace.DTraceOptimizedTests >"$tmp/out" 2>&1
status=$?
expect_status 0
expect_like out '^Ran 8 tests' '^OK$'
