#!/bin/sh
# CPython's own test of DTrace passes on the Pythons of distributions.
. test/e2e/lib.sh
. test/python/pythons
. test/python/conform
each_python conform dist_pythons
