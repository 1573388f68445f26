#!/bin/sh
# CPython's own test of DTrace passes on Pythons that were built without probes, as far as they can
# be made.
. test/e2e/lib.sh
. test/python/pythons
. test/python/conform
each_python conform built_pythons
